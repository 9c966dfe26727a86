//! What a location is meant for: declared in YAML, marked by a comment, or plain from what is written in it.
//!
//! A hand-written file is taken at its word only where there is no other way to read it: a rule that cries over
//! a location that was never meant as a stream is worse than one that stays silent.

use super::recognised;
use super::subject::{Place, Promise};
use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::TYPES;
use crate::nginx::tree::{Argument, Comment, Directive};
use crate::text::Span;

/// What rules know how to hold a location to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Websocket,
    Sse,
    Stream,
    Grpc,
    /// Declared as something else.
    Other,
}

/// What a location is meant for, and what says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meant {
    pub(super) kind: Kind,
    /// The type as it is called.
    pub(super) name: &'static str,
    pub(super) source: Source,
}

/// What says what a location is meant for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// The YAML.
    Declared(Span),
    /// A comment `# nginx-gen: type sse` above or behind it.
    Marked(Span),
    /// Its path, and what it sets.
    Path(Span),
    /// Its path, which may stand for something else: what is said of it is a hint.
    Likely(Span),
    /// What it sets, and no more: headers may have been copied to a place where they serve nothing.
    Headers(Span),
}

impl Kind {
    fn of(name: &str) -> Kind {
        match name {
            "websocket" => Kind::Websocket,
            "sse" => Kind::Sse,
            "stream" => Kind::Stream,
            "grpc" => Kind::Grpc,
            _ => Kind::Other,
        }
    }

    /// Whether answers come piece by piece.
    pub(super) fn is_streamed(self) -> bool {
        matches!(self, Kind::Sse | Kind::Stream)
    }

    /// Whether answers outlive a request.
    pub(super) fn is_long_lived(self) -> bool {
        self != Kind::Other
    }
}

impl Meant {
    /// Adds the place that says what the location is meant for. What is likely, and no more, is a hint, and what is
    /// broken for a WebSocket that only headers speak of, a warning.
    pub(super) fn point(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let name = self.name;
        let article = if self.kind == Kind::Sse { "an" } else { "a" };
        match self.source {
            Source::Declared(span) => diagnostic.at(span, format!("declared `type: {name}` here")),
            Source::Marked(span) => diagnostic.at(span, format!("marked as `{name}` here")),
            Source::Path(span) => diagnostic.at(span, format!("the path of {article} `{name}` location")),
            Source::Likely(span) => {
                diagnostic.severity = Severity::Hint;
                diagnostic.at(span, format!("likely the path of {article} `{name}` location"))
            }
            Source::Headers(span) if self.kind == Kind::Websocket => {
                diagnostic.severity = diagnostic.severity.min(Severity::Warning);
                diagnostic.at(span, format!("by this, {article} `{name}` location"))
            }
            Source::Headers(span) => diagnostic.at(span, format!("by this, {article} `{name}` location")),
        }
    }

    /// Whether what clients call says so: neither headers, which may have been copied to where they serve nothing, nor a
    /// path that may stand for something else.
    pub(super) fn is_sure(&self) -> bool {
        !matches!(self.source, Source::Headers(_) | Source::Likely(_))
    }

    /// Whether its author says so in as many words.
    pub(super) fn is_said(&self) -> bool {
        matches!(self.source, Source::Declared(_) | Source::Marked(_))
    }
}

pub(super) fn of(place: &Place<'_>, promise: Option<&Promise<'_>>) -> Option<Meant> {
    if let Some(promise) = promise {
        let source = Source::Declared(promise.declared);
        return Some(Meant { kind: Kind::of(promise.kind), name: promise.kind, source });
    }
    if place.location.tree().is_addressed() {
        let above = place.location.comments_above();
        let mut comments = above.into_iter().rev().chain(place.location.comment_behind());
        if let Some((name, comment)) = comments.find_map(|comment| Some((marked(comment)?, comment))) {
            return Some(Meant { kind: Kind::of(name), name, source: Source::Marked(comment.span()) });
        }
    }
    if let Some(pass) = place.location.find("grpc_pass") {
        return Some(Meant { kind: Kind::Grpc, name: "grpc", source: Source::Headers(pass.head_span()) });
    }
    let (name, source) = recognised::by_its_text(place, place.passing()?)?;
    Some(Meant { kind: Kind::of(name), name, source })
}

/// The type of a comment `nginx-gen: type sse`, if there is such a type.
pub(super) fn marked(comment: Comment<'_>) -> Option<&'static str> {
    let name = comment.addressed()?.strip_prefix("type ")?.split_whitespace().next()?;
    TYPES.iter().map(|kind| kind.name).find(|known| *known == name)
}

/// Whether a `proxy_set_header` or `add_header` is of this header.
pub(super) fn is_header(directive: &Directive<'_>, name: &str) -> bool {
    let is_name = |header: Argument<'_>| match header.content() {
        // An escape is longer than what it stands for.
        written if written.len() <= name.len() => written.eq_ignore_ascii_case(name),
        _ => header.value().eq_ignore_ascii_case(name),
    };
    directive.arg(0).is_some_and(is_name)
}

/// Whether a `proxy_set_header` is of a header that is this one but for a slip of the finger.
pub(super) fn is_nearly(directive: &Directive<'_>, name: &str) -> bool {
    let header = directive.arg(0).map(|header| header.value().to_ascii_lowercase());
    header.is_some_and(|header| {
        matches!(strsim::damerau_levenshtein(&header, &name.to_ascii_lowercase()), 1 | 2)
    })
}
