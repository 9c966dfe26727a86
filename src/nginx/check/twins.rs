//! Servers that say what an earlier one says but for their names: where nothing is wrong in that, only their names and
//! sockets are left to be looked at.

use std::collections::HashSet;

use crate::nginx::tree::{Directive, NodeId};

pub(super) struct Twins {
    /// Whether all of it was walked through already, in another tree.
    are_of_another: bool,
    faulty: HashSet<NodeId>,
    are_skipped: bool,
}

impl Twins {
    /// Servers of one tree.
    pub(super) fn of_tree() -> Twins {
        Twins { are_of_another: false, faulty: HashSet::new(), are_skipped: false }
    }

    /// Servers that are each the twin of one of another tree, in which nothing is wrong.
    pub(super) fn of_another() -> Twins {
        Twins { are_of_another: true, ..Twins::of_tree() }
    }

    /// Whether the same was walked through already, and nothing found.
    pub(super) fn skip(&mut self, server: Directive<'_>) -> bool {
        let is_clean = |first| !self.faulty.contains(&first);
        let is_skipped = self.are_of_another || server.tree().twin_of(server).is_some_and(is_clean);
        self.are_skipped |= is_skipped;
        is_skipped
    }

    /// Something is wrong in this server, and so in its twins.
    pub(super) fn blame(&mut self, server: Directive<'_>) {
        self.faulty.insert(server.id());
    }

    /// Whether some server was not walked through.
    pub(super) fn are_skipped(&self) -> bool {
        self.are_skipped
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::nginx::check::{Target, Walk};
    use crate::nginx::directives::Context;
    use crate::nginx::parser::parse;
    use crate::nginx::source::Scope;
    use crate::nginx::tree::{Argument, Directive};
    use crate::nginx::version::Version;
    use crate::text::{SourceFile, Sources};

    /// A text with each server of HTTP three times more, under other names.
    fn with_twins(text: &str) -> Option<String> {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("nginx.conf", text));
        let (tree, faults) = parse(file, text);
        let mut all = String::new();
        let mut behind = 0;
        let servers = tree.root(&sources).every("server").filter(|server| server.is_block());
        for server in servers.filter(|_| faults.is_empty()) {
            let span = server.span().range();
            if span.start < behind {
                continue;
            }
            all += &text[behind..span.end];
            behind = span.end;
            let names = server.find_all("server_name").flat_map(Directive::args);
            let name = names.map(Argument::content).find(|name| name.contains('.'));
            for copy in 0..3 {
                let text = &text[span.clone()];
                all +=
                    &name.map_or(text.to_owned(), |name| text.replace(name, &format!("copy{copy}.{name}")));
            }
        }
        (behind > 0).then(|| all + &text[behind..])
    }

    /// The log of the twin is that of another server, which writes it otherwise.
    #[test]
    fn what_twins_do_not_share_is_looked_at_in_each() {
        let site = |name: &str, log: &str, size: &str| {
            format!("server {{ server_name {name}; access_log /var/log/{log} combined buffer={size}; }}\n")
        };
        let text =
            site("other", "b.org", "64k") + &site("a.org", "a.org", "32k") + &site("b.org", "b.org", "32k");
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("site.conf", text.as_str()));
        let (tree, _) = parse(file, &text);
        let target = Target { version: Version::NEWEST, top: Context::Http };
        let found = Walk::new(target).past_twins().run(tree.root(&sources)).found;
        assert!(tree.root(&sources).every("server").any(|server| tree.twin_of(server).is_some()));
        let codes: Vec<_> = found.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["bad-log"]);
    }

    #[test]
    fn nothing_is_missed_in_servers_that_are_alike() {
        let (mut files, mut twins, mut faults) = (0, 0, 0);
        for folder in ["accept", "reject", "silent"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx-corpus").join(folder);
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let Some(text) = fs::read_to_string(&path).ok().and_then(|text| with_twins(&text)) else {
                    continue;
                };
                let mut sources = Sources::new();
                let file = sources.add(SourceFile::new("nginx.conf", text.as_str()));
                let (tree, _) = parse(file, &text);
                let root = tree.root(&sources);
                let top = Scope::of(root).context().unwrap_or(Context::Main);
                let target = Target { version: Version::NEWEST, top };
                let past = Walk::new(target).past_twins().run(root);
                let through = Walk::new(target).run(root);
                assert_eq!(past.found, through.found, "{}", path.display());
                assert_eq!(past.swallowing, through.swallowing, "{}", path.display());
                let mut servers = root.every("server");
                files += 1;
                twins += usize::from(servers.any(|server| tree.twin_of(server).is_some()));
                faults += through.found.len();
            }
        }
        assert!(
            files > 50 && twins > 20 && faults > 50,
            "{files} files, {twins} with twins, {faults} faults"
        );
    }
}
