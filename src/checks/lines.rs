//! The lines of nginx that hold for a route, to tell which of several causes is the likely one.

use super::{Case, Transport};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

/// What stands in a group of servers, beside the site's server.
const OF_GROUPS: [&str; 4] = ["upstream", "keepalive", "ip_hash", "hash"];

/// What holds for a location; for a site as a whole all that stands in its server.
pub(super) struct Lines<'c> {
    server: Option<Directive<'c>>,
    location: Option<Directive<'c>>,
    release: Option<Version>,
}

impl<'c> Lines<'c> {
    /// The lines of what a case looks at, in the server that a way leads to.
    pub(super) fn of(case: &Case<'c>, via: Option<Transport>) -> Lines<'c> {
        let (server, location) = case.rendered(via).unzip();
        let release = case.context.environment.nginx.as_ref().map(|settings| settings.version.value);
        Lines { server, location: location.flatten(), release }
    }

    /// The innermost block.
    pub(super) fn block(&self) -> Option<Directive<'c>> {
        self.location.or(self.server)
    }

    /// The directives of a name that hold here.
    pub(super) fn get(&self, name: &str) -> Vec<Directive<'c>> {
        let Some(server) = self.server else { return Vec::new() };
        if OF_GROUPS.contains(&name) {
            let root = server.tree().root(server.sources());
            return root.every(name).collect();
        }
        let block = self.location.unwrap_or(server);
        if let Some(setting) = Effective::inside(block).get(name) {
            return setting.directives;
        }
        let is_of_server = matches!(name, "listen" | "server_name");
        if self.location.is_none() || is_of_server {
            return server.every(name).collect();
        }
        // `if` and `limit_except` are blocks of the location.
        block.every(name).collect()
    }

    /// Where a cause belongs among others: first where the line of nginx with which it begins stands here, last where it
    /// does not; between them where it begins with none, or with a directive that is set here to whatever. Stand-ins do as
    /// they are told: what begins with the back end is not the cause.
    pub(super) fn weight(&self, cause: &str) -> u8 {
        if cause.starts_with("the back end ") {
            return 2;
        }
        let Some((line, _)) = cause.strip_prefix('`').and_then(|rest| rest.split_once('`')) else { return 1 };
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            return 1;
        }
        let wanted: Vec<&str> = words.collect();
        match self.stands(name, &wanted) {
            true => u8::from(wanted.is_empty()),
            false => 2,
        }
    }

    /// Whether a directive with these arguments, and maybe more, holds; or is what nginx does where nothing is said.
    fn stands(&self, name: &str, wanted: &[&str]) -> bool {
        let set = self.get(name);
        if set.is_empty()
            && let (Some(block), Some(release), [value]) = (self.block(), self.release, wanted)
        {
            return Effective::inside(block).value(name, release).is_some_and(|own| own == *value);
        }
        set.iter().any(|directive| {
            let mut words = directive.args().map(Argument::value);
            wanted.iter().all(|word| words.next().is_some_and(|own| own.eq_ignore_ascii_case(word)))
        })
    }
}
