//! A back end that hangs is given up after the declared time, not before.

use std::time::{Duration, Instant};

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Order, Symptom, Transport, Variant};
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
time, nor later than five times as long. A failure means that `proxy_read_timeout` is another one here than declared: requests
that take long are given up, or connections of a back end that hangs pile up.",
    of: Of::Location(&[LocationType::Http]),
    needs: Needs::Variants,
    run: |case| run(case).boxed(),
};

/// What the declared time-out is scaled down to, in milliseconds.
const SCALED: u64 = 1000;

/// How often a group is asked: when all its servers timed out lately it answers 502 once, and then takes them up again.
const TRIES: u32 = 3;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let declared = case.location().proxy.read_timeout.as_ref();
    let kind = case.location().kind.traits().read_timeout;
    let Some(text) = declared.map(|time| time.text.as_str()).or(kind) else { return vec![] };
    let milliseconds = crate::nginx::value::parse_time(text, crate::nginx::value::Unit::Milliseconds);
    let Ok(milliseconds) = milliseconds else { return vec![] };
    let scale = u32::try_from(milliseconds / SCALED).unwrap_or(u32::MAX).max(1);
    let patience = Duration::from_millis(milliseconds / u64::from(scale));
    let expected = format!(
        "504 after {} ms: the declared `read_timeout` {text} scaled down {scale} times",
        patience.as_millis()
    );
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return vec![case.skipped(None, expected, reason)],
    };
    let variant = Variant { scale: Some(scale), without_back_ends: false };
    let transport = case.transports()[0];
    let mut answer = asked(case, variant, transport, &path, patience * 5).await;
    for _ in 1..TRIES {
        if matches!(&answer, Ok((reply, _)) if reply.status == 502) {
            answer = asked(case, variant, transport, &path, patience * 5).await;
        }
    }
    vec![told(case, transport, expected, patience, answer)]
}

async fn asked(
    case: &Case<'_>,
    variant: Variant,
    transport: Transport,
    path: &str,
    deadline: Duration,
) -> Result<(Reply, Duration), Fault> {
    let order = Order::new(Work::Hang);
    let request = case.ordered(transport, path, &order).post(Body::Empty);
    let mut session = case.session_on(Some(variant), transport).await?;
    let since = Instant::now();
    let reply = session.send(&request, deadline).await?;
    Ok((reply, since.elapsed()))
}

fn told(
    case: &Case<'_>,
    transport: Transport,
    expected: String,
    patience: Duration,
    answer: Result<(Reply, Duration), Fault>,
) -> Outcome {
    let via = Some(transport);
    match answer {
        Ok((reply, took)) => {
            let seen = format!("{} after {} ms", reply.status, took.as_millis());
            match reply.status {
                504 if took < patience * 7 / 10 => case.failed(via, expected, seen, Symptom::Cut),
                504 => case.passed(via, expected, seen),
                status => case.failed(via, expected, seen, Symptom::Status(status)),
            }
        }
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
    }
}
