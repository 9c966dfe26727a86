//! One row of the table.

use super::{Arity, Context, Contexts, Value};
use crate::nginx::version::Version;

/// What one module reads under one name. A name several modules share, or whose form changed between
/// versions, has several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spec {
    pub(super) name: &'static str,
    pub(super) module: &'static str,
    pub(super) contexts: Contexts,
    pub(super) arity: Arity,
    pub(super) body: Body,
    pub(super) value: Value,
    pub(super) once: bool,
    pub(super) variables: bool,
    pub(super) needs: Option<&'static str>,
    pub(super) since: Option<Version>,
    pub(super) until: Option<Version>,
}

/// What a directive's braces hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Body {
    /// It has none: it ends with `;`.
    None,
    /// Directives; of these contexts the one that fits where the block stands.
    Directives(Contexts),
    /// Lines of a form of their own, as in `map`, `geo` and `types`.
    Entries,
}

impl Spec {
    /// The name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The module that reads it, such as `http_proxy`.
    pub fn module(&self) -> &'static str {
        self.module
    }

    /// Where it may stand.
    pub fn contexts(&self) -> Contexts {
        self.contexts
    }

    /// How many arguments it takes.
    pub fn arity(&self) -> Arity {
        self.arity
    }

    /// What its braces hold.
    pub fn body(&self) -> Body {
        self.body
    }

    /// Whether it is a block.
    pub fn is_block(&self) -> bool {
        self.body != Body::None
    }

    /// The context inside its braces when it stands in `outer`; none for a simple directive or entries.
    pub fn opens(&self, outer: Context) -> Option<Context> {
        let Body::Directives(contexts) = self.body else { return None };
        let mut contexts = contexts.iter();
        let first = contexts.next();
        // Only `if` opens one of two: `ngx_http_rewrite_if` asks whether it stands in a location.
        contexts.next().filter(|_| outer == Context::Location).or(first)
    }

    /// What its arguments are read as.
    pub fn value(&self) -> Value {
        self.value
    }

    /// Whether it takes one `on` or `off`.
    pub fn is_flag(&self) -> bool {
        self.value == Value::Flag
    }

    /// Whether a second one in the same block is an error.
    pub fn is_once(&self) -> bool {
        self.once
    }

    /// Whether variables in its arguments are replaced.
    pub fn reads_variables(&self) -> bool {
        self.variables
    }

    /// The option nginx must be configured with to have it, such as `with-http_v2_module`.
    pub fn needs(&self) -> Option<&'static str> {
        self.needs
    }

    /// The first version that has it; none when 1.18 had it.
    pub fn since(&self) -> Option<Version> {
        self.since
    }

    /// The first version that no longer has it; none when the newest known has it.
    pub fn until(&self) -> Option<Version> {
        self.until
    }

    /// Whether this version has it.
    pub fn is_in(&self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version) && self.until.is_none_or(|until| version < until)
    }
}
