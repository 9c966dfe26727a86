//! Sockets where whichever server is read first takes the names that nobody has.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial, sockets};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "no-default-server",
    severity: Severity::Hint,
    summary: "several servers share a socket, and none is its `default_server`",
    explanation: "\
A request for a name that no server has, or for the bare address, goes to the `default_server` of the socket; without one to
the server that is read first. Files of a folder are read in the order of their names, so a new site, or a renamed one, may
take over what scanners and stale DNS records ask for, certificate included. Told only of a whole configuration, for the
default server may stand in any file, and not where the first server has no name of its own.",
    bad: &[Example::whole(
        "events {}\n",
        "\
server_tokens off;
server { listen 80; server_name a.example.org; }
server { listen 80; server_name b.example.org; }
",
    ).tried(Trial::Nothing("which server answers is what nobody chose"))],
    good: &[
        Example::whole(
            "events {}\n",
            "\
server_tokens off;
server { listen 80 default_server; return 444; }
server { listen 80; server_name a.example.org; }
server { listen 80; server_name b.example.org; }
",
        ),
        // The first one is there for all names.
        Example::whole(
            "events {}\n",
            "\
server_tokens off;
server { listen 80; server_name _; return 444; }
server { listen 80; server_name b.example.org; }
",
        ),
        // A file of two sites is not all there is.
        Example::new(
            "\
server { listen 80; server_name a.example.org; }
server { listen 80; server_name b.example.org; }
",
        ).near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.gaps.is_whole() {
        return;
    }
    let sockets = sockets::of(subject);
    let open = sockets.iter().filter(|socket| socket.marked().is_none() && !is_for_all_names(socket.default()));
    let mut open: Vec<_> = open.filter_map(|socket| Some((socket.default(), socket.second()?))).collect();
    // Once for each first server: 80 and 443, IPv4 and IPv6 are decided alike.
    open.sort_by_key(|(first, _)| first.id());
    open.dedup_by_key(|(first, _)| first.id());
    found.extend(open.into_iter().map(|(first, second)| told(first, second)));
}

fn is_for_all_names(server: Directive<'_>) -> bool {
    let mut names = server.find_all("server_name").flat_map(Directive::args).peekable();
    let is_none = |name: Argument<'_>| {
        matches!(&*name.value(), "" | "_" | "localhost") || name.content().starts_with('~')
    };
    names.peek().is_none() || names.any(is_none)
}

fn told(first: Directive<'_>, second: Directive<'_>) -> Diagnostic {
    let name =
        first.find("server_name").and_then(|names| names.arg(0)).map(Argument::value).unwrap_or_default();
    RULE.finding(format!("requests for unknown names are served as `{name}`"))
        .at(first.head_span(), "read first")
        .at(second.head_span(), "shares its socket, and no `listen` says `default_server`")
        .why("whichever file is read first takes them, so a new or renamed file changes the answer")
        .help("add `server { listen 80 default_server; return 444; }`, or mark the `listen` that is meant")
}
