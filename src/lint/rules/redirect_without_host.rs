//! A redirect to a `$server_name` that is no name.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "redirect-without-host",
    severity: Severity::Error,
    summary: "a redirect to `$server_name` where the first name is a wildcard, a regex, `_` or none",
    explanation: "\
`$server_name` is the server's first name as it is written, not the one that was asked for. Where that is `_`, `*.example.org`
or a regular expression, clients are sent to `https://_/`, `https://*.example.org/` or to the expression; without any name to
`https:///`. `$host` is the name that was asked for.",
    bad: &[
        Example::new("server { listen 80; server_name _; return 301 https://$server_name$request_uri; }\n").tried(LEADS),
        Example::new(
            "\
server {
    listen 80;
    server_name *.example.org;
    location / { return 301 https://$server_name$request_uri; }
}
",
        ).tried(LEADS),
    ],
    good: &[
        Example::new("server { listen 80; server_name _; return 301 https://$host$request_uri; }\n").tried(LEADS),
        // To the first name, on purpose; nginx takes the dot off.
        Example::new("server { listen 80; server_name a.example.org *.example.org; return 301 https://$server_name$request_uri; }\n").tried(LEADS).near_miss(),
        Example::new("server { listen 80; server_name .example.org; return 301 https://$server_name$request_uri; }\n").tried(Trial::LeadsTo("/x", "https://example.org/x")).near_miss(),
    ],
    reach: Reach::Server,
    check,
};

const LEADS: Trial = Trial::LeadsTo("/x", "https://a.example.org/x");

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers {
        let first = server.find("server_name").and_then(|names| names.arg(0));
        let name = first.map_or(Cow::Borrowed(""), Argument::value);
        let is_unknown = first.is_none() && subject.gaps.are_around(*server);
        if is_host(&name) || is_unknown {
            continue;
        }
        let redirects = server.descendants().filter(|one| one.is("return") || one.is("rewrite"));
        for redirect in redirects {
            if let Some(target) = redirect.args().find(|argument| names_the_server(argument.content())) {
                found.push(told(target, first, &name, *server));
            }
        }
    }
}

/// Whether the first name of a server can be asked for. What a template is to fill in can.
fn is_host(name: &str) -> bool {
    !name.is_empty() && name != "_" && !name.contains('*') && !name.starts_with('~')
}

fn names_the_server(target: &str) -> bool {
    let is_url = target.contains("://$server_name") || target.contains("://${server_name}");
    is_url && !target.contains("$server_name_") && !target.starts_with('~')
}

fn told(target: Argument<'_>, first: Option<Argument<'_>>, name: &str, server: Directive<'_>) -> Diagnostic {
    let scheme = target.content().split("://").next().unwrap_or("https");
    let fault = RULE.finding(format!("clients are redirected to `{scheme}://{name}/`")).at(target.span(), "");
    let fault = match first {
        Some(first) => fault.at(first.span(), "`$server_name` is this, whatever name was asked for"),
        None => fault.at(server.head_span(), "`$server_name` is empty: this server has no name"),
    };
    fault.why("that is no host, so no client can follow").help("write `$host` in place of `$server_name`")
}
