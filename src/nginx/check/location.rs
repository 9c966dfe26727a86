//! What a `location` matches, as nginx reads its arguments (`ngx_http_core_location`).

use std::borrow::Cow;

use crate::nginx::tree::Directive;

/// How a location compares its name with the path. The order has no meaning of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Matching {
    /// `= /path`.
    Exact,
    /// `/path` or `^~ /path`: to nginx the two are one place.
    Prefix,
    /// `~ regex`.
    Regex,
    /// `~* regex`.
    RegexAnyCase,
    /// `@name`.
    Named,
}

impl Matching {
    pub(super) fn is_regex(self) -> bool {
        matches!(self, Matching::Regex | Matching::RegexAnyCase)
    }
}

/// A location's modifier and name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Location<'t> {
    pub(super) matching: Matching,
    pub(super) name: Cow<'t, str>,
}

/// Reads a location with one or two arguments; none when its modifier is not one of nginx's.
pub(super) fn read(directive: Directive<'_>) -> Option<Location<'_>> {
    let mut args = directive.args();
    let first = args.next()?.value();
    let Some(second) = args.next() else { return Some(joined(first)) };
    let matching = match &*first {
        "=" => Matching::Exact,
        "^~" => Matching::Prefix,
        "~" => Matching::Regex,
        "~*" => Matching::RegexAnyCase,
        _ => return None,
    };
    Some(Location { matching, name: second.value() })
}

/// Modifier and name without a space between: `=/path`.
fn joined(word: Cow<'_, str>) -> Location<'_> {
    const MODIFIERS: [(&str, Matching); 4] = [
        ("=", Matching::Exact),
        ("^~", Matching::Prefix),
        ("~*", Matching::RegexAnyCase),
        ("~", Matching::Regex),
    ];
    let modifier = MODIFIERS.into_iter().find(|(modifier, _)| word.starts_with(modifier));
    match modifier {
        Some((modifier, matching)) => Location { matching, name: without(word, modifier.len()) },
        None if word.starts_with('@') => Location { matching: Matching::Named, name: word },
        None => Location { matching: Matching::Prefix, name: word },
    }
}

fn without(word: Cow<'_, str>, length: usize) -> Cow<'_, str> {
    match word {
        Cow::Borrowed(word) => Cow::Borrowed(&word[length..]),
        Cow::Owned(word) => Cow::Owned(word[length..].to_owned()),
    }
}
