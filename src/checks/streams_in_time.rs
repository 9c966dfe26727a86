//! Events and tokens reach the client as they are sent.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::join_all;

use super::{Case, Check, Needs, Of, Order, Symptom, Transport};
use crate::client::{Body, Fault, Request};
use crate::environment::LocationType;
use crate::outcome::{Event, Outcome, Timeline};
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "streams-in-time",
    summary: "every event arrives before the next but one is sent",
    explanation: "\
The stand-in sends six events 150 ms apart, over every transport the site offers, with gzip asked for; to `POST` too where the
type is `stream`. Each must reach the client before the next but one is sent. A stream that nginx holds back arrives in one
burst at its end: over HTTP/1.1 with TLS until 16 KiB have gathered, in HTTP/1.0 from the back end always. A browser on
HTTP/2 may hide the fault, so each transport is tried by itself.",
    of: Of::Location(&[LocationType::Sse, LocationType::Stream]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// How many events are sent.
const COUNT: u32 = 6;

/// The pause between two of them.
const EVERY: Duration = Duration::from_millis(150);

/// What is promised.
const EXPECTED: &str = "each of 6 events, sent 150 ms apart, before the next but one is sent";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return vec![case.skipped(None, EXPECTED, reason)],
    };
    let is_posted = case.location().kind == LocationType::Stream;
    let methods: &[&str] = if is_posted { &["GET", "POST"] } else { &["GET"] };
    let ways = case.transports().into_iter().flat_map(|way| methods.iter().map(move |method| (way, method)));
    join_all(ways.map(|(transport, method)| over(case, transport, method, &path))).await
}

async fn over(case: &Case<'_>, transport: Transport, method: &'static str, path: &str) -> Outcome {
    let order = Order::new(Work::Events { count: COUNT, every: EVERY });
    let request = case.ordered(transport, path, &order).header("accept-encoding", "gzip");
    let request = match method {
        "POST" => request.post(Body::Bytes("{\"stream\":true}".into())),
        _ => request,
    };
    let expected = format!("{method}: {EXPECTED}");
    let asked = Instant::now();
    let arrived = match arrivals(case, transport, &request).await {
        Ok(arrived) => arrived,
        Err(Refusal::Fault(fault)) => {
            return case.failed(Some(transport), expected, fault.to_string(), Symptom::Fault(&fault));
        }
        Err(Refusal::Status(status)) => {
            return case.failed(Some(transport), expected, status.to_string(), Symptom::Status(status));
        }
    };
    let sent = case.journal().get(&order.nonce).map(|record| record.sent).unwrap_or_default();
    told(case, transport, expected, asked, &sent, &arrived)
}

/// Why no stream came.
enum Refusal {
    Fault(Fault),
    Status(u16),
}

/// When each event was there.
async fn arrivals(case: &Case<'_>, transport: Transport, request: &Request) -> Result<Vec<Instant>, Refusal> {
    let (_session, mut reply) = case.ask(transport, request).await.map_err(Refusal::Fault)?;
    if reply.status != 200 {
        return Err(Refusal::Status(reply.status));
    }
    let (mut text, mut arrived) = (Vec::new(), Vec::new());
    let is_plain = reply.header("content-encoding").is_none();
    while let Some((at, piece)) = reply.piece(case.patience()).await.map_err(Refusal::Fault)? {
        text.extend_from_slice(&piece);
        // A compressed piece is counted as one event: no two of them are sent together.
        let whole = match is_plain {
            true => text.windows(2).filter(|pair| pair == b"\n\n").count(),
            false => arrived.len() + 1,
        };
        arrived.resize(whole.max(arrived.len()), at);
    }
    Ok(arrived)
}

/// Holds the arrivals to what was sent.
fn told(
    case: &Case<'_>,
    transport: Transport,
    expected: String,
    asked: Instant,
    sent: &[Instant],
    arrived: &[Instant],
) -> Outcome {
    let via = Some(transport);
    let since = |at: &Instant| at.saturating_duration_since(asked);
    let events = sent
        .iter()
        .enumerate()
        .map(|(index, at)| Event { sent: Some(since(at)), arrived: arrived.get(index).map(since) });
    let timeline = Timeline { events: events.collect() };
    if sent.is_empty() {
        let seen = format!("{} events of somebody else: no stand-in was asked", arrived.len());
        return case.failed(via, expected, seen, Symptom::Elsewhere);
    }
    let first = arrived.first().map_or_else(|| "never".to_owned(), |at| format!("after {}", ms(since(at))));
    let lags = sent.iter().zip(arrived).map(|(sent, arrived)| arrived.saturating_duration_since(*sent));
    let worst = lags.max().unwrap_or_default();
    let is_late = |index: usize| {
        let least = sent[index] + EVERY * 2;
        let limit = sent.get(index + 2).map_or(least, |next_but_one| least.max(*next_but_one));
        arrived.get(index).is_none_or(|arrived| *arrived > limit)
    };
    let late = (0..sent.len()).filter(|index| is_late(*index)).count();
    let seen = format!(
        "the first {first}, {} of {} in time, the slowest {} after it was sent",
        sent.len() - late,
        sent.len(),
        ms(worst)
    );
    let outcome = match late {
        0 => case.passed(via, expected, seen),
        _ => case.failed(via, expected, seen, Symptom::Late),
    };
    outcome.with_timeline(timeline)
}

fn ms(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}
