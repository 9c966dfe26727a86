//! A back end that hangs is given up after the declared time, not before.

use std::time::{Duration, Instant};

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport, Variant};
use crate::client::{Body, Fault, Reply};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "back-end-hangs",
    summary: "504 once a back end has been silent for the declared `read_timeout`",
    explanation: "\
On a second nginx all time-outs are divided by the number that makes the *declared* `read_timeout` one second. The back end takes
a `POST`, which nginx does not try again elsewhere, and never answers: 504 must come, and not before seven tenths of the scaled
time, nor later than five times as long. A health check that declares none is to give up within nginx's own minute, scaled too. A failure means that `proxy_read_timeout` is another one here than declared: requests
that take long are given up, or connections of a back end that hangs pile up.",
    of: Of::Location(&[LocationType::Http, LocationType::Health]),
    needs: Needs::Variants,
    run: |case| run(case).boxed(),
};

/// What nginx waits where nothing is said.
const NGINX_OWN: &str = "60s";

/// What the declared time-out is scaled down to, in milliseconds.
const SCALED: u64 = 1000;

/// How often a group is asked: when all its servers timed out lately it answers 502 once, and then takes them up again.
const TRIES: u32 = 3;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let declared = case.location().proxy.read_timeout.as_ref();
    let kind = case.location().kind.traits().read_timeout;
    let said = declared.map(|time| time.text.as_str()).or(kind);
    let text = said.unwrap_or(NGINX_OWN);
    let milliseconds = crate::nginx::value::parse_time(text, crate::nginx::value::Unit::Milliseconds);
    let Ok(milliseconds) = milliseconds else { return vec![] };
    let scale = u32::try_from(milliseconds / SCALED).unwrap_or(u32::MAX).max(1);
    let patience = Duration::from_millis(milliseconds / u64::from(scale));
    let expected = match said {
        Some(_) => format!(
            "504 after {} ms: the declared `read_timeout` {text} scaled down {scale} times",
            patience.as_millis()
        ),
        None => format!("504 within {} ms: nginx's own {text} scaled down {scale} times", patience.as_millis()),
    };
    let via = case.transports()[0];
    let least = if said.is_some() { patience * 7 / 10 } else { Duration::ZERO };
    let seen = hangs(case, via, Variant::scaled(scale), patience, least).await;
    vec![case.outcome(Some(via), expected, seen)]
}

async fn hangs(
    case: &Case<'_>,
    via: Transport,
    variant: Variant,
    patience: Duration,
    least: Duration,
) -> Seen {
    case.lets_in("POST")?;
    let path = case.path()?;
    let mut tries = 0;
    let (reply, took) = loop {
        let answer = asked(case, variant, via, &path, patience * 5).await.map_err(|fault| match fault {
            Fault::Timeout(_) => Miss::broken(fault.to_string(), Symptom::Uncut),
            fault => fault.into(),
        })?;
        tries += 1;
        if answer.0.status != 502 || tries == TRIES {
            break answer;
        }
    };
    let seen = format!("{} after {} ms", reply.status, took.as_millis());
    match reply.status {
        504 if took < least => Err(Miss::broken(seen, Symptom::Cut)),
        504 => Ok(seen),
        status => Err(Miss::broken(seen, Symptom::Status(status))),
    }
}

async fn asked(
    case: &Case<'_>,
    variant: Variant,
    via: Transport,
    path: &str,
    deadline: Duration,
) -> Result<(Reply, Duration), Fault> {
    let order = Order::new(Work::Hang);
    let request = case.ordered(via, path, &order).post(Body::Empty);
    let mut session = case.session_on(Some(variant), via).await?;
    let since = Instant::now();
    let reply = session.send(&request, deadline).await?;
    Ok((reply, since.elapsed()))
}
