//! Which row of the table a directive is, and what to say when none is.

use super::{commercial, unknown};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Context, Contexts, Spec, foreign, lookup};
use crate::nginx::tree::{Block, Directive};
use crate::nginx::version::Version;

/// Why a name means nothing where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// No version has it.
    Unknown,
    /// Other versions have it.
    Version,
    /// It belongs elsewhere.
    Context,
}

/// What nginx would read under this name here.
pub(super) fn find(name: &str, context: Context, version: Version) -> Result<&'static Spec, Miss> {
    among(lookup(name), context, version)
}

fn among(specs: &'static [Spec], context: Context, version: Version) -> Result<&'static Spec, Miss> {
    let is_present = |spec: &&Spec| spec.is_in(version) || is_patched_in(spec.name(), version);
    let mut present = specs.iter().filter(is_present).peekable();
    match (specs, present.peek()) {
        ([], _) => Err(Miss::Unknown),
        (_, None) => Err(Miss::Version),
        _ => present.find(|spec| spec.contexts().contains(context)).ok_or(Miss::Context),
    }
}

/// What nginx would read a directive as.
pub(super) fn of(
    directive: Directive<'_>,
    context: Context,
    version: Version,
) -> Result<&'static Spec, Miss> {
    match directive.known() {
        Some(known) => among(known.specs(), context, version),
        // It may be written in quotes.
        None => find(&directive.name(), context, version),
    }
}

/// The diagnostic for a miss; none for what another module than nginx's own may well know.
pub(super) fn told(
    directive: Directive<'_>,
    context: Context,
    version: Version,
    miss: Miss,
) -> Option<Diagnostic> {
    let name = &*directive.name();
    match miss {
        Miss::Unknown | Miss::Version if foreign::is_of_plus(name) => {
            commercial::directive(directive, version)
        }
        Miss::Unknown if foreign::module_of(name).is_some() => None,
        Miss::Unknown => Some(unknown::told(directive, context, version)),
        Miss::Version => Some(of_other_versions(directive, name, version)),
        Miss::Context => Some(misplaced(directive, name, context, version)),
    }
}

/// A whole configuration says how connections are waited for, if with no word.
pub(super) fn eventless(root: Block<'_>, top: Context) -> Option<Diagnostic> {
    let http = root.find("http").filter(|http| top == Context::Main && http.is_block())?;
    if root.find("events").is_some() {
        return None;
    }
    // `http` alone may be a part of what is meant, and beside a `server` is a sketch: only what belongs there makes it whole.
    let belongs =
        |one: Directive<'_>| lookup(&one.name()).iter().any(|spec| spec.contexts().contains(Context::Main));
    let is_main = root.iter().any(|one| !one.is("http") && !one.is("include") && belongs(one));
    let severity = if is_main { Severity::Error } else { Severity::Hint };
    let fault = Diagnostic::new(severity, "missing-block", "no \"events\" section in configuration");
    Some(
        fault
            .at(http.name_span(), "it has no `events` beside it")
            .why("nginx does not start without it, even if it is empty")
            .help("write `events { }` before `http`"),
    )
}

/// Whether distributions put the directive into a version that does not have it by itself: Debian's 1.22.1, tried.
fn is_patched_in(name: &str, version: Version) -> bool {
    name == "max_headers" && (Version::new(1, 22, 0)..Version::new(1, 23, 0)).contains(&version)
}

fn of_other_versions(directive: Directive<'_>, name: &str, version: Version) -> Diagnostic {
    let specs = lookup(name);
    let fault = Diagnostic::error("unknown-directive", format!("unknown directive \"{name}\""));
    let next = specs.iter().filter_map(Spec::since).filter(|&since| since > version).min();
    let last = specs.iter().filter_map(Spec::until).filter(|&until| until <= version).max();
    let why = match (next, last) {
        (Some(since), _) => format!("nginx has it since {since}, and {version} is targeted"),
        (None, Some(until)) => format!("nginx has it no longer since {until}, and {version} is targeted"),
        (None, None) => format!("nginx {version} does not have it"),
    };
    let help = match (name, next) {
        ("http2", Some(_)) => "write `listen … http2` instead".to_owned(),
        ("ssl", None) => "write `listen … ssl` instead".to_owned(),
        (_, Some(since)) => format!("remove it, or target nginx {since} or later"),
        (_, None) => "remove it".to_owned(),
    };
    fault.at(directive.name_span(), "").why(why).help(help)
}

fn misplaced(directive: Directive<'_>, name: &str, context: Context, version: Version) -> Diagnostic {
    let present = lookup(name).iter().filter(|spec| spec.is_in(version));
    let contexts = present.fold(Contexts::default(), |all, spec| all | spec.contexts());
    // `location` in `upstream` is of interest to no one who writes `http`: keep to the language at hand.
    let related = contexts.related_to(context);
    let fault = Diagnostic::error("wrong-context", format!("\"{name}\" directive is not allowed here"))
        .at(directive.name_span(), format!("this stands in {context}"));
    let fault = match directive.parent() {
        Some(parent) => fault.at(parent.head_span(), "in this block"),
        None => fault,
    };
    fault.why(format!("nginx reads `{name}` in {related} only")).help("move it, or close the block before it")
}
