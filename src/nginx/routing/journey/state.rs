//! What a request is while nginx works on it (`ngx_http_request_t`).

use std::collections::HashMap;

use super::value::Value;
use crate::nginx::routing::pattern::{Captures, GivesUp, Pattern};
use crate::nginx::routing::uri::Target;

/// How often the path may be changed: the tenth time ends with 500 (`NGX_HTTP_MAX_URI_CHANGES`).
const MAX_URI_CHANGES: u8 = 10;

/// A request that is on its way.
#[derive(Clone, Debug)]
pub(in crate::nginx::routing) struct State {
    /// `$uri`: what locations are matched against.
    pub(in crate::nginx::routing) path: Vec<u8>,
    /// `$args`
    pub(in crate::nginx::routing) args: Value,
    /// Whether it was led here by nginx itself; `internal` locations are open to it.
    pub(in crate::nginx::routing) is_internal: bool,
    /// Whether the path still begins with the text of its location, so that `proxy_pass` may replace that.
    pub(in crate::nginx::routing) valid_location: bool,
    /// Whether an upstream may be sent the target as the client sent it.
    pub(in crate::nginx::routing) valid_raw: bool,
    /// Whether a `rewrite` asks for another search of the location.
    pub(super) uri_changed: bool,
    /// Whether captures are escaped where nginx escapes them: only when the client sent `%` or `+`.
    pub(super) escapes: bool,
    /// Whether an `error_page` made a `GET` of it.
    pub(super) is_get: bool,
    /// Whether no other `error_page` is asked (`r->error_page`).
    pub(super) is_replaced: bool,
    uri_changes: u8,
    captures: Vec<Vec<u8>>,
    variables: HashMap<String, Value>,
}

impl State {
    pub(super) fn of(target: &Target) -> State {
        State {
            path: target.path().to_vec(),
            args: Value::known(target.args().unwrap_or_default()),
            is_internal: false,
            valid_location: true,
            valid_raw: true,
            uri_changed: false,
            escapes: target.is_quoted() || target.has_plus(),
            is_get: false,
            is_replaced: false,
            uri_changes: MAX_URI_CHANGES + 1,
            captures: Vec::new(),
            variables: HashMap::new(),
        }
    }

    /// Path and arguments, for people.
    pub(super) fn shown(&self) -> String {
        let path = String::from_utf8_lossy(&self.path);
        if self.args.is_empty() { path.into_owned() } else { format!("{path}?{}", self.args.shown()) }
    }

    /// Counts another change of the path; `false` when it was one too many.
    pub(super) fn may_change_again(&mut self) -> bool {
        self.uri_changes -= 1;
        self.uri_changes > 0
    }

    /// Whether the path was changed as often as it may.
    pub(super) fn is_worn_out(&self) -> bool {
        self.uri_changes == 0
    }

    /// Looks for an expression in a text, and keeps what it captured (`ngx_http_regex_exec`).
    pub(super) fn matches(&mut self, pattern: &Pattern, text: &[u8]) -> Result<bool, GivesUp> {
        let found = pattern.captures(text)?;
        let matches = found.is_some();
        self.keep(found);
        Ok(matches)
    }

    /// Keeps what an expression captured, or forgets what another did.
    pub(super) fn keep(&mut self, found: Option<Captures>) {
        let Captures { groups, named } = found.unwrap_or_default();
        self.captures = groups;
        self.variables.extend(named.into_iter().map(|(name, value)| (name, Value::known(value))));
    }

    /// What `$1` to `$9` are; empty when there is no such group.
    pub(super) fn capture(&self, number: usize) -> &[u8] {
        self.captures.get(number).map_or(&[], Vec::as_slice)
    }

    pub(super) fn assign(&mut self, name: &str, value: Value) {
        // The only variable of nginx's own that `set` can change and that decides on anything here.
        if name == "args" {
            self.args = value;
            self.valid_raw = false;
        } else {
            self.variables.insert(name.to_owned(), value);
        }
    }

    pub(super) fn assigned(&self, name: &str) -> Option<&Value> {
        self.variables.get(name)
    }
}
