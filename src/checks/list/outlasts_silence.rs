//! A stream may be silent as long as its type promises.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::checks::streamed::{self, Streamed, watch};
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport, Variant};
use crate::client::Fault;
use crate::environment::LocationType;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "outlasts-silence",
    summary: "a stream outlasts the silence that is declared",
    explanation: "\
A second nginx runs the same files with its time-outs towards back ends divided so that the declared `read_timeout` of the
location (the type's own where none is declared) takes a little more than a second. The stand-in sends an event, is
silent for two thirds of that, and sends another, which must arrive. Since the divisor comes from what is declared, a
location that says 60 s where a day is declared is cut after a few milliseconds. A stream that breaks is tried twice.

Of a location of type `grpc` the events are messages of a call.

A failure means that nginx ends quiet streams early: `proxy_read_timeout` (`grpc_read_timeout`) is missing or too short. The access log says
200 all the same.",
    of: Of::Location(&[LocationType::Sse, LocationType::Stream, LocationType::Grpc]),
    needs: Needs::Variants,
    run: |case| run(case).boxed(),
};

/// What the declared time-out is scaled down to, about.
const SCALED: u64 = 1200;

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
    join_all(streamed::ways(case).into_iter().map(|via| over(case, via, silence))).await
}

async fn over(case: &Case<'_>, via: Transport, silence: Silence) -> Outcome {
    let told = |seen| case.outcome(Some(via), silence.expected(), seen);
    match tried(case, via, silence).await {
        Err(miss) => told(Err(miss)),
        Ok(streamed) => told(judged(silence, &streamed)).with_timeline(streamed.timeline),
    }
}

async fn tried(case: &Case<'_>, via: Transport, silence: Silence) -> Seen<Streamed> {
    let path = streamed::path(case)?;
    let streamed = silent(case, via, &path, silence).await?;
    match streamed.status == 200 && streamed.arrived() < 2 {
        true => Ok(silent(case, via, &path, silence).await?),
        false => Ok(streamed),
    }
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
    format!("the stream was ended during the silence{scaled}: {why}")
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
