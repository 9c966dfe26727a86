//! The picture of a stream: each event a line from the moment it was sent, above, to the moment it arrived, below.
//! In time the lines stand upright; what was held back leans, and a burst at the end is a fan.

use std::time::Duration;

use serde::Serialize;

use super::super::words;
use crate::outcome::{Event, Outcome, Timeline, Verdict};

/// Units of the pictures' own; a picture is scaled to the room there is.
const WIDTH: f64 = 320.0;
const LEFT: f64 = 54.0;
const RIGHT: f64 = 14.0;

/// No picture shows more events: beyond it single lines are not seen.
const MOST_LINES: usize = 150;

/// A lag that people notice.
const LATE: Duration = Duration::from_millis(150);

/// The ways in which one check of one route was made, side by side on one scale.
#[derive(Serialize)]
pub(super) struct Figure {
    route: String,
    check: &'static str,
    panels: Vec<Panel>,
}

/// One way.
#[derive(Serialize)]
struct Panel {
    via: &'static str,
    verdict: &'static str,
    /// The figures, for those who do not see the picture.
    said: String,
    lines: Vec<Line>,
    /// How many events are not drawn.
    left_out: usize,
    axis: Vec<Mark>,
    /// The same as a table.
    rows: Vec<(usize, String, String, String)>,
}

/// One event.
#[derive(Serialize)]
struct Line {
    sent: Option<f64>,
    arrived: Option<f64>,
    kind: &'static str,
}

/// A moment on the axis.
#[derive(Serialize)]
struct Mark {
    x: f64,
    text: String,
}

/// The figures of all streams, in order.
pub(super) fn figures(outcomes: &[Outcome]) -> Vec<Figure> {
    let is_same = |a: &Outcome, b: &Outcome| {
        (a.check, &a.route.site, &a.route.location) == (b.check, &b.route.site, &b.route.location)
    };
    outcomes.chunk_by(is_same).filter_map(figure).collect()
}

fn figure(outcomes: &[Outcome]) -> Option<Figure> {
    let streams: Vec<(&Outcome, &Timeline)> = outcomes
        .iter()
        .filter_map(|outcome| Some((outcome, outcome.timeline.as_ref()?)))
        .filter(|(_, timeline)| !timeline.events.is_empty())
        .collect();
    let end = streams.iter().filter_map(|(_, timeline)| moments(timeline).max()).max()?;
    let scale = Scale { end: end.max(Duration::from_millis(1)) };
    let (first, _) = streams.first()?;
    Some(Figure {
        route: words::route(&first.route),
        check: first.check,
        panels: streams.iter().map(|(outcome, timeline)| panel(outcome, timeline, &scale)).collect(),
    })
}

fn moments(timeline: &Timeline) -> impl Iterator<Item = Duration> {
    timeline.events.iter().flat_map(|event| [event.sent, event.arrived]).flatten()
}

/// Where moments lie, the same in all panels of a figure.
struct Scale {
    end: Duration,
}

impl Scale {
    fn x(&self, moment: Duration) -> f64 {
        let share = moment.as_secs_f64() / self.end.as_secs_f64();
        ((LEFT + share * (WIDTH - LEFT - RIGHT)) * 10.0).round() / 10.0
    }

    /// At most five moments, each a round number.
    fn axis(&self) -> Vec<Mark> {
        let end = self.end.as_millis().max(1);
        let decades = (0..).map(|power| 10_u128.pow(power));
        let mut steps = decades.flat_map(|decade| [decade, 2 * decade, 5 * decade]);
        let step = steps.find(|step| end / step <= 4).unwrap_or(end);
        let marks = (0..=end / step).filter_map(|nth| u64::try_from(nth * step).ok());
        let mark = |millis| {
            let moment = Duration::from_millis(millis);
            Mark { x: self.x(moment), text: axis_text(moment) }
        };
        marks.map(mark).collect()
    }
}

fn axis_text(moment: Duration) -> String {
    match moment.as_millis() {
        0 => "0".to_owned(),
        millis @ 1..1000 => format!("{millis} ms"),
        millis if millis % 1000 == 0 => format!("{} s", millis / 1000),
        _ => format!("{} s", moment.as_secs_f64()),
    }
}

fn panel(outcome: &Outcome, timeline: &Timeline, scale: &Scale) -> Panel {
    let events = &timeline.events;
    // Evenly spread, the first and the last among them.
    let step = events.len().div_ceil(MOST_LINES).max(1);
    let is_drawn = |nth: usize| nth.is_multiple_of(step) || nth + 1 == events.len();
    let drawn: Vec<_> = events.iter().enumerate().filter(|(nth, _)| is_drawn(*nth)).collect();
    Panel {
        via: outcome.route.via.unwrap_or("stream"),
        verdict: match outcome.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed(_) => "failed",
            Verdict::Skipped(_) => "skipped",
        },
        said: said(events),
        lines: drawn.iter().map(|(_, event)| line(event, scale)).collect(),
        left_out: events.len() - drawn.len(),
        axis: scale.axis(),
        rows: drawn.iter().map(|(nth, event)| row(*nth, event)).collect(),
    }
}

fn line(event: &Event, scale: &Scale) -> Line {
    let kind = match (event.sent, event.arrived) {
        (_, None) => "lost",
        (Some(_), Some(_)) if lag(event).is_some_and(|lag| lag >= LATE) => "late",
        _ => "prompt",
    };
    Line { sent: event.sent.map(|at| scale.x(at)), arrived: event.arrived.map(|at| scale.x(at)), kind }
}

/// The clocks of two tasks are one clock, but a moment is noted only after the deed: less than nothing is nothing.
fn lag(event: &Event) -> Option<Duration> {
    Some(event.arrived?.saturating_sub(event.sent?))
}

/// `6 events; the largest lag is 2590 ms`.
fn said(events: &[Event]) -> String {
    let count = if events.len() == 1 { "1 event".to_owned() } else { format!("{} events", events.len()) };
    let arrived: Vec<_> = events.iter().filter_map(|event| event.arrived).collect();
    let lost = events.len() - arrived.len();
    let lost = if lost > 0 { format!(", {lost} of them never came") } else { String::new() };
    let figure = match events.iter().filter_map(lag).max() {
        Some(largest) => format!("; largest lag {}", words::took(largest)),
        None => match arrived.windows(2).map(|two| two[1].saturating_sub(two[0])).max() {
            Some(gap) => format!("; largest gap between arrivals {}", words::took(gap)),
            None => String::new(),
        },
    };
    format!("{count}{lost}{figure}")
}

fn row(nth: usize, event: &Event) -> (usize, String, String, String) {
    let moment = |at: Option<Duration>, none: &str| at.map_or_else(|| none.to_owned(), words::took);
    (nth + 1, moment(event.sent, "unknown"), moment(event.arrived, "never"), moment(lag(event), "–"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_round_numbers() {
        let axis = |millis| {
            let marks = Scale { end: Duration::from_millis(millis) }.axis();
            marks.iter().map(|mark| mark.text.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(axis(1), "0 1 ms");
        assert_eq!(axis(1012), "0 500 ms 1 s");
        assert_eq!(axis(2590), "0 1 s 2 s");
        assert_eq!(axis(6100), "0 2 s 4 s 6 s");
        assert_eq!(axis(3_600_000), "0 1000 s 2000 s 3000 s");
    }

    #[test]
    fn moments_lie_between_the_margins() {
        let scale = Scale { end: Duration::from_secs(2) };
        let is_at = |moment, x: f64| (scale.x(moment) - x).abs() < 0.1;
        assert!(is_at(Duration::ZERO, LEFT));
        assert!(is_at(Duration::from_secs(2), WIDTH - RIGHT));
    }
}
