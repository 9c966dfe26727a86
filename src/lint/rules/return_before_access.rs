//! An answer that is given before anybody asks who wants it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "return-before-access",
    severity: Severity::Error,
    summary: "a `return` beside `allow`, `deny` or `auth_basic`, which come too late to guard it",
    explanation: "\
nginx runs `return` in its rewrite phase, and `allow`, `deny`, `auth_basic` and `auth_request` in the access phase after it.
A location that returns its answer is open to all, whatever stands beside the `return`: measured on 1.22 and 1.28, a client
that `deny all` should keep out gets its 200. Let something else answer (`try_files`, `root`, `proxy_pass`), which runs after
the access phase; a named location that returns the text, reached by `try_files /none @answer`, is guarded too.

Told only of answers of the 200s: `deny all; return 404;` hides nothing behind the `deny`.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location = /internal {
        allow 10.0.0.0/8;
        deny all;
        return 200 secret;
    }
}
",
        )
        .tried(Trial::Answers("/internal", 403)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location = /internal {
        allow 10.0.0.0/8;
        deny all;
        try_files /none @answer;
    }
    location @answer { return 200 secret; }
}
",
        )
        .tried(Trial::Answers("/internal", 403)),
        Example::new(
            "\
server {
    listen 80;
    location = /internal { deny all; return 403; }
    location /api/ {
        auth_basic api;
        auth_basic_user_file /etc/nginx/htpasswd;
        if ($request_method = OPTIONS) { return 204; }
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/internal", 403)),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let blocks = subject.servers.iter().copied().chain(subject.places.iter().map(|place| place.location));
    for block in blocks {
        let Some(answer) = block.find("return").filter(|answer| gives(*answer)) else { continue };
        let guard = block.children().find(guards);
        found.extend(guard.map(|guard| finding(answer, guard)));
    }
}

/// Whether a `return` answers with something.
fn gives(answer: Directive<'_>) -> bool {
    answer.arg(0).map(Argument::value).is_some_and(|code| code.len() == 3 && code.starts_with('2'))
}

fn guards(child: &Directive<'_>) -> bool {
    let is_off = || child.arg(0).is_some_and(|word| word.is("off"));
    child.is("deny") || ["auth_basic", "auth_request"].iter().any(|name| child.is(name)) && !is_off()
}

fn finding(answer: Directive<'_>, guard: Directive<'_>) -> Diagnostic {
    RULE.finding(format!("`{}` does not keep anybody from this `return`", guard.name()))
        .at(answer.head_span(), "answers everyone, in the rewrite phase")
        .at(guard.head_span(), "counts in the access phase, which is not reached")
        .why("`return` runs before access is checked")
        .help("answer by something that runs later: `try_files /none @answer;` with the `return` in `location @answer`")
}
