//! Ordinary requests that ask for an upgrade.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::{Kind, Meant, is_header};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "static-upgrade",
    severity: Severity::Hint,
    summary: "`Connection \"upgrade\"` on requests that are no WebSocket",
    explanation: "\
A fixed `Connection \"upgrade\"` in a location for ordinary requests tells the back end of each that it wants an upgrade. Most
back ends overlook it where no `Upgrade` header follows, but connections to them cannot be kept alive, and with `Upgrade
$http_upgrade` whatever a client asks for, such as `h2c`, is passed on. Set it in WebSocket locations only, or by a map that
lets only `websocket` through.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
}
",
    )
    .tried(Trial::Withholds("/", ("Upgrade", "h2c")))],
    good: &[
        Example::new(
            "\
map $http_upgrade $websocket_upgrade { default ''; ~*^websocket$ websocket; }
map $http_upgrade $websocket_connection { default ''; ~*^websocket$ upgrade; }
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $websocket_upgrade;
        proxy_set_header Connection $websocket_connection;
    }
}
",
        )
        .tried(Trial::Withholds("/", ("Upgrade", "h2c"))),
        // What comes here is a WebSocket.
        Example::new(
            "\
server {
    listen 80;
    location /chat/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
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
    for place in subject.places {
        let Some(connection) = place.location.find_all("proxy_set_header").find(is_static) else { continue };
        if !is_ordinary(place) {
            continue;
        }
        let message = format!("every request of `{}` asks for an upgrade", place.head());
        let fault = RULE.finding(message).at(connection.head_span(), "");
        let fault = match place.meant().filter(Meant::is_said) {
            Some(meant) => meant.point(fault),
            None => fault.at(place.location.head_span(), "takes ordinary requests too"),
        };
        found.push(
            fault
                .why("connections to the back end cannot be kept alive, and a client's `Upgrade: h2c` is passed on")
                .help(
                    "remove both headers here if no WebSocket comes by; else set them by a `map` of \
                     `$http_upgrade` that lets only `websocket` through",
                ),
        );
    }
}

fn is_static(directive: &Directive<'_>) -> bool {
    let is_upgrade = |value: Argument<'_>| value.value().eq_ignore_ascii_case("upgrade");
    is_header(directive, "Connection") && directive.arg(1).is_some_and(is_upgrade)
}

/// Said to be something else, or `location /`, which takes everything. In any other place the headers
/// themselves are what says that it is for WebSocket.
fn is_ordinary(place: &Place<'_>) -> bool {
    match place.meant().filter(Meant::is_said) {
        Some(meant) => meant.kind != Kind::Websocket,
        None => place.is_root(),
    }
}
