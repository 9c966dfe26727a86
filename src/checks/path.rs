//! The path by which a location is tried.

use crate::environment::{Location, Modifier};

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
