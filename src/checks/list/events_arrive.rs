//! A live stream of events arrives piece by piece.

use std::time::{Duration, Instant};

use futures_util::FutureExt;

use super::opens_socket::login;
use crate::checks::lag::Lag;
use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::client::{Fault, Reply};
use crate::environment::LocationType;
use crate::outcome::{Event, Outcome, Timeline};

pub(super) static CHECK: Check = Check {
    id: "events-arrive",
    summary: "events arrive one by one",
    explanation: "\
One `GET` on the location's `probe` path or first endpoint, in every way the site offers: the answer is 200 and
`text/event-stream`. Then events are listened to for as long as `--timeout`, or until four came apart. A stranger does
not know when they were sent, but three or more that come in one moment after a second or more of nothing were held
back: something buffers. How late this machine itself is while it listens is taken into account. Where none comes in time nothing is known, and the check is skipped.",
    of: Of::Location(&[LocationType::Sse]),
    needs: Needs::Deployment,
    run: |case| run(case).boxed(),
};

/// So many in one moment are not by chance.
const MANY: usize = 3;
/// After so long a silence.
const LONG: Duration = Duration::from_secs(1);
/// What comes within this came together: longer than packets of one write are apart, where nothing holds the reader up.
const MOMENT: Duration = Duration::from_millis(100);
/// More moments than these tell nothing more.
const ENOUGH: usize = 4;

/// Events that came together.
struct Moment {
    first: Instant,
    last: Instant,
    events: usize,
    /// How late the reader was before the first of them.
    before: Duration,
    /// How late it was between them.
    between: Duration,
}

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for via in case.transports() {
        let (seen, timeline) = match over(case, via).await {
            Ok((seen, timeline)) => (seen, timeline),
            Err(miss) => (Err(miss), None),
        };
        let outcome = case.outcome(Some(via), "200 with `text/event-stream`, and events one by one", seen);
        outcomes.push(match timeline {
            Some(timeline) => outcome.with_timeline(timeline),
            None => outcome,
        });
    }
    outcomes
}

/// What came, with its times where there are some.
async fn over(case: &Case<'_>, via: Transport) -> Seen<(Seen, Option<Timeline>)> {
    let request = case.get(via, &case.path()?).header("accept", "text/event-stream");
    let (_session, mut reply) = case.ask(via, &request).await?;
    match reply.status {
        200 => {}
        status @ (401 | 403) if case.deployment().headers.is_empty() => {
            return Err(Miss::Unknown(login(status)));
        }
        status => return Err(Miss::status(status)),
    }
    let kind = reply.header("content-type").unwrap_or("nothing").to_owned();
    if !kind.starts_with("text/event-stream") {
        return Err(Miss::broken(format!("200 with `{kind}`"), Symptom::NoEvents));
    }
    let moments = listen(&mut reply, case.patience()).await?;
    Ok((judged(case, reply.asked, &moments), timeline(reply.asked, &moments)))
}

/// Listens until enough came, the answer ends, or time is up. An error is no more than an end: what came is judged.
async fn listen(reply: &mut Reply, patience: Duration) -> Result<Vec<Moment>, Fault> {
    let deadline = Instant::now() + patience;
    let lag = Lag::watch();
    let (mut moments, mut before): (Vec<Moment>, u8) = (Vec::new(), 0);
    while moments.len() <= ENOUGH {
        let left = deadline.saturating_duration_since(Instant::now());
        let (arrived, piece) = match reply.piece(left).await {
            Ok(Some(piece)) => piece,
            Ok(None) | Err(Fault::Timeout(_)) => break,
            Err(fault) if moments.is_empty() => return Err(fault),
            Err(_) => break,
        };
        let events = ends(&piece, &mut before);
        let late = lag.take();
        match moments.last_mut() {
            Some(moment) if arrived.duration_since(moment.last) < MOMENT + late => {
                moment.last = arrived;
                moment.events += events;
                moment.between += late;
            }
            _ => {
                let between = Duration::ZERO;
                moments.push(Moment { first: arrived, last: arrived, events, before: late, between });
            }
        }
    }
    moments.retain(|moment| moment.events > 0);
    Ok(moments)
}

/// How many empty lines, each the end of an event, are in a piece; `before` is the last byte of the one before it.
fn ends(piece: &[u8], before: &mut u8) -> usize {
    let mut count = 0;
    for byte in piece.iter().copied().filter(|byte| *byte != b'\r') {
        if byte == b'\n' && *before == b'\n' {
            count += 1;
            *before = 0;
        } else {
            *before = byte;
        }
    }
    count
}

/// When the events came; none where none did.
fn timeline(asked: Instant, moments: &[Moment]) -> Option<Timeline> {
    let came = |moment: &Moment| {
        let event = Event { sent: None, arrived: Some(moment.first.duration_since(asked)) };
        std::iter::repeat_n(event, moment.events.min(100))
    };
    (!moments.is_empty()).then(|| Timeline { events: moments.iter().flat_map(came).collect() })
}

fn judged(case: &Case<'_>, asked: Instant, moments: &[Moment]) -> Seen {
    let Some(first) = moments.first() else {
        if asked.elapsed() < case.patience() {
            return Err(Miss::unknown("the answer ended without an event"));
        }
        let within = case.patience().as_secs();
        return Err(Miss::Unknown(format!(
            "no event came within {within} s: wait longer with `--timeout`, or have one sent meanwhile"
        )));
    };
    let starts = std::iter::once(asked).chain(moments.iter().map(|moment| moment.last));
    let waits: Vec<Duration> =
        starts.zip(moments).map(|(from, moment)| moment.first.duration_since(from)).collect();
    let held = waits.iter().zip(moments).find(|(wait, moment)| {
        let is_brief = moment.last.duration_since(moment.first) < MOMENT * 2 + moment.between;
        **wait >= LONG + moment.before && moment.events >= MANY && is_brief
    });
    if let Some((wait, moment)) = held {
        let seen = format!("{} events at once, after {} ms of nothing", moment.events, wait.as_millis());
        return Err(Miss::broken(seen, Symptom::Late));
    }
    let count: usize = moments.iter().map(|moment| moment.events).sum();
    let longest = waits.iter().max().map_or(0, Duration::as_millis);
    let after = first.first.duration_since(asked).as_millis();
    let noun = if count == 1 { "event" } else { "events" };
    Ok(format!("the first event after {after} ms, {count} {noun}, at most {longest} ms apart"))
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn events_end_with_an_empty_line_however_they_are_cut() {
        let mut before = 0;
        let pieces = [&b"data: a\n"[..], b"\ndata: b\r\n\r", b"\n: beat\n\ndata: c"];
        assert_eq!(pieces.map(|piece| ends(piece, &mut before)), [0, 1, 2]);
    }
}
