//! A long-lived location that stands behind `location /`.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::{Meant, Source};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::text::Span;

pub(crate) static RULE: Rule = Rule {
    id: "location-order",
    severity: Severity::Warning,
    summary: "a WebSocket or event-stream location behind `location /`",
    explanation: "\
nginx picks the longest matching prefix, whatever the order in the file, so the order of prefix locations changes
nothing today. It is kept all the same: people read from top to bottom and take the first match for the one that
counts, and as soon as a regular expression is added the order of those does count. Put the locations of types
`sse`, `websocket`, `stream` and `grpc` before `/`. In a hand-written file this is a hint: nginx does not care.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location / { proxy_pass http://127.0.0.1:8080; }

    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
    )
    .tried(Trial::Nothing("nginx picks the longest prefix in any order"))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }

    location / { proxy_pass http://127.0.0.1:8080; }
}
",
        ),
        // Nobody takes `/` for what an exact path gets.
        Example::new(
            "\
server {
    listen 80;
    location / { proxy_pass http://127.0.0.1:8080; }

    location = /sse {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss(),
        // An ordinary path, with the headers of one of the recipes.
        Example::new(
            "\
server {
    listen 80;
    location / { root /srv; }

    location /api/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut root: Option<&Place<'_>> = None;
    for place in subject.places {
        if place.is_root() && place.modifier.is_empty() {
            root = Some(place);
        } else if let (Some(root), Some(meant)) = (root, &place.meant())
            && meant.kind.is_long_lived()
            && meant.is_sure()
            // Exact paths and regexes win wherever they stand, and what is named is only jumped to.
            && place.is_prefix()
            && !place.path.starts_with('@')
            && root.location.parent() == place.location.parent()
        {
            found.push(finding(meant, place, root));
        }
    }
}

/// The fault is the YAML's when that has the two in this order, and the template's when it has not.
fn finding(meant: &Meant, place: &Place<'_>, root: &Place<'_>) -> Diagnostic {
    let fault =
        RULE.finding(format!("`{}` location `{}` stands behind `location /`", meant.name, place.path));
    let (location, root_span) = (place.location.name_span(), root.location.name_span());
    let fault = match (meant.source, declared(root)) {
        (Source::Declared(span), Some(first)) if first.file == span.file && first.start < span.start => fault
            .at(span, format!("declared `type: {}` here", meant.name))
            .at(first, "behind this location `/`")
            .at(location, "rendered here"),
        (Source::Declared(span), _) => fault
            .at(location, format!("`{}`, rendered here", place.path))
            .at(root_span, "behind this `location /`")
            .at(span, "declared before `/`: the template changes the order"),
        _ => meant.point(fault.at(location, "").at(root_span, "behind this `location /`")),
    };
    let fault = fault.help(format!("put `{}` before `/`", place.path));
    if let Source::Declared(_) = meant.source {
        return fault.why(
            "nginx picks the longest prefix in any order, so nothing breaks today; but people read from top to \
             bottom, and once a regex location is added the order decides",
        );
    }
    let mut fault = fault.why(
        "nginx does not care, it picks the longest prefix in any order; people do, who read from top to bottom \
         and take the first match for the one that counts",
    );
    fault.severity = Severity::Hint;
    fault
}

fn declared(root: &Place<'_>) -> Option<Span> {
    match root.meant()?.source {
        Source::Declared(span) => Some(span),
        _ => None,
    }
}
