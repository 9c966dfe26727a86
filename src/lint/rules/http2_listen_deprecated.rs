//! HTTP/2 as a word of `listen`.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial, edit};
use crate::nginx::routing::Listen;
use crate::nginx::tree::Directive;
use crate::nginx::version::Version;

pub(crate) static RULE: Rule = Rule {
    id: "http2-listen-deprecated",
    severity: Severity::Warning,
    summary: "`listen … http2` for nginx 1.25.1 or later, which has `http2 on`",
    explanation: "\
Since 1.25.1 nginx warns of `http2` in a `listen` at every start and reload: the word counts for the whole socket, whichever
server it stands in, while `http2 on;` counts for its server, and in clear only where the default server of the socket says it too. Before 1.25.1 the directive is unknown and nginx does not
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
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.version < Version::HTTP2_DIRECTIVE {
        return;
    }
    for server in subject.servers {
        let fix = fix(subject, *server);
        let is_clear = subject.listens(*server).iter().any(|listen| !listen.is_tls && listen.is_http2);
        let help = match is_clear {
            true => "take `http2` out of every `listen` of the server and add `http2 on;`, to the default server of the socket too",
            false => "take `http2` out of every `listen` of the server and add `http2 on;`",
        };
        for listen in server.find_all("listen") {
            let Some(word) = listen.args().skip(1).find(|word| word.is("http2")) else { continue };
            found.push(
                RULE.finding(
                    "the \"listen ... http2\" directive is deprecated, use the \"http2\" directive instead",
                )
                .at(word.span(), "counts for the whole socket, not for this server")
                .why(format!("nginx {} warns of it at every start and reload", subject.version))
                .help(help)
                .fix(fix.clone()),
            );
        }
    }
}

/// Certain where nothing changes for anybody: every `listen` of the server speaks HTTP/2 today, and so does every
/// other server of its sockets in its own words. In clear the default server decides, which must be in sight.
fn fix(subject: &Subject<'_>, server: Directive<'_>) -> Option<Fix> {
    let listens: Vec<_> = server.find_all("listen").collect();
    let agree = subject.listens(server).iter().all(|listen| subject.all_listens().all_speak_http2(listen.ports));
    let is_decided = |listen: &Listen| listen.is_tls || listen.is_default || subject.gaps.is_whole();
    let last = *listens.last()?;
    let is_set = server.find("http2");
    let is_shared = listens.iter().chain(&is_set).any(|one| one.included_by().is_some());
    if !agree || !subject.listens(server).iter().all(is_decided) || is_shared || is_set.is_some_and(|set| set.arg(0).is_some_and(|value| !value.is("on"))) {
        return None;
    }
    let words = listens.iter().flat_map(|listen| {
        let words = listen.args().skip(1).filter(|word| word.is("http2"));
        words.map(|word| edit::remove_word(*listen, word))
    });
    let on = Some(edit::add_behind(last, "http2 on;")).filter(|_| is_set.is_none());
    Some(Fix { what: "write `http2 on;` in place of it".to_owned(), edits: words.chain(on).collect() })
}
