//! A path that is glued to another one.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Argument;

pub(crate) static RULE: Rule = Rule {
    id: "proxy-path-glued",
    severity: Severity::Warning,
    summary: "a location with a final slash whose `proxy_pass` has none: `/api/users` becomes `/v1users`",
    explanation: "\
nginx takes the location's text off the path and puts the path of `proxy_pass` before what is left, as it stands. `location
/api/` with `proxy_pass http://127.0.0.1:8080/v1` passes `/api/users` on as `/v1users`. Measured on 1.22 and 1.28. End both with a
slash, or neither. A path that ends with a file's name or a query is taken to be meant.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location /api/ { proxy_pass http://127.0.0.1:8080/v1; }
}
",
        )
        .tried(Trial::PassesNo("/api/users", "GET /v1users")),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /api/ { proxy_pass http://127.0.0.1:8080/v1/; }
}
",
        )
        .tried(Trial::PassesNo("/api/users", "GET /v1users")),
        Example::new(
            "\
server {
    listen 80;
    location /api { proxy_pass http://127.0.0.1:8080/v1; }
    location = /exact/ { proxy_pass http://127.0.0.1:8080/v1; }
    location /find/ { proxy_pass http://127.0.0.1:8080/search?q=; }
    location /page/ { proxy_pass http://127.0.0.1:8080/index.php; }
    location /old/ {
        rewrite ^/old/(.*)$ /new/$1 break;
        proxy_pass http://127.0.0.1:8080/v1;
    }
}
",
        )
        .near_miss()
        .tried(Trial::PassesNo("/api/users", "GET /v1users")),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some(target) = place.proxy_pass().and_then(|pass| pass.arg(0)) else { continue };
        if place.is_prefix() && place.path.ends_with('/') && place.location.find("rewrite").is_none() {
            found.extend(path_of(target.content()).map(|path| told(place, target, path)));
        }
    }
}

/// The path of a target, where the rest of a request's would be glued to its last word.
fn path_of(target: &str) -> Option<&str> {
    let (_, rest) = target.split_once("://").filter(|_| !target.contains(['$', '?', '=', '#']))?;
    let rest = match rest.strip_prefix("unix:") {
        Some(socket) => &socket[socket.find(':')? + 1..],
        None => &rest[rest.find('/')?..],
    };
    let last = rest.rsplit('/').next().filter(|last| !last.is_empty() && !last.contains('.'))?;
    // `/v1-` asks for more.
    last.ends_with(|end: char| end.is_ascii_alphanumeric()).then_some(rest)
}

fn told(place: &Place<'_>, target: Argument<'_>, path: &str) -> Diagnostic {
    let asked = format!("{}users", place.path);
    RULE.finding(format!("`{asked}` is passed on as `{path}users`"))
        .at(target.span(), "has no slash at its end")
        .at(place.location.head_span(), "has one")
        .why("nginx takes the location's text off the path and puts this before what is left, as it stands")
        .help(format!("end it with a slash: `{}/`", target.content()))
}
