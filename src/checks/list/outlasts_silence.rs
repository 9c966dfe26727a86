//! A stream may be silent as long as its type promises.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::checks::grpc_call;
use crate::checks::streamed::{self, Streamed, watch};
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport, Variant};
use crate::client::Fault;
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "outlasts-silence",
    summary: "a stream outlasts the silence that is declared",
    explanation: "\
A second nginx runs the same files with its time-outs towards back ends divided so that the declared `read_timeout` of the
location (the type's own where none is declared) takes a little more than a second. The stand-in sends an event, is
silent for two thirds of that, and sends another, which must arrive. Since the divisor comes from what is declared, a
location that says 60 s where a day is declared is cut after a few milliseconds. A stream that ends when the declared time is
nearly over, since a busy machine was late with the event, shows nothing, and is tried again.

Of a location of type `grpc` the events are messages of a call. Its client may be silent as long between two messages of its own,
which is `client_body_timeout`.

A failure means that nginx ends quiet streams early: `proxy_read_timeout` (`grpc_read_timeout`) is missing or too short. The access log says
200 all the same.",
    of: Of::Location(&[LocationType::Sse, LocationType::Stream, LocationType::Grpc]),
    needs: Needs::Variants,
    run: |case| run(case).boxed(),
};

/// What the declared time-out is scaled down to, about.
const SCALED: u64 = 1200;

/// How often a stream is tried that had its time.
const TRIES: u32 = 5;

/// Why nothing is known where each had.
pub(super) const TOO_BUSY: &str = "this machine is too busy: what was to be in time was late at every try";

/// A silence to be outlasted.
#[derive(Clone, Copy)]
struct Silence {
    declared: Duration,
    scale: u32,
    lasts: Duration,
}

impl Silence {
    fn of(declared: Duration) -> Silence {
        let milliseconds = u64::try_from(declared.as_millis()).unwrap_or(u64::MAX);
        let scale = u32::try_from((milliseconds / SCALED).max(1)).unwrap_or(u32::MAX);
        Silence { declared, scale, lasts: declared / scale * 2 / 3 }
    }

    /// The declared time, scaled down.
    fn scaled(self) -> Duration {
        self.declared / self.scale
    }

    fn expected(self) -> String {
        let Silence { declared, scale, lasts } = self;
        let declared = declared.as_secs_f64();
        let scaled = if scale > 1 { format!(", scaled down {scale} times") } else { String::new() };
        format!("an event after {} ms of silence (two thirds of {declared} s{scaled})", lasts.as_millis())
    }
}

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(declared) = &case.location().proxy.read_timeout else { return Vec::new() };
    let silence = Silence::of(Duration::from_millis(declared.milliseconds));
    let mut outcomes = join_all(streamed::ways(case).into_iter().map(|via| over(case, via, silence))).await;
    if streamed::is_grpc(case) {
        let expected = format!("a second message of the client, after as long: {}", silence.expected());
        let attempt = |case, via| async move { second_message(&case, via, silence).await };
        outcomes.extend(case.in_each(streamed::ways(case), &expected, attempt).await);
    }
    outcomes
}

/// Whether a call goes on whose client is silent for a while.
async fn second_message(case: &Case<'_>, via: Transport, silence: Silence) -> Seen {
    let method = grpc_call::method(case)?;
    for _ in 0..TRIES {
        let order = Order::new(Work::Grpc { count: 1, every: Duration::ZERO, status: 0 });
        let request = grpc_call::paused(case, via, &method, &order, silence.lasts);
        let mut session = case.session_on(Some(Variant::scaled(silence.scale)), via).await?;
        let since = Instant::now();
        let reply = session.send(&request, case.patience() + silence.lasts).await;
        let after = since.elapsed();
        let came = case.journal().get(&order.nonce).and_then(|record| record.body);
        if reply.as_ref().is_ok_and(|reply| reply.status == 200) && came == Some(2 * grpc_call::LENGTH) {
            return Ok("both messages reached the back end".to_owned());
        }
        if after < silence.scaled() * 3 / 4 {
            let seen = reply.map_or_else(|fault| fault.to_string(), |reply| reply.status.to_string());
            let seen = format!("{seen} after {} ms, before the second message", after.as_millis());
            return Err(Miss::broken(seen, Symptom::Cut));
        }
    }
    Err(Miss::unknown(TOO_BUSY))
}

async fn over(case: &Case<'_>, via: Transport, silence: Silence) -> Outcome {
    let case = &case.anew();
    let told = |seen| case.outcome(Some(via), silence.expected(), seen);
    match tried(case, via, silence).await {
        Err(miss) => told(Err(miss)),
        Ok(streamed) => told(judged(silence, &streamed)).with_timeline(streamed.timeline),
    }
}

async fn tried(case: &Case<'_>, via: Transport, silence: Silence) -> Seen<Streamed> {
    let path = streamed::path(case)?;
    for _ in 0..TRIES {
        let streamed = silent(case, via, &path, silence).await?;
        let is_cut = streamed.status == 200 && streamed.arrived() < 2;
        if !is_cut || streamed.silent() < silence.scaled() * 3 / 4 {
            return Ok(streamed);
        }
    }
    Err(Miss::unknown(TOO_BUSY))
}

async fn silent(
    case: &Case<'_>,
    transport: Transport,
    path: &str,
    silence: Silence,
) -> Result<Streamed, Fault> {
    let order = Order::new(streamed::work(case, 2, silence.lasts));
    let request = streamed::ordered(case, transport, path, &order);
    let session = case.session_on(Some(Variant::scaled(silence.scale)), transport).await?;
    watch(case, session, request, &order, case.patience() + silence.lasts).await
}

fn judged(silence: Silence, streamed: &Streamed) -> Seen {
    match (streamed.status, streamed.arrived()) {
        (200, 2..) => Ok("it arrived".to_owned()),
        (200, 0) => Err(Miss::broken("no event at all", Symptom::Cut)),
        (200, _) => Err(Miss::broken(cut(silence, streamed), Symptom::Cut)),
        (status, _) => Err(Miss::status(status)),
    }
}

fn cut(silence: Silence, streamed: &Streamed) -> String {
    let why = streamed.cut.as_ref().map_or_else(|| "it ended".to_owned(), ToString::to_string);
    let scaled = if silence.scale > 1 { ", at the same scale" } else { "" };
    let after = streamed.silent().as_millis();
    format!("the stream was ended after {after} ms of silence{scaled}: {why}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Silence;

    #[test]
    fn silences_take_about_a_second() {
        for (declared, scale, lasts) in
            [(86_400_000, 72_000, 800), (3_600_000, 3000, 800), (1500, 1, 1000), (300, 1, 200)]
        {
            let silence = Silence::of(Duration::from_millis(declared));
            assert_eq!((silence.scale, silence.lasts), (scale, Duration::from_millis(lasts)), "{declared}");
        }
    }
}
