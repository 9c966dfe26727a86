//! What is told of a route, in the shape of its JSON.

use serde::Serialize;

use super::question::{Header, Method};
use crate::nginx::tree::Directive;
use crate::text::{Sources, Span};

/// Where a request for a URL ends, and why.
///
/// The JSON of `nginx-gen route --format json` is this, key by key. Keys may be added; none that is here
/// changes its meaning.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The URL as it was given.
    pub url: String,
    /// The request as it arrives.
    pub request: Asked,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The same in words.
    pub answer: String,
    /// The status, where nginx itself decides on it; `null` where the upstream or a file does.
    pub status: Option<u16>,
    /// The server; `null` when none listens where the request arrives.
    pub server: Option<Taken>,
    /// The location; `null` when none matches, or when the server answers before it looks at them.
    pub location: Option<Taken>,
    /// What happened on the way there, in order; none where the request goes straight into its location.
    pub steps: Vec<Step>,
    /// Where to the client is redirected.
    pub redirect: Option<String>,
    /// What is sent on.
    pub upstream: Option<Passed>,
    /// What holds there for real-time traffic.
    pub settings: Vec<Setting>,
    /// What could not be judged, and what was assumed instead.
    pub notes: Vec<String>,
}

/// A request as it arrives.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// The host asked for.
    pub host: String,
    /// The port it arrives at.
    pub port: u16,
    /// Whether over TLS.
    pub tls: bool,
    /// Path and arguments.
    pub target: String,
    /// The method.
    pub method: Method,
    /// The headers, beside `Host`.
    pub headers: Vec<Header>,
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It goes to an upstream.
    Passed,
    /// The client is sent elsewhere.
    Redirected,
    /// A `return` answers it.
    Returned,
    /// nginx serves a file.
    File,
    /// Nothing serves it: no server listens, the handshake or the request is refused, the connection closed.
    Unserved,
    /// It depends on what only a real request has.
    Unknown,
}

/// Something that happened to a request on its way.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The directive that did it.
    pub by: String,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// What happened.
    pub what: String,
}

/// A line of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// The server or the location that takes the request.
#[derive(Clone, Debug, Serialize)]
pub struct Taken {
    /// The names of a server; what stands behind `location`.
    pub name: String,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// Why it takes the request.
    pub why: String,
    /// Where the YAML declares it.
    pub declared: Option<Declared>,
    /// Those that do not take it: the closest first, five at the most.
    pub rivals: Vec<Rival>,
    /// How many more rivals there are.
    pub more_rivals: usize,
}

/// A location of the YAML.
#[derive(Clone, Debug, Serialize)]
pub struct Declared {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
}

/// A server or a location that does not take the request.
#[derive(Clone, Debug, Serialize)]
pub struct Rival {
    /// As [`Taken::name`].
    pub name: String,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// Why not.
    pub why: String,
}

/// A request to an upstream.
#[derive(Clone, Debug, Serialize)]
pub struct Passed {
    /// The URL that is asked for; as written where it has variables.
    pub url: String,
    /// The scheme and the address, or the name of an `upstream`.
    pub base: String,
    /// The servers of that `upstream`; empty where an address is written.
    pub servers: Vec<String>,
}

/// A setting that holds.
#[derive(Clone, Debug, Serialize)]
pub struct Setting {
    /// The directive; for headers with the header's name.
    pub name: String,
    /// What it is set to; empty for a header that is not sent.
    pub value: String,
    /// The block it stands in, such as `server`, or `nginx's default`.
    pub from: String,
    /// Where it stands; `null` for nginx's default.
    pub place: Option<Place>,
}

impl Explanation {
    /// Whether anything serves the request.
    pub fn is_served(&self) -> bool {
        self.outcome != Outcome::Unserved
    }
}

impl Place {
    /// Where a span starts.
    pub(super) fn of(span: Span, sources: &Sources) -> Place {
        let file = sources.file(span.file).name().to_owned();
        Place { file, line: sources.position(span).line }
    }

    /// Where a directive stands.
    pub(super) fn of_directive(directive: Directive<'_>) -> Place {
        Place::of(directive.name_span(), directive.sources())
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
