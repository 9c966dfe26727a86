//! `try_files` in a location that passes everything on.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "try-files-proxied",
    severity: Severity::Warning,
    summary: "`try_files` beside `proxy_pass`, which passes the files on too",
    explanation: "\
`try_files` only chooses a path; what answers is the location's own `proxy_pass`. So a file that is found is not served: its
path is asked of the back end. And when none is found, the last argument is taken, not `proxy_pass`. To serve files and
pass on the rest, name a location of its own for the back end.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    root /srv/www;
    location / {
        try_files $uri =404;
        proxy_pass http://127.0.0.1:8080;
    }
}
",
    ).tried(Trial::Answers("/x", 200))],
    good: &[Example::new(
        "\
server {
    listen 80;
    root /srv/www;
    location / { try_files $uri @app; }
    location @app { proxy_pass http://127.0.0.1:8080; }
}
",
    ).tried(Trial::Answers("/x", 200)).near_miss()],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some(tried) = place.location.find("try_files") else { continue };
        let Some(pass) = place.proxy_pass() else { continue };
        found.push(
            RULE.finding(format!("`{}` serves no file that `try_files` finds", place.head()))
                .at(tried.head_span(), "only chooses a path")
                .at(pass.head_span(), "answers, whatever was found")
                .why("a file found is asked of the back end, and when none is found the last argument is taken")
                .help("write `try_files $uri @app;` here, and put `proxy_pass` into `location @app`"),
        );
    }
}
