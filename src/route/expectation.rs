//! What a route is expected to be: `location=/api/sse/`.

use std::str::FromStr;

use super::explanation::Explanation;

/// One thing that must hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    key: Key,
    value: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Key {
    Server,
    Location,
    Status,
    Upstream,
}

/// An expectation that does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unmet {
    /// What was expected: `location=/api/sse/`.
    pub expected: String,
    /// What is there instead.
    pub seen: String,
}

const KEYS: [(&str, Key); 4] = [
    ("server", Key::Server),
    ("location", Key::Location),
    ("status", Key::Status),
    ("upstream", Key::Upstream),
];

impl FromStr for Expectation {
    type Err = String;

    fn from_str(text: &str) -> Result<Expectation, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let key = KEYS.iter().find(|(known, _)| *known == name.trim()).map(|(_, key)| *key);
        let Some(key) = key else {
            return Err("expected `server=`, `location=`, `status=` or `upstream=`".to_owned());
        };
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if value.is_empty() {
            return Err(format!("what is expected of `{}` is missing behind its `=`", name.trim()));
        }
        if key == Key::Status && value.parse::<u16>().is_err() {
            return Err(format!("`{value}` is no status; write a number such as 301"));
        }
        Ok(Expectation { key, value })
    }
}

impl Expectation {
    /// Holds it against a route.
    ///
    /// # Errors
    /// With what is there instead.
    pub fn check(&self, explanation: &Explanation) -> Result<(), Unmet> {
        let holds = match self.key {
            Key::Server => explanation.server.as_ref().is_some_and(|server| self.names(&server.name)),
            Key::Location => {
                explanation.location.as_ref().is_some_and(|location| location.name == self.value)
            }
            Key::Status => explanation.status.is_some_and(|status| status.to_string() == self.value),
            Key::Upstream => {
                let upstream = explanation.upstream.as_ref();
                upstream.is_some_and(|upstream| [&upstream.url, &upstream.base].contains(&&self.value))
            }
        };
        let name = KEYS.iter().find(|(_, key)| *key == self.key).map_or("", |(name, _)| *name);
        let unmet = || Unmet { expected: format!("{name}={}", self.value), seen: self.seen(explanation) };
        if holds { Ok(()) } else { Err(unmet()) }
    }

    /// Any of a server's names will do, or all of them.
    fn names(&self, names: &str) -> bool {
        names == self.value || names.split(' ').any(|name| name == self.value)
    }

    fn seen(&self, explanation: &Explanation) -> String {
        let answer = || format!("none: {}", explanation.answer);
        let seen = match self.key {
            Key::Server => explanation.server.as_ref().map(|server| server.name.clone()),
            Key::Location => explanation.location.as_ref().map(|location| location.name.clone()),
            Key::Status => explanation.status.map(|status| status.to_string()),
            Key::Upstream => explanation.upstream.as_ref().map(|upstream| upstream.url.clone()),
        };
        seen.map_or_else(answer, |seen| format!("`{seen}`"))
    }
}
