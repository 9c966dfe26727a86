//! A `proxy_pass` whose path can be left upwards.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{Outcome, Pattern};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "proxy-path-traversal",
    severity: Severity::Warning,
    summary: "a location without a final slash whose `proxy_pass` has one: `/api/x` becomes `//x`, `/api../x` becomes `/../x`",
    explanation: "\
nginx takes the location's text off the path and puts the path of `proxy_pass` before what is left. `location /api` with
`proxy_pass http://127.0.0.1:8080/v1/` passes `/api/users` on as `/v1//users`, and `/api../admin` as `/v1/../admin`, which the
back end may well take for `/admin`. Measured on 1.22 and 1.28. With a slash at the end of both, or of neither, the path is
what it looks like.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location /api { proxy_pass http://127.0.0.1:8080/v1/; }
}
",
        )
        .tried(Trial::PassesNo("/api../admin", "/v1/../admin")),
        // What the rewrite leaves alone.
        Example::new(
            "\
server {
    listen 80;
    location /api {
        rewrite ^/api/(.*)$ /$1 break;
        proxy_pass http://127.0.0.1:8080/v1/;
    }
}
",
        )
        .tried(Trial::PassesNo("/api../admin", "/v1/../admin")),
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
        .tried(Trial::PassesNo("/api../admin", "/v1/../admin")),
        Example::new(
            "\
server {
    listen 80;
    location /api { proxy_pass http://127.0.0.1:8080/v1; }
    location /plain { proxy_pass http://127.0.0.1:8080; }
    location = /one { proxy_pass http://127.0.0.1:8080/; }
}
",
        )
        .near_miss()
        .tried(Trial::PassesNo("/api../admin", "/v1/../admin")),
        // A path that was rewritten is passed on as it is.
        Example::new(
            "\
server {
    listen 80;
    location /api {
        rewrite ^/api(.*)$ /v1$1 break;
        proxy_pass http://127.0.0.1:8080/;
    }
}
",
        )
        .near_miss()
        .tried(Trial::PassesNo("/api../admin", "/v1/../admin")),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        if !place.is_prefix() || !place.path.starts_with('/') || place.path.ends_with('/') {
            continue;
        }
        let pass = place.proxy_pass().filter(|pass| path(*pass).is_some_and(|path| path.ends_with('/')));
        found.extend(pass.and_then(|pass| finding(place, pass)));
    }
}

/// The path in a `proxy_pass` without variables.
fn path(pass: Directive<'_>) -> Option<&str> {
    let target = pass.arg(0)?.content();
    let (_, rest) = target.split_once("://").filter(|_| !target.contains('$'))?;
    let rest = rest.strip_prefix("unix:").map_or(Some(rest), |socket| Some(socket.split_once(':')?.1))?;
    rest.find('/').map(|start| &rest[start..])
}

fn finding(place: &Place<'_>, pass: Directive<'_>) -> Option<Diagnostic> {
    let (from, to) = (&place.path, path(pass)?);
    if is_rewritten(place, &format!("{from}../x")) {
        return None;
    }
    let plain = match is_rewritten(place, &format!("{from}/x")) {
        true => String::new(),
        false => format!("`{from}/x` reaches the back end as `{to}/x`, and "),
    };
    let reaches = if plain.is_empty() { " reaches the back end" } else { "" };
    let fault = RULE
        .finding(format!("{plain}`{from}../x`{reaches} as `{to}../x`"))
        .at(pass.head_span(), "its path ends in a slash")
        .at(place.location.head_span(), "does not end in one")
        .why("a back end that takes the `..` for a step up serves what lies outside of the path that was meant");
    Some(fault.help(format!("write `location {from}/`")))
}

/// Whether a `rewrite` of the location takes a path, which is then passed on without that of `proxy_pass`.
fn is_rewritten(place: &Place<'_>, path: &str) -> bool {
    let takes = |rewrite: Directive<'_>| {
        let pattern = rewrite.arg(0).and_then(|regex| Pattern::compile(&regex.value(), false).ok());
        pattern.is_none_or(|pattern| pattern.test(path.as_bytes()) != Outcome::Differs)
    };
    place.location.find_all("rewrite").any(takes)
}
