//! A server name that no request can carry.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "server-name-never-matches",
    severity: Severity::Error,
    summary: "a `server_name` with a port, a scheme, a path or a comma",
    explanation: "\
nginx takes the port off a request's `Host` before it compares, and a host has neither scheme nor path: `a.example.org:8080`,
`https://a.example.org` and `a.example.org/` equal none. Names are separated by spaces; a comma becomes part of the name.
`nginx -t` says nothing, and the requests end in the default server.",
    bad: &[
        Example::new(
            "\
server { listen 80 default_server; return 404; }
server { listen 80; server_name a.example.org:80; return 204; }
",
        )
        .tried(Trial::Answers("/", 204)),
        Example::new("server { listen 80; server_name https://a.example.org; }\n"),
        Example::new(
            "\
server { listen 80 default_server; return 404; }
server { listen 80; server_name a.example.org, b.example.org; return 204; }
",
        )
        .tried(Trial::Answers("/", 204)),
    ],
    good: &[Example::new(
        "\
server { listen 80 default_server; return 404; }
server { listen 80; server_name a.example.org b.example.org; return 204; }
",
    ).tried(Trial::Answers("/", 204)), Example::new(
        "server { listen 8080; server_name a.example.org [::1] _ \"\" *.example.net ~^(?<user>[^:/,]+)\\.example\\.com$; }\n",
    ).near_miss()],
    reach: Reach::Name,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers {
        let names = server.find_all("server_name").flat_map(crate::nginx::tree::Directive::args);
        for argument in names {
            let content = argument.content();
            // What a template engine is to replace is not a name yet.
            if !content.contains([':', '/', ',']) || content.starts_with(['~', '[']) || is_template(content) {
                continue;
            }
            let name = argument.value();
            found.push(
                RULE.finding(format!("no request asks for `{name}`"))
                    .at(argument.span(), "")
                    .why(reason(&name))
                    .help(match bare(&name) {
                        "" => "write the host name alone".to_owned(),
                        bare => format!("write `{bare}`"),
                    }),
            );
        }
    }
}

fn is_template(name: &str) -> bool {
    name.contains(['$', '{', '<', '%', '@'])
}

fn reason(name: &str) -> &'static str {
    if name.contains(',') {
        "names are separated by spaces, and a comma is part of the name"
    } else if name.contains('/') {
        "a name is compared with the host of the request, which has neither scheme nor path"
    } else {
        "a name is compared with the host of the request, without its port: that is chosen by `listen`"
    }
}

fn bare(name: &str) -> &str {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    name.split([':', '/', ',']).next().unwrap_or_default()
}
