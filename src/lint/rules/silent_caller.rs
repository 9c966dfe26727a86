//! A gRPC call that nginx ends because its client is silent.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::{Kind, Meant};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::value::{Unit, parse_time};

pub(crate) static RULE: Rule = Rule {
    id: "silent-caller",
    severity: Severity::Warning,
    summary: "a gRPC location whose calls end when the client sends nothing for a minute",
    explanation: "\
What a client streams to the back end is the body of its request, and nginx waits for the next piece of a body as long as
`client_body_timeout` says, 60 s unless it is set. A call in both directions whose client only listens for a while is then reset
with `PROTOCOL_ERROR`, which clients tell as `INTERNAL`, however long `grpc_read_timeout` is: measured on
1.22 and 1.28. `grpc_send_timeout` has no hand in it: it counts while the back end takes nothing. Calls that only the back end
streams are not concerned: their body has ended.

A location that is declared or marked as gRPC is held to it. In others a `grpc_read_timeout` of five minutes or longer shows that
there are long calls, and it is a hint.",
    bad: &[
        Example::new(
            "\
server {
    listen 80 http2;
    # nginx-gen: type grpc
    location /chat.Rooms/ {
        grpc_pass grpc://127.0.0.1:8080;
        grpc_read_timeout 1h;
        client_body_timeout 1s;
    }
}
",
        )
        .tried(Trial::Listens("/chat.Rooms/Join")),
        Example::new(
            "\
server {
    listen 80 http2;
    client_body_timeout 1s;
    location /chat.Rooms/ {
        grpc_pass grpc://127.0.0.1:8080;
        grpc_read_timeout 1h;
        grpc_send_timeout 1h;
    }
}
",
        )
        .tried(Trial::Listens("/chat.Rooms/Join")),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80 http2;
    location /chat.Rooms/ {
        grpc_pass grpc://127.0.0.1:8080;
        grpc_read_timeout 1h;
        client_body_timeout 1h;
    }
}
",
        )
        .tried(Trial::Listens("/chat.Rooms/Join")),
        // Nothing says that its calls are long.
        Example::new(
            "\
server {
    listen 80 http2;
    client_body_timeout 10s;
    location /shop.Orders/ { grpc_pass grpc://127.0.0.1:8080; }
}
",
        )
        .near_miss(),
        // A server stream's body has ended, whatever the time for bodies is.
        Example::new(
            "\
server {
    listen 80 http2;
    client_body_timeout 1s;
    location /shop.Orders/ {
        grpc_pass grpc://127.0.0.1:8080;
        grpc_read_timeout 4m;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Calls("/shop.Orders/Watch")),
    ],
    reach: Reach::Server,
    check,
};

/// nginx's default, in milliseconds.
const MINUTE: u64 = 60_000;
/// Nobody waits that long for an answer that comes in one piece.
const LONG: u64 = 300_000;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some(meant) = place.meant().filter(|meant| meant.kind == Kind::Grpc) else { continue };
        let Some(pass) = place.location.find("grpc_pass") else { continue };
        let Some(timeout) = place.value("client_body_timeout", subject.version) else { continue };
        let waits = place.value("grpc_read_timeout", subject.version).and_then(|time| milliseconds(&time));
        // Of a back end's silence that ends a call as soon `short-timeout` tells.
        let has_long_calls = waits.is_some_and(|time| time >= if meant.is_said() { MINUTE + 1 } else { LONG });
        if !has_long_calls || milliseconds(&timeout).is_none_or(|time| time > MINUTE) {
            continue;
        }
        let unit = if timeout.ends_with(|last: char| last.is_ascii_digit()) { "s" } else { "" };
        let message = format!("a call of `{}` ends when its client is silent for {timeout}{unit}", place.head());
        let mut fault = RULE.finding(message).at(place.location.head_span(), "");
        if !meant.is_said() {
            fault.severity = Severity::Hint;
        }
        let fault = match place.settings.get("client_body_timeout") {
            Some(set) => fault.at(set.directive().head_span(), "set here"),
            None => fault.at(pass.head_span(), "60s, for nothing else is set"),
        };
        found.push(explained(fault, place, &meant));
    }
}

fn explained(fault: Diagnostic, place: &Place<'_>, meant: &Meant) -> Diagnostic {
    let fault = match place.settings.get("grpc_read_timeout").filter(|_| !meant.is_said()) {
        Some(waits) => fault.at(waits.directive().head_span(), "so calls are long here"),
        None => meant.point(fault),
    };
    fault
        .why("what a client streams is a body, and nginx waits for its next piece no longer than that")
        .help("set `client_body_timeout` in the location as long as `grpc_read_timeout`, if any call streams from the client")
}

fn milliseconds(time: &str) -> Option<u64> {
    parse_time(time, Unit::Milliseconds).ok()
}
