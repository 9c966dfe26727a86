//! The variables that a configuration makes itself.

use std::collections::HashSet;

use crate::nginx::tree::{Block, Directive};

/// The names of the variables that a configuration makes.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// By `set` or as a named group of a regular expression: empty until that has happened.
    set: HashSet<String>,
    /// By `map`, `geo` and their like: computed while the request is served.
    computed: HashSet<String>,
}

impl Declared {
    /// Reads them all, wherever they are made: nginx knows a variable everywhere that is set anywhere.
    pub fn of(root: Block<'_>) -> Declared {
        let mut declared = Declared::default();
        for directive in root.descendants() {
            declared.read(directive);
        }
        declared
    }

    fn read(&mut self, directive: Directive<'_>) {
        let name_at = |index| {
            let argument = directive.arg(index)?.value();
            argument.strip_prefix('$').map(str::to_owned)
        };
        if directive.is("set") {
            self.set.extend(name_at(0));
        } else if ["map", "split_clients", "geo"].iter().any(|name| directive.is(name)) {
            self.computed.extend(name_at(1).or_else(|| name_at(0)));
        } else if ["auth_request_set", "js_set", "perl_set", "set_by_lua_block"]
            .iter()
            .any(|name| directive.is(name))
        {
            self.computed.extend(name_at(0));
        }
        if ["rewrite", "if", "location", "server_name"].iter().any(|name| directive.is(name)) {
            for argument in directive.args() {
                self.set.extend(group_names(&argument.value()));
            }
        }
    }

    /// Whether a variable is made by `set` or as a group, and by nothing else.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.set.contains(name) && !self.computed.contains(name)
    }

    /// Whether a variable is made by `map` and its like.
    pub(super) fn is_computed(&self, name: &str) -> bool {
        self.computed.contains(name)
    }
}

/// The names in `(?<name>…)`, `(?P<name>…)` and `(?'name'…)`.
fn group_names(regex: &str) -> Vec<String> {
    let groups = regex.match_indices("(?").filter_map(|(at, _)| {
        let rest = regex[at + 2..].trim_start_matches('P');
        let (open, close) = if rest.starts_with('<') { ('<', '>') } else { ('\'', '\'') };
        let (name, _) = rest.strip_prefix(open)?.split_once(close)?;
        name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_').then(|| name.to_owned())
    });
    groups.collect()
}

#[cfg(test)]
mod tests {
    use super::group_names;

    #[test]
    fn groups_are_named_in_three_ways() {
        assert_eq!(group_names("^(?<a>x)(?P<b>y)(?'c'z)(?:d)(?<=e)(?i)$"), ["a", "b", "c"]);
    }
}
