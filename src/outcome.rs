//! What a check of a route came to: expected, seen, how long, and what to do about it.
//!
//! Outcomes are data, as [`crate::diagnostic`]s are: the checks make them, and only [`crate::report`] knows how
//! they look. A check that could not be made is an outcome too, with its reason; nothing is left out in silence.

use std::time::Duration;

use crate::diagnostic::Label;

/// What one check of one route came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// The check: its id, in kebab case, stable between releases.
    pub check: &'static str,
    /// What was checked.
    pub route: Route,
    /// Passed, failed, or not made.
    pub verdict: Verdict,
    /// What the type of the route promises, in the words of a sentence without its full stop.
    pub expected: String,
    /// What came: `the first event after 2590 ms`.
    pub seen: String,
    /// How long the check took.
    pub took: Duration,
    /// When each piece of a streamed answer was sent and arrived.
    pub timeline: Option<Timeline>,
}

/// What is checked: a site, or a location of it, reached in one way.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Route {
    /// The server name; empty for what belongs to no single site.
    pub site: String,
    /// The location as nginx writes it, `/api/sse/` or `~ ^/x`; none for the site as a whole.
    pub location: Option<String>,
    /// Its type: `sse`, `websocket` …; none for the site as a whole.
    pub kind: Option<&'static str>,
    /// How it was reached, where that matters: `HTTP/1.1 over TLS`.
    pub via: Option<&'static str>,
}

/// How a check ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// As it is promised.
    Passed,
    /// Not so.
    Failed(Diagnosis),
    /// The check could not be made, for this reason; it says nothing of the route.
    Skipped(String),
}

/// What to make of a failure.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Diagnosis {
    /// What may be behind it, the likeliest first.
    pub causes: Vec<String>,
    /// The lines of nginx and of YAML to look at.
    pub places: Vec<Label>,
    /// The commands to run next, as they are typed.
    pub commands: Vec<String>,
}

/// When the pieces of a streamed answer were sent and when they arrived, from the moment of the request on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timeline {
    /// In the order in which they were sent.
    pub events: Vec<Event>,
}

/// One piece of a streamed answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// When the back end sent it; none where nobody but the back end knows.
    pub sent: Option<Duration>,
    /// When the client had it; none when it never came.
    pub arrived: Option<Duration>,
}

/// Who is told how checks go on, while they do.
pub trait Progress: Sync {
    /// So many checks are going to be made.
    fn planned(&self, checks: usize);
    /// One of them is done.
    fn finished(&self, outcome: &Outcome);
}

impl Verdict {
    /// Whether the route breaks its promise.
    pub fn is_failure(&self) -> bool {
        matches!(self, Verdict::Failed(_))
    }
}
