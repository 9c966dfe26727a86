//! The path by which a location is tried.

use crate::environment::{Location, Modifier, Site};
use crate::nginx::routing::{Outcome as Match, Pattern};

/// The path that is asked for: the one to probe, else an endpoint, else one that the location matches.
///
/// # Errors
/// With the reason, where none is known: nobody can guess what a regular expression is meant for.
pub(super) fn of(location: &Location) -> Result<String, String> {
    if let Some(probe) = &location.probe {
        return Ok(filled(probe));
    }
    if let Some(endpoint) = location.endpoints.first() {
        return Ok(filled(endpoint));
    }
    match location.modifier {
        Modifier::Regex | Modifier::RegexNoCase => {
            Err("a regular expression does not tell which path to call: say so with `probe:`".to_owned())
        }
        Modifier::Prefix | Modifier::PrefixFirst | Modifier::Exact => Ok(location.path.value.clone()),
    }
}

/// Whether a path is surely a prefix location's, where several of its site match.
pub(super) fn is_surely_of(site: &Site, own: &Location, path: &str) -> bool {
    let may_take = |other: &Location| match other.modifier {
        Modifier::Exact => other.path.value == path,
        Modifier::Prefix | Modifier::PrefixFirst => {
            path.starts_with(other.path.as_str()) && other.path.len() > own.path.len()
        }
        Modifier::Regex | Modifier::RegexNoCase => {
            let pattern = Pattern::compile(&other.path.value, other.modifier == Modifier::RegexNoCase);
            let is_match = pattern.is_ok_and(|pattern| pattern.test(path.as_bytes()) != Match::Differs);
            own.modifier != Modifier::PrefixFirst && is_match
        }
    };
    let is_own = own.modifier.is_prefix() && path.starts_with(own.path.as_str());
    is_own && !site.service.locations.iter().any(may_take)
}

/// A path with every `{name}` replaced by a value.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, name)) = rest.split_once('{').and_then(|(before, from)| {
        let (name, after) = from.split_once('}')?;
        rest = after;
        Some((before, name))
    }) {
        filled.push_str(before);
        filled.push_str(if name.is_empty() { "x" } else { "probe" });
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(filled("/ws/chat/{session_id}/x/{b}"), "/ws/chat/probe/x/probe");
        assert_eq!(filled("/plain/"), "/plain/");
    }
}
