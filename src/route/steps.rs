//! The way of a request through a server, step by step.

use super::explanation::{Place, Step};
use super::reasons::location_name;
use crate::nginx::routing::{Event, Evidence, Journey};

/// The steps in words; none where a request goes straight into its location.
pub(super) fn steps(journey: &Journey<'_>) -> Vec<Step> {
    if let [] | [_] = journey.steps.as_slice() {
        let is_only_taken = |event: &Event| matches!(event, Event::Taken { .. });
        if journey.steps.iter().all(|step| is_only_taken(&step.event)) {
            return vec![];
        }
    }
    let told = journey.steps.iter().map(|step| {
        let what = match &step.event {
            Event::Taken { path } => format!("takes `{path}`"),
            Event::Judged { holds, by } => judged(*holds, by),
            Event::Rewritten { to } => format!("writes `{to}`"),
            Event::FellBack { to } => format!("goes on with `{to}`"),
            Event::Replaced { status, to } => format!("goes on with `{to}` in place of {status}"),
        };
        let by = match &step.event {
            Event::Taken { .. } => format!("location {}", location_name(step.by)),
            _ => format!("{:?}", step.by),
        };
        Step { by, place: Place::of_directive(step.by), what }
    });
    told.collect()
}

fn judged(holds: bool, by: &Evidence) -> String {
    let (yes, taken) = match holds {
        true => ("holds", "taken to hold"),
        false => ("does not hold", "taken not to hold"),
    };
    match by {
        Evidence::Value(name, value) if value.is_empty() => format!("{yes}: `${name}` is empty"),
        Evidence::Value(name, value) => format!("{yes}: `${name}` is `{value}`"),
        Evidence::Unknown | Evidence::NoFiles => taken.to_owned(),
    }
}
