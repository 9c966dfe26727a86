//! What only the commercial NGINX Plus reads: nginx itself refuses it, and whoever runs Plus means it.
//!
//! It is told once for a configuration, and as a warning: which of the two is to read the file is not known.

use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::foreign;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

const CODE: &str = "plus-only";

/// Words of nginx's own directives, or their beginning up to the value, and the version since which nginx reads them
/// itself.
const WORDS: [(&str, &str, Option<Version>); 15] = [
    ("server", "slow_start=", None),
    ("server", "resolve", Some(super::upstream::RESOLVE)),
    ("server", "service=", Some(super::upstream::RESOLVE)),
    ("server", "route=", Some(super::upstream::STICKY)),
    ("server", "drain", Some(super::upstream::STICKY)),
    ("random", "least_time=", Some(Version::branch(1, 31))),
    ("random", "least_time", Some(Version::branch(1, 31))),
    ("limit_req_zone", "sync", None),
    ("resolver", "status_zone=", None),
    ("proxy_cache_path", "purger=", None),
    ("proxy_cache_path", "purger_files=", None),
    ("proxy_cache_path", "purger_sleep=", None),
    ("proxy_cache_path", "purger_threshold=", None),
    ("fastcgi_cache_path", "purger=", None),
    ("uwsgi_cache_path", "purger=", None),
];

/// How many places are shown.
const SHOWN: usize = 3;

/// The warning for a word of a directive, if only Plus knows it.
pub(super) fn parameter(name: &str, word: Argument<'_>, version: Version) -> Option<Diagnostic> {
    let value = word.value();
    let is = |known: &str| if known.ends_with('=') { value.starts_with(known) } else { value == known };
    let (_, known, since) = WORDS.iter().find(|(directive, known, _)| *directive == name && is(known))?;
    if since.is_some_and(|since| since <= version) {
        return None;
    }
    let message = match name {
        "resolver" => format!("host not found in resolver \"{value}\""),
        _ => format!("invalid parameter \"{value}\""),
    };
    let told = told(message, version).at(word.span(), format!("only NGINX Plus reads `{known}` of `{name}`"));
    Some(match since {
        Some(since) => told.help(format!("remove it where nginx is to read this, or target {since}")),
        None => told.help("remove it where nginx is to read this"),
    })
}

/// The warning for the first word of a directive that only Plus knows.
pub(super) fn parameter_of(directive: Directive<'_>, name: &str, version: Version) -> Option<Diagnostic> {
    // The `server` of an `upstream` has such words, and the block of this name has none.
    directive.args().filter(|_| !directive.is_block()).find_map(|word| parameter(name, word, version))
}

/// The warning for a directive, if only Plus has it.
pub(super) fn directive(directive: Directive<'_>, version: Version) -> Option<Diagnostic> {
    let name = &*directive.name();
    if !foreign::is_of_plus(name) {
        return None;
    }
    let told = told(format!("unknown directive \"{name}\""), version);
    let told = told.at(directive.name_span(), format!("only NGINX Plus has `{name}`"));
    Some(told.help("remove it where nginx is to read this"))
}

fn told(message: String, version: Version) -> Diagnostic {
    let why = format!("nginx {version} does not start with it; only the commercial NGINX Plus does");
    Diagnostic::new(Severity::Warning, CODE, message).why(why)
}

/// Makes one of all of them.
pub(super) fn fold(found: &mut Vec<Diagnostic>) {
    let Some(first) = found.iter().position(|fault| fault.code == CODE) else { return };
    let mut others = found.split_off(first + 1);
    let spans: Vec<_> =
        others.iter().filter(|fault| fault.code == CODE).filter_map(Diagnostic::span).collect();
    others.retain(|fault| fault.code != CODE);
    let mut told = found.remove(first);
    for span in spans.iter().take(SHOWN) {
        told = told.at(*span, "and this");
    }
    if let Some(more @ 1..) = spans.len().checked_sub(SHOWN) {
        told.why = told.why.map(|why| format!("{why}, and {more} more places are for it alone").into());
    }
    found.push(told);
    found.append(&mut others);
}
