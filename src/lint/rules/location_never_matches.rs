//! A location whose text no path of a request can match.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "location-never-matches",
    severity: Severity::Error,
    summary: "a `location` whose text no request's path begins with",
    explanation: "\
Every path begins with `/`, so `location api/` takes no request at all, and nginx says nothing. Without `~` the text is no
regular expression either: `location /(css|js)/` waits for a path with those very brackets, and `location ^/api` for one
that begins with a `^`. The requests end in another location, mostly `location /`.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location api/ { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Answers("/api/x", 200)),
        Example::new(
            "\
server {
    listen 80;
    location /(css|js)/ { return 204; }
}
",
        )
        .tried(Trial::Answers("/css/x", 204)),
        Example::new(
            "\
server {
    listen 80;
    location \\.php$ { return 403; }
}
",
        )
        .tried(Trial::Answers("/a.php", 403)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /api/ { proxy_pass http://127.0.0.1:8080; }
    location ~ ^/(css|js)/ { return 204; }
    location ~ \\.php$ { return 403; }
    location @fallback { return 404; }
}
",
        )
        .tried(Trial::Answers("/css/x", 204)),
        // Brackets and stars may be in a path; a name of a location may be asked for from within.
        Example::new(
            "\
server {
    listen 80;
    location /wiki/Nginx_(software) { return 204; }
    location /secret/ { auth_request auth; }
    location = auth { internal; return 204; }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let is_plain = matches!(&*place.modifier, "" | "=" | "^~");
        // A modifier may be glued to its text, and a name may come from a template.
        let is_other = place.path.is_empty() || place.path.starts_with(['@', '~', '=', '$', '{', '<', '%']);
        if !is_plain || (is_other && place.modifier.is_empty()) || place.path.starts_with("^~") {
            continue;
        }
        if is_expression(&place.path) {
            found.push(expression(place));
        } else if !place.path.starts_with('/') && !is_asked_for(place) {
            found.push(relative(place));
        }
    }
}

/// What nobody writes but in a regular expression.
fn is_expression(path: &str) -> bool {
    let is_choice = path.contains('(') && path.contains('|') && path.contains(')');
    is_choice || path.starts_with('^') || path.ends_with('$') || path.contains("\\.") || path.contains(".*")
}

/// Requests that nginx makes itself ask for any text.
fn is_asked_for(place: &Place<'_>) -> bool {
    let asks = ["auth_request", "mirror", "error_page", "try_files", "rewrite"];
    let Some(server) = place.server else { return true };
    server
        .descendants()
        .filter(|directive| asks.iter().any(|name| directive.is(name)))
        .any(|directive| directive.args().any(|argument| argument.value().starts_with(&*place.path)))
}

fn expression(place: &Place<'_>) -> Diagnostic {
    let modifier = if place.modifier == "=" { "=" } else { "" };
    RULE.finding(format!("no path matches `{}`", place.head()))
        .at(place.location.head_span(), "compared letter for letter")
        .why("without `~` the text is the beginning of a path, not a regular expression")
        .help(match modifier {
            "=" => format!("write `location ~ {}`", place.path),
            _ => format!("write `location ~ {}`, or `~*` to ignore case", place.path),
        })
}

fn relative(place: &Place<'_>) -> Diagnostic {
    let space = if place.modifier.is_empty() { "" } else { " " };
    RULE.finding(format!("no path matches `{}`", place.head()))
        .at(place.location.head_span(), "")
        .why("the path of every request begins with `/`; nginx says nothing, and another location takes them")
        .help(format!("write `location {}{space}/{}`", place.modifier, place.path))
}
