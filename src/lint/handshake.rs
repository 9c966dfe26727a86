//! What a back end sees of the handshake of a WebSocket.
//!
//! A client sends `Upgrade: websocket` and `Connection: Upgrade`, Firefox `Connection: keep-alive, Upgrade`; what arrives is
//! what `proxy_set_header` says, often by way of a `map`.

use std::collections::HashMap;

use super::beside;
use crate::nginx::routing::{Outcome, Pattern};
use crate::nginx::tree::{Block, Directive};

/// The `map`s of a configuration, by the variable that each sets.
pub(super) struct Maps<'t> {
    by_variable: HashMap<String, Directive<'t>>,
}

/// What a value comes to in a handshake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sent<'t> {
    pub(super) value: String,
    /// The entry of a `map` that says so.
    pub(super) by: Option<Directive<'t>>,
}

/// A `map` of a `map` of … is followed so far.
const DEEPEST: usize = 4;

impl<'t> Maps<'t> {
    /// Those of a whole configuration.
    pub(super) fn of(root: Block<'t>) -> Maps<'t> {
        let named = |map: Directive<'t>| Some((map.arg(1)?.value().trim_start_matches('$').to_owned(), map));
        Maps { by_variable: beside::blocks(root, "map").filter_map(named).collect() }
    }

    /// What a value comes to; `None` when that cannot be told from the text.
    pub(super) fn sent(&self, value: &str) -> Option<Sent<'t>> {
        self.follow(value, "Upgrade", DEEPEST)
    }

    /// The same for Firefox.
    pub(super) fn sent_by_firefox(&self, value: &str) -> Option<Sent<'t>> {
        self.follow(value, "keep-alive, Upgrade", DEEPEST)
    }

    fn follow(&self, value: &str, connection: &str, depth: usize) -> Option<Sent<'t>> {
        let known = |value: &str| Some(Sent { value: value.to_owned(), by: None });
        if !value.contains('$') {
            return known(value);
        }
        match variable(value)? {
            "http_upgrade" => known("websocket"),
            "http_connection" => known(connection),
            name => {
                let map = self.by_variable.get(name).filter(|_| depth > 0)?;
                let source = self.follow(&map.arg(0)?.value(), connection, depth - 1)?;
                let entry = entry(*map, &source.value)?;
                let result = entry.arg(0).map(|result| result.value().into_owned()).unwrap_or_default();
                let sent = self.follow(&result, connection, depth - 1)?;
                Some(Sent { by: Some(entry), ..sent })
            }
        }
    }
}

/// The name of the variable that this is, and nothing but.
fn variable(value: &str) -> Option<&str> {
    let name = value.strip_prefix('$')?;
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

/// The entry of a `map` that takes a value: its own text whatever the case, the first expression, the default.
fn entry<'t>(map: Directive<'t>, value: &str) -> Option<Directive<'t>> {
    if map.children().any(|entry| entry.is("include") || entry.is("volatile") || entry.is("hostnames")) {
        return None;
    }
    let expression = |entry: &Directive<'t>| {
        let name = entry.name();
        let text = name.strip_prefix('~')?;
        Pattern::compile(text.strip_prefix('*').unwrap_or(text), text.starts_with('*')).ok()
    };
    let is_text = |entry: &Directive<'t>| entry.name().trim_start_matches('\\').eq_ignore_ascii_case(value);
    let matches = |entry: &Directive<'t>| {
        expression(entry).is_some_and(|pattern| pattern.test(value.as_bytes()) == Outcome::Matches)
    };
    let mut entries = map.children();
    let text = entries.clone().find(is_text);
    text.or_else(|| entries.clone().find(matches)).or_else(|| entries.find(|entry| entry.is("default")))
}
