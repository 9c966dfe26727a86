//! HTTP/2 as a word of `listen`.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Rule, Subject, Trial};
use crate::nginx::version::Version;

pub(crate) static RULE: Rule = Rule {
    id: "http2-listen-deprecated",
    severity: Severity::Warning,
    summary: "`listen … http2` for nginx 1.25.1 or later, which has `http2 on`",
    explanation: "\
Since 1.25.1 nginx warns of `http2` in a `listen` at every start and reload: the word counts for the whole socket, whichever
server it stands in, while `http2 on;` counts for its server. Before 1.25.1 the directive is unknown and nginx does not
start, so the right form depends on the nginx that is to read the file.",
    bad: &[Example::modern(
        "\
server {
    listen 443 ssl http2;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
}
",
    )
    .tried(Trial::Nothing("nginx serves HTTP/2 all the same; it is at its start that it warns"))],
    good: &[
        Example::modern(
            "\
server {
    listen 443 ssl;
    http2 on;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
}
",
        ),
        // What an older nginx needs.
        Example::new(
            "\
server {
    listen 443 ssl http2;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
}
",
        )
        .near_miss(),
    ],
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.version < Version::HTTP2_DIRECTIVE {
        return;
    }
    for listen in subject.servers.iter().flat_map(|server| server.find_all("listen")) {
        let Some(word) = listen.args().skip(1).find(|word| word.is("http2")) else { continue };
        found.push(
            RULE.finding(
                "the \"listen ... http2\" directive is deprecated, use the \"http2\" directive instead",
            )
            .at(word.span(), "counts for the whole socket, not for this server")
            .why(format!("nginx {} warns of it at every start and reload", subject.version))
            .help("take `http2` out of every `listen` of the server and add `http2 on;`"),
        );
    }
}
