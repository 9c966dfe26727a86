//! HTTP/2 on a socket in clear, where an older nginx then speaks nothing else.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::Kind;
use crate::lint::sockets::{self, Socket, name_of};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Directive, NodeId};
use crate::nginx::version::Version;

pub(crate) static RULE: Rule = Rule {
    id: "http1-shut-out",
    severity: Severity::Error,
    summary: "`listen … http2` without `ssl`, for nginx before 1.25.1, where HTTP/1.1 is wanted",
    explanation: "\
In clear there is no handshake in which a client and nginx could agree on a protocol. Until 1.25.1 nginx takes whatever arrives at
such a socket for HTTP/2, and the word in one `listen` counts for every server of the address and port: a client of HTTP/1.1 gets a
few bytes that it cannot read, from all of them. No browser speaks HTTP/2 in clear, and no WebSocket opens over it. From
1.25.1 on nginx looks at the first bytes and takes either.

Told where a server shares the socket and does not say `http2` itself, where a WebSocket location is reached by no other way, and of
port 80 where anything other than gRPC lies behind it. A socket for gRPC alone is in order, and so is one on another port, where a
proxy may stand in front that speaks HTTP/2.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location / { return 200; }
}

server {
    listen 80 http2;
    server_name grpc.example.org;
    location /shop.Orders/ { grpc_pass grpc://127.0.0.1:9090; }
}
",
        )
        .until(Version::HTTP2_DIRECTIVE)
        .tried(Trial::Answers("/", 200)),
        Example::new(
            "\
server {
    listen 80 http2;
    location /websocket {
        proxy_pass http://127.0.0.1:3000;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .until(Version::HTTP2_DIRECTIVE)
        .tried(Trial::Answers("/websocket", 200)),
        Example::new("server { listen 80 http2; location / { return 200; } }\n").until(Version::HTTP2_DIRECTIVE)
        .tried(Trial::Answers("/", 200)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location / { return 200; }
}

server {
    listen 8080 http2;
    server_name grpc.example.org;
    location /shop.Orders/ { grpc_pass grpc://127.0.0.1:9090; }
}
",
        )
        .tried(Trial::Answers("/", 200)),
        // A proxy in front takes the one for HTTP/1.1 and the other for HTTP/2.
        Example::new(
            "\
server {
    listen 80;
    listen 127.0.0.1:8002 http2;
    location /websocket {
        proxy_pass http://127.0.0.1:3000;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Opens("/websocket")),
        // Over TLS both ends agree on a protocol first.
        Example::new(
            "\
server {
    listen 443 ssl http2;
    listen 80;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    location / { return 200; }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/", 200)),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.version >= Version::HTTP2_DIRECTIVE {
        return;
    }
    let sockets = sockets::of(subject);
    let speaking: Vec<_> = sockets
        .iter()
        .filter(|socket| !socket.is_tls)
        .filter_map(|socket| Some((socket, socket.members.iter().find(|member| member.says_http2)?.listen()?)))
        .collect();
    if speaking.is_empty() {
        return;
    }
    let serve_grpc_alone: HashSet<NodeId> = subject
        .by_server()
        .filter(|(_, places)| places.iter().all(is_grpc))
        .map(|(server, _)| server.id())
        .collect();
    let open = sockets.iter().filter(|socket| socket.speaks_http1()).flat_map(|socket| &socket.members);
    let open = open.map(|member| member.server.id()).collect();
    let servers = Servers { serve_grpc_alone, open };
    for (socket, word) in speaking {
        found.extend(told(subject, socket, word, &servers));
    }
}

/// What is known of servers.
struct Servers {
    serve_grpc_alone: HashSet<NodeId>,
    /// Those that clients of HTTP/1.1 reach some way.
    open: HashSet<NodeId>,
}

fn is_grpc(place: &Place<'_>) -> bool {
    place.location.find("grpc_pass").is_some()
}

/// Who is shut out of a socket that speaks HTTP/2 alone, if it is anybody.
fn told(
    subject: &Subject<'_>,
    socket: &Socket<'_>,
    word: Directive<'_>,
    servers: &Servers,
) -> Option<Diagnostic> {
    let mut silent = socket.members.iter().filter(|member| !member.says_http2);
    let silent = silent.find(|member| !servers.serve_grpc_alone.contains(&member.server.id()));
    let here: HashSet<NodeId> = socket.members.iter().map(|member| member.server.id()).collect();
    let is_here = |server: Directive<'_>| here.contains(&server.id());
    let mut places = subject.places.iter().filter(|place| place.server.is_some_and(is_here));
    let is_websocket = |place: &&Place<'_>| {
        let is_open = place.server.is_some_and(|server| servers.open.contains(&server.id()));
        !is_open && place.meant().is_some_and(|meant| meant.kind == Kind::Websocket && meant.is_sure())
    };
    let websocket = places.clone().find(is_websocket);
    let (who, place, says) = if let Some(member) = silent {
        let place = member.listen().unwrap_or(member.server).head_span();
        (name_of(member.server).into_owned(), place, "shares the socket, and does not say `http2`")
    } else if let Some(place) = websocket {
        (format!("`{}`", place.head()), place.location.head_span(), "no WebSocket opens over HTTP/2")
    } else {
        let other = places.find(|place| !is_grpc(place))?;
        let is_for_browsers = socket.ports == (80, 80);
        let words = "browsers speak HTTP/2 over TLS only";
        is_for_browsers.then(|| (format!("`{}`", other.head()), other.location.head_span(), words))?
    };
    let message = format!("HTTP/1.1 does not get through to {who}");
    Some(
        RULE.finding(message)
            .at(word.head_span(), "speaks HTTP/2 and nothing else, for every server of the socket")
            .at(place, says)
            .why("before 1.25.1 nginx takes all that arrives at such a socket for HTTP/2, and HTTP/1.1 is not answered")
            .help("take `http2` out of it, or let gRPC listen on a port of its own"),
    )
}
