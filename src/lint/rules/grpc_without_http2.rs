//! A gRPC location that no client of gRPC can reach.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::sockets::{self, Member, Socket, name_of};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;
use crate::nginx::version::Version;

pub(crate) static RULE: Rule = Rule {
    id: "grpc-without-http2",
    severity: Severity::Error,
    summary: "a gRPC location in a server that speaks no HTTP/2",
    explanation: "\
gRPC is HTTP/2 from end to end, and `grpc_pass` speaks it to the back end only: clients get through where the server speaks it too. What
decides was tried on 1.22, 1.28 and 1.31:

- `http2` in a `listen` counts for every server of the address and port, whichever says it;
- `http2 on` (1.25.1) counts, over TLS, for the server that says it, for the name is known before the protocol;
- in clear, where no name is known yet, it takes that of the *default* server of the socket too: without it nginx takes
  the first bytes for a broken HTTP/1.1, and where only the default server says it the others answer 421.

A server in a file of its own may get it from a server that is not in sight, so there it is a warning.",
    bad: &[
        Example::whole(
            "events {}\n",
            "\
server_tokens off;
server {
    listen 80;
    location /shop.Orders/ { grpc_pass grpc://127.0.0.1:9090; }
}
",
        ).tried(Trial::Calls("/shop.Orders/Get")),
        Example {
            version: Version::branch(1, 28),
            ..Example::new(
                "\
server {
    listen 80 default_server;
    server_name www.example.org;
    return 404;
}

server {
    listen 80;
    server_name a.example.org;
    http2 on;
    location /shop.Orders/ { grpc_pass grpc://127.0.0.1:9090; }
}
",
            )
        }.tried(Trial::Calls("/shop.Orders/Get")),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80 http2;
    location /shop.Orders/ { grpc_pass grpc://127.0.0.1:9090; }
}
",
        ).tried(Trial::Calls("/shop.Orders/Get")),
        Example {
            version: Version::branch(1, 28),
            ..Example::new(
                "\
server {
    listen 80 default_server;
    server_name www.example.org;
    http2 on;
    return 404;
}

server {
    listen 80;
    server_name a.example.org;
    http2 on;
    location /shop.Orders/ { grpc_pass grpc://127.0.0.1:9090; }
}
",
            )
        }.tried(Trial::Calls("/shop.Orders/Get")),
        // Another server of the socket says it for both.
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location /shop.Orders/ { grpc_pass grpc://127.0.0.1:9090; }
}

server {
    listen 80 http2;
    server_name b.example.org;
    location /shop.Carts/ { grpc_pass grpc://127.0.0.1:9091; }
}
",
        ).near_miss().tried(Trial::Calls("/shop.Orders/Get")),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.tree.may_hold("grpc_pass") {
        return;
    }
    let sockets = sockets::of(subject);
    let of_server = sockets::by_server(&sockets);
    for (server, places) in subject.by_server() {
        let mut calls = places.iter().filter_map(|place| Some((place, place.location.find("grpc_pass")?)));
        let Some((_, pass)) = calls.next().filter(|(place, _)| !place.has_gaps) else { continue };
        let mine = of_server.get(&server.id()).map_or(&[][..], Vec::as_slice);
        if mine.iter().any(|(socket, _)| socket.speaks_http2(server, subject.version)) {
            continue;
        }
        found.extend(mine.first().map(|(socket, member)| told(subject, socket, *member, pass)));
    }
}

fn told(subject: &Subject<'_>, socket: &Socket<'_>, member: Member<'_>, pass: Directive<'_>) -> Diagnostic {
    let server = member.server;
    let is_sure = subject.gaps.is_whole() || socket.marked().is_some_and(|_| !socket.is_tls);
    let severity = if is_sure { Severity::Error } else { Severity::Warning };
    let message = format!("no client of gRPC gets through to {}", name_of(server));
    let fault = Diagnostic::new(severity, RULE.id, message).at(pass.head_span(), "");
    let fault = fault.at(member.listen().unwrap_or(server).head_span(), "speaks HTTP/1.1 only");
    let decides = socket.default();
    let own = server.find("http2").filter(|_| !socket.is_tls && decides != server);
    let (fault, help) = match (own, subject.version >= Version::HTTP2_DIRECTIVE) {
        (Some(own), _) => {
            let fault = fault.at(own.head_span(), "does nothing in clear, where no name is known yet");
            let fault = fault.at(decides.head_span(), "the default server, which decides for all of the socket");
            (fault, "add `http2 on;` to the default server of the socket, or use a port of its own")
        }
        (None, true) => (fault, "add `http2 on;` to the server"),
        (None, false) => (fault, "add `http2` to the `listen`"),
    };
    fault.why("gRPC is spoken over HTTP/2 only, and its clients do not fall back to HTTP/1.1").help(help)
}
