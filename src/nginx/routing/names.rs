//! Which `server_name` takes a host (`ngx_http_find_virtual_server`, `ngx_hash_find_combined`).

use std::collections::HashSet;

use super::pattern::{Captures, Outcome, Pattern};
use crate::nginx::tree::Directive;

/// How a server came to take a host, the strongest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NameMatch {
    /// The name itself.
    Exact,
    /// The longest `*.name` or `.name`.
    Leading,
    /// The longest `name.*`.
    Trailing,
    /// The first regex in the order of the files.
    Regex,
    /// No name: the server marked `default_server` for the address.
    Default,
    /// No name and no mark: the first server of the address.
    First,
}

/// The names of the servers of one address.
#[derive(Default)]
pub(super) struct Names<'t> {
    exact: Vec<(String, Directive<'t>)>,
    /// The part from the dot on, and whether it takes the name without the dot too.
    leading: Vec<(String, bool, Directive<'t>)>,
    /// The part up to and with the dot.
    trailing: Vec<(String, Directive<'t>)>,
    regexes: Vec<(Pattern, Directive<'t>)>,
    /// What is taken: of two equal names nginx warns and keeps the first.
    taken: HashSet<String>,
}

impl<'t> Names<'t> {
    pub(super) fn of(servers: &[Directive<'t>]) -> Names<'t> {
        let mut names = Names::default();
        for server in servers {
            let declared = server.find_all("server_name").flat_map(Directive::args);
            let mut is_named = false;
            for name in declared {
                is_named = true;
                names.add(&name.value(), *server);
            }
            if !is_named {
                names.add("", *server);
            }
        }
        names
    }

    fn add(&mut self, name: &str, server: Directive<'t>) {
        if let Some(regex) = name.strip_prefix('~') {
            let ignores_case = regex.bytes().any(|byte| byte.is_ascii_uppercase());
            self.regexes.extend(Pattern::compile(regex, ignores_case).ok().map(|pattern| (pattern, server)));
            return;
        }
        let name = name.to_ascii_lowercase();
        if let Some(suffix) = name.strip_prefix('*').filter(|suffix| suffix.starts_with('.')) {
            if self.taken.insert(format!("*{suffix}")) {
                self.leading.push((suffix.to_owned(), false, server));
            }
        } else if let Some(apex) = name.strip_prefix('.') {
            if self.taken.insert(apex.to_owned()) && self.taken.insert(format!("*{name}")) {
                self.leading.push((name.clone(), true, server));
            }
        } else if let Some(prefix) = name.strip_suffix('*').filter(|prefix| prefix.ends_with('.')) {
            if self.taken.insert(name.clone()) {
                self.trailing.push((prefix.to_owned(), server));
            }
        } else if self.taken.insert(name.clone()) {
            self.exact.push((name, server));
        }
    }

    /// The server for a host in lower case, without port and final dot.
    pub(super) fn find(&self, host: &str) -> Option<(Directive<'t>, NameMatch)> {
        let exact = self.exact.iter().find(|(name, _)| name == host);
        if let Some((_, server)) = exact {
            return Some((*server, NameMatch::Exact));
        }
        if host.is_empty() {
            return None;
        }
        let leading = self.leading.iter().filter(|(suffix, with_apex, _)| {
            (host.len() > suffix.len() && host.ends_with(suffix.as_str()))
                || (*with_apex && host == &suffix[1..])
        });
        if let Some((_, _, server)) = leading.max_by_key(|(suffix, _, _)| suffix.len()) {
            return Some((*server, NameMatch::Leading));
        }
        let trailing = self
            .trailing
            .iter()
            .filter(|(prefix, _)| host.len() > prefix.len() && host.starts_with(prefix.as_str()));
        if let Some((_, server)) = trailing.max_by_key(|(prefix, _)| prefix.len()) {
            return Some((*server, NameMatch::Trailing));
        }
        let mut regexes = self.regexes.iter();
        let regex = regexes.find(|(pattern, _)| pattern.test(host.as_bytes()) == Outcome::Matches);
        regex.map(|(_, server)| (*server, NameMatch::Regex))
    }
}

/// What the regex among a server's names captures of a host in lower case, when no other of its names takes it.
pub(super) fn captures(server: Directive<'_>, host: &str) -> Option<Captures> {
    let names = Names::of(&[server]);
    names.find(host).filter(|(_, by)| *by == NameMatch::Regex)?;
    names.regexes.iter().find_map(|(pattern, _)| pattern.captures(host.as_bytes()).ok().flatten())
}

/// What nginx calls a server, as in `$server_name`: its first name, in lower case unless it is an expression, without
/// the dot it begins with. None where that is the name of the machine.
pub fn own_name(server: Directive<'_>) -> Option<String> {
    let Some(name) = server.find("server_name").and_then(|names| names.arg(0)) else {
        return Some(String::new());
    };
    let name = name.value();
    match name.as_bytes() {
        [b'~', ..] => Some(name.into_owned()),
        _ if name.eq_ignore_ascii_case("$hostname") => None,
        _ => Some(name.strip_prefix('.').unwrap_or(&name).to_ascii_lowercase()),
    }
}
