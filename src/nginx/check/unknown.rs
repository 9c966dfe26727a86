//! Names no version of nginx has.

use crate::diagnostic::Diagnostic;
use crate::nginx::directives::{Context, lookup, names};
use crate::nginx::tree::Directive;
use crate::nginx::version::Version;

pub(super) fn told(directive: Directive<'_>, context: Context, version: Version) -> Diagnostic {
    let name = &*directive.name();
    let fault = Diagnostic::error("unknown-directive", format!("unknown directive \"{name}\""))
        .at(directive.name_span(), "")
        .why("nginx does not start with a directive it does not know");
    if matches!(name, "else" | "elseif" | "elsif" | "elif") {
        return fault
            .help("an `if` has no other branch: write one more with the opposite condition, or a `map`");
    }
    match nearest_here(name, context, version) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None if name.is_ascii() => fault.help("remove it, or load the module it belongs to"),
        None => fault.help("directives are plain ASCII; look for a character that only looks like one"),
    }
}

/// Whether a word may well be a directive of this context with a slip in it.
pub(super) fn is_near(word: &str, context: Context, version: Version) -> bool {
    /// Shorter words are near to many names.
    const SHORTEST: usize = 5;
    let is_name = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let fits = |known: &&str| {
        lookup(known).iter().any(|spec| spec.is_in(version) && spec.contexts().contains(context))
    };
    is_name && word.len() >= SHORTEST && nearest(word, names().filter(fits)).is_some()
}

/// The name nearest to it among those that are allowed here, then among all.
fn nearest_here(name: &str, context: Context, version: Version) -> Option<&'static str> {
    let fits = |known: &&str| {
        lookup(known).iter().any(|spec| spec.is_in(version) && spec.contexts().contains(context))
    };
    nearest(name, names().filter(fits)).or_else(|| nearest(name, names()))
}

/// The nearest of some names, when it is near enough to be meant.
pub(super) fn nearest<'n>(name: &str, among: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let most = name.chars().count().div_ceil(4).min(4);
    let lower = name.to_ascii_lowercase().replace('-', "_");
    // The length alone rules most names out, and costs nothing.
    let alike = among.filter(|known| known.len().abs_diff(lower.len()) <= most);
    let distance = |known: &str| match known.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => strsim::damerau_levenshtein(&lower, &known.to_ascii_lowercase()),
        false => strsim::damerau_levenshtein(&lower, known),
    };
    let distances = alike.map(|known| (distance(known), known));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, known)| known)
}
