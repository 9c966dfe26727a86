//! Every event of a stream arrives when it is sent.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::checks::lag::Lag;
use crate::checks::streamed::{self, Streamed, watch};
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::{Body, Request};
use crate::environment::LocationType;
use crate::outcome::{Event, Outcome, Timeline};
use crate::standin::event;

pub(super) static CHECK: Check = Check {
    id: "streams-in-time",
    summary: "every event arrives before the next but one is sent",
    explanation: "\
The stand-in sends six events, one every 120 ms, and writes down when; the client writes down when it has each. Tried in
every way the site offers, once as it is and once with `Accept-Encoding: gzip`; a location of type `stream` is asked with
`POST` as well, and one of type `http` is tried where it declares `buffering: false`. A location of type `grpc` is called over HTTP/2: its events are messages, and `grpc-status: 0` must stand behind
the last. The events must come as they were sent; those of `sse` must still be `text/event-stream`: nothing else is read by an `EventSource`. An event that is not there when the next but one is sent was held back on the way. So that a busy machine
is not taken for a buffer, a delay counts only if it shows again where the next but one waits for it, for four seconds, and for
longer where this program is itself late: no buffer makes use of that.

A failure means that nginx collects the answer: `proxy_buffering` is on (over HTTP/2 it shows nothing of that, over
HTTP/1.1 with TLS everything comes at the end), the back end is asked in HTTP/1.0, or `gzip` packs the events together.
The report shows when each event was sent and when it came.",
    of: Of::Location(&[LocationType::Sse, LocationType::Stream, LocationType::Http, LocationType::Grpc]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

const COUNT: u32 = 6;
const EVERY: Duration = Duration::from_millis(120);

/// How long the next but one waits for an event at a second try.
const HOLD: Duration = Duration::from_secs(4);

/// A machine on which this program is so late may hold others up for as long as that.
const BUSY: Duration = Duration::from_secs(1);

/// What an `EventSource` takes.
const EVENTS: &str = "text/event-stream";

/// How the stream is asked for.
#[derive(Clone, Copy)]
struct Way {
    transport: Transport,
    is_post: bool,
    is_gzip: bool,
}

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    if case.location().kind == LocationType::Http && case.location().proxy.buffering != Some(false) {
        return Vec::new();
    }
    let methods: &[bool] =
        if case.location().kind == LocationType::Stream { &[false, true] } else { &[false] };
    let packed: &[bool] = if streamed::is_grpc(case) { &[false] } else { &[false, true] };
    let mut ways = Vec::new();
    for transport in streamed::ways(case) {
        for is_post in methods.iter().copied() {
            ways.extend(packed.iter().map(|is_gzip| Way { transport, is_post, is_gzip: *is_gzip }));
        }
    }
    join_all(ways.into_iter().map(|way| over(case, way))).await
}

async fn over(case: &Case<'_>, way: Way) -> Outcome {
    let case = &case.anew();
    let at_pace = Bound { hold: Duration::ZERO };
    let first = tried(case, way, at_pace).await;
    let Some(before) = delay(&first, at_pace) else { return told(case, way, first, at_pace, "") };
    let before = format!("; at a first try, that waited for nothing, by {} ms", before.as_millis());
    let lag = Lag::watch();
    let waiting = Bound { hold: HOLD };
    let second = tried(case, way, waiting).await;
    if is_busy(&lag) && delay(&second, waiting).is_some() {
        let longer = Bound { hold: HOLD.max(case.patience()) };
        return told(case, way, tried(case, way, longer).await, longer, &before);
    }
    told(case, way, second, waiting, &before)
}

/// The largest delay of a try in which something was late.
fn delay(tried: &Seen<Streamed>, bound: Bound) -> Option<Duration> {
    let timeline = &tried.as_ref().ok()?.timeline;
    (bound.late(timeline) > 0).then(|| largest_delay(timeline))
}

/// Whether this program was late itself: then nginx may have been.
fn is_busy(lag: &Lag) -> bool {
    lag.take() > BUSY
}

async fn tried(case: &Case<'_>, way: Way, bound: Bound) -> Seen<Streamed> {
    let order = Order::holding(streamed::work(case, COUNT, EVERY), bound.hold);
    let request = request(case, way, &streamed::path(case)?, &order);
    let session = case.session(way.transport).await?;
    let patience = case.patience() + EVERY * COUNT + bound.hold;
    Ok(watch(case, session, request, &order, patience).await?)
}

fn request(case: &Case<'_>, way: Way, path: &str, order: &Order) -> Request {
    let mut request = streamed::ordered(case, way.transport, path, order);
    if way.is_gzip {
        request = request.header("accept-encoding", "gzip");
    }
    if way.is_post {
        let body = Body::Bytes(Bytes::from_static(b"{\"stream\":true}"));
        request = request.header("content-type", "application/json").post(body);
    }
    request
}

fn expected(case: &Case<'_>, way: Way, bound: Bound) -> String {
    let (every, bound) = (EVERY.as_millis(), bound.time().as_millis());
    if streamed::is_grpc(case) {
        return format!(
            "a call: each of {COUNT} messages, sent every {every} ms, there within {bound} ms, then `grpc-status: 0`"
        );
    }
    let method = if way.is_post { "POST" } else { "GET" };
    let gzip = if way.is_gzip { " with gzip asked for" } else { "" };
    format!("{method}{gzip}: each of {COUNT} events, sent every {every} ms, there within {bound} ms")
}

/// The outcome of a try; `before` is said of the delay of an earlier one.
fn told(case: &Case<'_>, way: Way, tried: Seen<Streamed>, bound: Bound, before: &str) -> Outcome {
    let told = |seen| case.outcome(Some(way.transport), expected(case, way, bound), seen);
    match tried {
        Err(miss) => told(Err(miss)),
        Ok(streamed) if streamed.status != 200 => told(Err(Miss::status(streamed.status))),
        Ok(streamed) => told(judged(case, &streamed, bound, before)).with_timeline(streamed.timeline),
    }
}

fn judged(case: &Case<'_>, streamed: &Streamed, bound: Bound, before: &str) -> Seen {
    let Streamed { timeline, cut, grpc_status, kind, text, .. } = streamed;
    let arrived = streamed.arrived();
    if timeline.events.iter().all(|event| event.sent.is_none()) {
        return Err(Miss::broken("200, though no back end was asked", Symptom::Elsewhere));
    }
    if arrived < COUNT as usize {
        let why = cut.as_ref().map_or_else(|| "the end".to_owned(), ToString::to_string);
        return Err(Miss::broken(format!("{arrived} of {COUNT} events, then {why}"), Symptom::Cut));
    }
    let delays = format!("{}{before}", Delays { timeline, bound });
    if bound.late(timeline) > 0 {
        return Err(Miss::broken(delays, Symptom::Late));
    }
    if case.location().kind == LocationType::Sse && !kind.as_ref().is_some_and(|kind| kind.starts_with(EVENTS)) {
        let seen = format!("`Content-Type: {}`, which no `EventSource` reads", kind.as_deref().unwrap_or("none"));
        return Err(Miss::broken(seen, Symptom::NoEvents));
    }
    let is_grpc = streamed::is_grpc(case);
    if let Some(line) = altered(text).filter(|_| !is_grpc) {
        return Err(Miss::broken(format!("other events than were sent: {line}"), Symptom::Answer));
    }
    if is_grpc && grpc_status.as_deref() != Some("0") {
        let status = grpc_status.as_deref().unwrap_or("none");
        return Err(Miss::broken(format!("all messages, then `grpc-status: {status}`"), Symptom::NoGrpc));
    }
    Ok(delays)
}

/// What of a stream is not as it was sent, if anything: the first line that nobody sent.
fn altered(text: &[u8]) -> Option<String> {
    let sent = (0..COUNT).map(event).collect::<Vec<_>>().concat();
    let is_sent = |line: &&[u8]| sent.split(|byte| *byte == b'\n').any(|own| own == *line);
    let line = text.split(|byte| *byte == b'\n').find(|line| !is_sent(line));
    let told = || match line {
        Some(line) => format!("`{:.60}`", String::from_utf8_lossy(line)),
        None => format!("{} bytes of {}", text.len(), sent.len()),
    };
    (text != sent).then(told)
}

/// When an event is late.
#[derive(Clone, Copy)]
struct Bound {
    /// How long the next but one waits for it.
    hold: Duration,
}

impl Bound {
    /// How long it may take.
    fn time(self) -> Duration {
        self.hold.max(2 * EVERY)
    }

    /// How many events were not there when the next but one was sent; for the last two, when it would have been.
    fn late(self, timeline: &Timeline) -> usize {
        let events = &timeline.events;
        let is_late = |(index, event): (usize, &Event)| {
            let would_be = event.sent.map(|sent| sent + self.time());
            let bound = events.get(index + 2).and_then(|next| next.sent).or(would_be);
            bound.zip(event.arrived).is_some_and(|(bound, arrived)| arrived > bound)
        };
        events.iter().enumerate().filter(|event| is_late(*event)).count()
    }
}

fn largest_delay(timeline: &Timeline) -> Duration {
    let delays = timeline.events.iter().filter_map(|event| event.arrived?.checked_sub(event.sent?));
    delays.max().unwrap_or_default()
}

/// When the first event came, and how much later than sent the latest was.
struct Delays<'t> {
    timeline: &'t Timeline,
    bound: Bound,
}

impl fmt::Display for Delays<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Delays { timeline, bound } = self;
        let arrived: Vec<Duration> = timeline.events.iter().filter_map(|event| event.arrived).collect();
        let (Some(first), Some(last)) = (arrived.first(), arrived.last()) else { return Ok(()) };
        let late = bound.late(timeline);
        if late > 0 && last.saturating_sub(*first) < EVERY {
            write!(f, "all {} events at once, ", arrived.len())?;
        } else if late > 0 {
            write!(f, "{late} of {} events too late, ", arrived.len())?;
        }
        let largest = largest_delay(timeline).as_millis();
        write!(f, "the first {} ms after the request; held back by {largest} ms at most", first.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Bound;
    use crate::outcome::{Event, Timeline};

    fn timeline(times: &[(u64, u64)]) -> Timeline {
        let at = |milliseconds| Some(Duration::from_millis(milliseconds));
        Timeline {
            events: times
                .iter()
                .map(|(sent, arrived)| Event { sent: at(*sent), arrived: at(*arrived) })
                .collect(),
        }
    }

    #[test]
    fn an_event_may_be_as_late_as_the_next_but_one_is_sent() {
        let at_pace = Bound { hold: Duration::ZERO };
        assert_eq!(at_pace.late(&timeline(&[(0, 239), (120, 360), (240, 479), (360, 599)])), 0);
        assert_eq!(at_pace.late(&timeline(&[(0, 370), (120, 370), (240, 370), (360, 370)])), 2);
        // A stand-in that a busy machine holds up sends later, and that is no fault of nginx's.
        assert_eq!(at_pace.late(&timeline(&[(0, 290), (120, 290), (300, 310)])), 0);
    }

    #[test]
    fn one_that_is_waited_for_may_be_later() {
        let waiting = Bound { hold: Duration::from_secs(5) };
        assert_eq!(waiting.late(&timeline(&[(0, 2000), (120, 2500), (2100, 4000), (2600, 7000)])), 0);
        assert_eq!(waiting.late(&timeline(&[(0, 5600), (120, 5600), (5120, 5600), (5240, 5600)])), 2);
    }
}
