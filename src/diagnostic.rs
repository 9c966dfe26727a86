//! What is told to the user about something they wrote: a fault or finding, where, why, and what to do.
//!
//! Diagnostics are data. They are collected, never returned early, and only [`crate::report`] knows how
//! they look. The wording: `message` in lower case, code in back-ticks, no full stop; `why` says what
//! happens if it stays; `help` says what to write instead.

use std::borrow::Cow;

use crate::text::Span;

/// What is said; most of it is the same each time, and not copied for every one of many findings.
pub type Words = Cow<'static, str>;

/// How bad it is. Ordered: an error is the greatest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; works as it stands.
    Hint,
    /// Works today, or in the common case; will hurt.
    Warning,
    /// Broken: refused by nginx, or the route does not do what it is declared to do.
    Error,
}

/// A place with what is to be said about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say beside it; may be empty.
    pub text: Words,
}

/// A change of text that mends a finding for certain, and changes nothing but what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as a request: `remove the header`.
    pub what: String,
    /// The changes, all of them or none; they do not overlap.
    pub edits: Vec<Edit>,
}

/// Text in place of other text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Edit {
    /// What is replaced; empty where text is put in.
    pub span: Span,
    /// What stands there then.
    pub text: String,
}

/// One fault or finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The rule or the kind of error, in kebab case, stable between releases.
    pub code: &'static str,
    /// What is wrong.
    pub message: Words,
    /// Where: the first is the place itself, the others explain it. Empty when it lies in no file.
    pub labels: Vec<Label>,
    /// Why it matters.
    pub why: Option<Words>,
    /// What to do.
    pub help: Option<Words>,
    /// What mends it for certain.
    pub fix: Option<Box<Fix>>,
}

impl Diagnostic {
    /// A diagnostic without a place yet.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<Words>) -> Diagnostic {
        let message = on_one_line(message.into());
        Diagnostic { severity, code, message, labels: Vec::new(), why: None, help: None, fix: None }
    }

    /// An error without a place yet.
    pub fn error(code: &'static str, message: impl Into<Words>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, message)
    }

    /// Adds a place; the first one added is the primary.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<Words>) -> Diagnostic {
        // One or two are most; there may be many thousand findings.
        self.labels.reserve_exact(1);
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says why it matters.
    #[must_use]
    pub fn why(mut self, why: impl Into<Words>) -> Diagnostic {
        self.why = Some(why.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<Words>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Says what mends it for certain, if anything does.
    #[must_use]
    pub fn fix(mut self, fix: Option<Fix>) -> Diagnostic {
        self.fix = fix.map(Box::new);
        self
    }

    /// The primary place.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// A message is one line, though what it names may be a quoted word of several.
fn on_one_line(message: Words) -> Words {
    match message.contains(['\n', '\r']) {
        true => message.replace('\r', "\\r").replace('\n', "\\n").into(),
        false => message,
    }
}
