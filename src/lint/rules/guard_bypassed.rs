//! A guarded location some of whose paths an unguarded one answers.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::access::{is_open_itself, lets_in, limit};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::inheritance::HANDLERS;
use crate::nginx::routing::Locations;
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "guard-bypassed",
    severity: Severity::Error,
    summary: "a regular expression that takes paths from a location with a password or `deny`, and has neither",
    explanation: "\
nginx picks one location, and only what holds there counts. `location /admin/` may ask for a password all it wants: where
`location ~ \\.php$` stands beside it, `/admin/index.php` is answered there, for everyone, for a regular expression that
matches comes before any prefix. Measured on 1.22 and 1.28.

With `location ^~ /admin/` no regular expression beside it is tried; what it needs of them is then nested in it. A guard that
is to count everywhere belongs in the `server`. That static files are taken, for which a back end's handler does not
run, is told as a warning.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location /admin/ { auth_basic admin; auth_basic_user_file /etc/nginx/htpasswd; proxy_pass http://127.0.0.1:8080; }
    location ~ \\.php$ { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Answers("/admin/x.php", 401)),
        Example::new(
            "\
server {
    listen 80;
    root /usr/share;
    location /lib/ { deny all; }
    location ~* \\.(css|js|txt)$ { expires 1h; }
}
",
        )
        .tried(Trial::Answers("/lib/x.txt", 403)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location ^~ /admin/ { auth_basic admin; auth_basic_user_file /etc/nginx/htpasswd; proxy_pass http://127.0.0.1:8080; }
    location ~ \\.php$ { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Answers("/admin/x.php", 401)),
        Example::new(
            "\
server {
    listen 80;
    location /admin/ {
        auth_basic admin;
        auth_basic_user_file /etc/nginx/htpasswd;
        proxy_pass http://127.0.0.1:8080;
        location ~ \\.php$ { proxy_pass http://127.0.0.1:8080; }
    }
    location ~ ^/shop/.*\\.php$ { proxy_pass http://127.0.0.1:8080; }
    location ~ \\.inc$ { return 404; }
    location ~ \\.open$ { auth_basic off; proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/admin/x.php", 401)),
    ],
    reach: Reach::Server,
    check,
};

/// How many expressions of a server are tried against each guard: each try asks all expressions before it.
const TRIED: usize = 32;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (server, places) in subject.by_server() {
        let is_outer = |place: &&Place<'_>| place.location.parent() == Some(server);
        let guarded = || places.iter().filter(is_outer).filter_map(|place| Some((place, guard(place)?)));
        let thieves: Vec<_> = places.iter().filter(is_outer).filter(|place| is_unguarded(place)).collect();
        if thieves.is_empty() || guarded().next().is_none() || !lets_in(server) {
            continue;
        }
        let locations = Locations::of(server);
        for (place, guard) in guarded() {
            let taken = thieves.iter().take(TRIED).find_map(|thief| Some((thief, taken(place, thief, &locations)?)));
            found.extend(taken.map(|(thief, path)| finding(place, guard, thief, &path)));
        }
    }
}

/// What keeps people out of a location that regular expressions may take paths from.
fn guard<'t>(place: &Place<'t>) -> Option<Directive<'t>> {
    let is_plain = place.modifier.is_empty() && place.path.starts_with('/');
    limit(&place.settings).filter(|guard| is_plain && guard.parent() == Some(place.location))
}

/// Whether an expression answers whoever comes, and its author did not say that it should.
fn is_unguarded(place: &Place<'_>) -> bool {
    let says_so = |child: Directive<'_>| {
        ["return", "auth_basic", "auth_request", "allow", "satisfy"].iter().any(|name| child.is(name))
    };
    place.modifier.starts_with('~') && is_open_itself(place) && !place.location.children().any(says_so)
}

/// A path below a location that an expression takes: one for each word of it is tried as the end of a file's name.
fn taken(place: &Place<'_>, thief: &Place<'_>, locations: &Locations<'_>) -> Option<String> {
    let slash = if place.path.ends_with('/') { "" } else { "/" };
    let words = thief.path.split(|byte: char| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let paths = words.take(12).map(|word| format!("{}{slash}x.{word}", place.path));
    let is_taken = |path: &String| locations.taker(path.as_bytes()).location == Some(thief.location);
    paths.into_iter().find(is_taken)
}

fn finding(place: &Place<'_>, guard: Directive<'_>, thief: &Place<'_>, path: &str) -> Diagnostic {
    let is_handled = thief.location.children().any(|child| HANDLERS.iter().any(|name| child.is(name)));
    let severity = if is_handled { Severity::Error } else { Severity::Warning };
    let message = format!("`{path}` is answered without the `{}` of `{}`", guard.name(), place.head());
    let root = place.path == "/";
    let help = match root {
        true => format!("put the `{}` into the server", guard.name()),
        false => {
            format!("write `location ^~ {}`, and nest in it what its files need of the others", place.path)
        }
    };
    Diagnostic::new(severity, RULE.id, message)
        .at(thief.location.head_span(), format!("takes `{path}`, and lets everyone in"))
        .at(guard.head_span(), "counts only where this location answers")
        .why("a regular expression that matches comes before any prefix, and what holds in the prefix is not looked at")
        .help(help)
}
