//! What is known of each symptom: the causes, the directives that decide it, the commands to run next.

mod certificates;

use super::Symptom;
use crate::client::Fault;

pub(super) use certificates::ALPN;
use certificates::{EXPIRED, TLS, of_certificate};

/// What is known of a symptom.
pub(super) struct Advice {
    /// The likeliest first.
    pub(super) causes: &'static [&'static str],
    /// The directives that decide it, with those of the server.
    pub(super) directives: &'static [&'static str],
    /// As they are typed; `{…}` are filled in.
    pub(super) commands: &'static [&'static str],
}

/// What is known of what was seen.
pub(super) fn advice(symptom: &Symptom) -> Advice {
    match symptom {
        Symptom::Fault(Fault::Name(_)) => NO_ADDRESS,
        Symptom::Fault(Fault::Certificate(refusal)) => of_certificate(refusal),
        Symptom::Expiring => EXPIRED,
        Symptom::Fault(Fault::Connect(_)) => REFUSED,
        Symptom::Fault(Fault::Tls(_)) | Symptom::Tls => TLS,
        Symptom::Fault(Fault::Closed) => CLOSED,
        Symptom::Fault(Fault::Refused(status)) => no_upgrade(*status),
        Symptom::Fault(Fault::Timeout(_)) | Symptom::Silence => SILENCE,
        Symptom::Fault(Fault::Protocol(_)) => PROTOCOL,
        Symptom::Status(status) => of_status(*status),
        Symptom::Late => LATE,
        Symptom::Cut => CUT,
        Symptom::RequestHeader(_) => REQUEST_HEADER,
        Symptom::ForeignUpgrade => FOREIGN_UPGRADE,
        Symptom::Target => TARGET,
        Symptom::ResponseHeader(_) => RESPONSE_HEADER,
        Symptom::BodySize => BODY_SIZE,
        Symptom::Elsewhere => ELSEWHERE,
        Symptom::Misdirected => MISDIRECTED,
        Symptom::Challenge => CHALLENGE,
        Symptom::Stranger => STRANGER,
        Symptom::Alpn => ALPN,
        Symptom::Logged => LOGGED,
        Symptom::NoGrpc => NO_GRPC,
        Symptom::File => FILE,
        Symptom::Escaped => ESCAPED,
        Symptom::Caching => CACHING,
        Symptom::ClientHeader(_) => CLIENT_HEADER,
        Symptom::Altered => ALTERED,
        Symptom::Answer => ANSWER,
        Symptom::Crowded => CROWDED,
        Symptom::Unnoticed => UNNOTICED,
        Symptom::Bug => BUG,
    }
}

const REFUSED: Advice = Advice {
    causes: &[
        "nginx does not run, or listens on another address or port",
        "a firewall or security group lets nobody through",
    ],
    directives: &["listen"],
    commands: &["sudo ss -ltnp 'sport = :{port}'", "systemctl status nginx"],
};

const NO_ADDRESS: Advice = Advice {
    causes: &[
        "the name has no record in DNS yet, or is misspelt under `server_name`",
        "this machine asks a resolver that does not know it: an internal name asked for from outside",
    ],
    directives: &["server_name"],
    commands: &["dig +short {host}", "nginx-gen probe {environment} --resolve {host}:{port}:ADDRESS"],
};

pub(super) const NOT_RUNNING: Advice = Advice {
    causes: &[
        "the service does not run, or listens on another port than `upstream:` says",
        "it runs in a container whose port is not published on this address",
    ],
    directives: &[],
    commands: &["ss -ltnp 'sport = :{port}'", "docker compose ps"],
};

const CLOSED: Advice = Advice {
    causes: &[
        "the back end closed the connection: it crashed, or does not speak this protocol at this path",
        "the upgrade did not reach it: `Upgrade` and `Connection` are lost where a location sets one header of its own",
        "nginx gave the connection up for its silence: a time-out is shorter than the promise",
    ],
    directives: &["proxy_set_header", "proxy_http_version", "proxy_read_timeout"],
    commands: &["nginx-gen explain upgrade-lost", "nginx-gen route {environment} {url}"],
};

const SILENCE: Advice = Advice {
    causes: &[
        "the back end takes the request and does not answer",
        "nginx holds the answer back until it has gathered enough: `proxy_buffering`",
        "packets are dropped on the way: a firewall without an answer",
    ],
    directives: &["proxy_read_timeout", "proxy_buffering", "proxy_pass"],
    commands: &["curl -sv --max-time 10 {back_end}{path}", "nginx-gen route {environment} {url}"],
};

const PROTOCOL: Advice = Advice {
    causes: &[
        "what answers does not speak the protocol of this port: HTTP where TLS is expected, or the reverse",
    ],
    directives: &["listen", "http2"],
    commands: &["curl -sv {url}"],
};

pub(super) const NO_CLEAR_HTTP2: Advice = Advice {
    causes: &[
        "the *default* server of the port does not say `http2 on`: in clear it decides, before a name is known",
        "nginx is older than 1.25.1, and speaks either HTTP/2 or HTTP/1.1 on a port in clear",
    ],
    directives: &["http2", "listen"],
    commands: &[
        "sudo nginx -T | grep -nE 'default_server|http2'",
        "curl -sv --http2-prior-knowledge http://{host}:{port}/",
    ],
};

const LATE: Advice = Advice {
    causes: &[
        "`proxy_buffering` is on: over TLS output waits for 16 KiB unless something flushes it, and an answer in \
         HTTP/1.0 waits for its end",
        "`gzip` gathers the events",
        "another location serves the path, whose settings are not the stream's",
    ],
    directives: &["proxy_buffering", "proxy_http_version", "gzip", "proxy_ignore_headers", "proxy_cache"],
    commands: &["nginx-gen explain stream-buffered", "nginx-gen route {environment} {url}"],
};

const CUT: Advice = Advice {
    causes: &[
        "`proxy_read_timeout` is shorter than the longest silence that the type promises to outlast",
        "the back end sends no heartbeat",
    ],
    directives: &["proxy_read_timeout", "proxy_send_timeout", "grpc_read_timeout"],
    commands: &["nginx-gen explain short-timeout", "nginx-gen route {environment} {url}"],
};

const REQUEST_HEADER: Advice = Advice {
    causes: &[
        "`{header}` is not set here: one `proxy_set_header` (or `grpc_set_header`) in a location drops all inherited ones",
        "it is set to something else further in",
    ],
    directives: &["proxy_set_header", "grpc_set_header"],
    commands: &["nginx-gen route {environment} {url}"],
};

const FOREIGN_UPGRADE: Advice = Advice {
    causes: &[
        "`proxy_set_header Upgrade $http_upgrade` passes on whatever a client asks for: a `map` that lets only \
         `websocket` through is missing",
        "`proxy_set_header Connection upgrade` stands where no WebSocket is",
    ],
    directives: &["proxy_set_header"],
    commands: &["nginx-gen route {environment} {url}"],
};

const TARGET: Advice = Advice {
    causes: &[
        "`proxy_pass` has a path where none is declared, or none where `strip_prefix` is: with one, nginx puts it in \
         place of the location's",
        "a `rewrite` changes the path on its way",
        "`proxy_pass` ends in a variable: `$uri` is decoded and has no query, `$request_uri` is as it was sent",
    ],
    directives: &["proxy_pass", "rewrite"],
    commands: &["nginx-gen route {environment} {url}"],
};

const RESPONSE_HEADER: Advice = Advice {
    causes: &[
        "`{header}` is not added here: one `add_header` in a location drops all inherited ones",
        "without `always` it is left out of errors",
    ],
    directives: &["add_header", "expires"],
    commands: &["curl -sI {url}", "nginx-gen explain shared-header-loss"],
};

const BODY_SIZE: Advice = Advice {
    causes: &["`client_max_body_size` is another one than declared, or set on another level"],
    directives: &["client_max_body_size"],
    commands: &["nginx-gen route {environment} {url}"],
};

const ELSEWHERE: Advice = Advice {
    causes: &[
        "another location or server takes the request",
        "`proxy_pass`, or `grpc_pass`, leads to another address or port than declared",
    ],
    directives: &["proxy_pass", "grpc_pass", "return", "rewrite"],
    commands: &["nginx-gen route {environment} {url}"],
};

const MISDIRECTED: Advice = Advice {
    causes: &[
        "the target is put together from other variables: `$host$request_uri` keeps name, path and query, \
         `$server_name` is always the first name, `$uri` loses the query",
        "another server or location answers first",
    ],
    directives: &["return", "rewrite", "server_name"],
    commands: &["curl -sI http://{host}/", "nginx-gen route {environment} {url}"],
};

const CHALLENGE: Advice = Advice {
    causes: &[
        "a `return` or `rewrite` of the server runs before `location ^~ /.well-known/acme-challenge/` is looked for",
        "the location is missing, or its `root` is another folder than certbot's webroot",
    ],
    directives: &["root", "alias", "return", "rewrite"],
    commands: &["curl -sI http://{host}/.well-known/acme-challenge/x", "sudo certbot renew --dry-run"],
};

const STRANGER: Advice = Advice {
    causes: &[
        "no server of this port is the `default_server`: the first one nginx loads takes unknown names",
        "the default server lacks `ssl_reject_handshake on` or `return 444`",
    ],
    directives: &["listen", "ssl_reject_handshake", "return"],
    commands: &[
        "sudo nginx -T | grep -n default_server",
        "curl -skI https://{host}:{port}/ -H 'Host: nobody.invalid'",
    ],
};

const LOGGED: Advice = Advice {
    causes: &["`access_log off` is missing here, or another location takes the request"],
    directives: &["access_log"],
    commands: &["nginx-gen route {environment} {url}"],
};

const NO_GRPC: Advice = Advice {
    causes: &[
        "`proxy_pass` stands where `grpc_pass` should: it asks in HTTP/1, and the status in the trailers is lost",
        "the back end at this address speaks no gRPC, or speaks it over TLS: `grpcs://`",
        "another location takes the call",
    ],
    directives: &["grpc_pass", "proxy_pass", "grpc_hide_header", "return"],
    commands: &["grpcurl {host}:{port} list", "nginx-gen route {environment} {url}"],
};

const FILE: Advice = Advice {
    causes: &[
        "`root` and `alias` differ: `root` keeps the location's path, `alias` replaces it",
        "`try_files` lacks an entry, or its last one names another file",
        "the files are not in the folder; where the last one of `try_files` is missing, nginx says 500",
        "another location takes the request",
    ],
    directives: &["root", "alias", "try_files", "index"],
    commands: &["nginx-gen route {environment} {url}"],
};

const ESCAPED: Advice = Advice {
    causes: &[
        "the location's path lacks the final slash that its `alias` has: `/files../x` becomes `/srv/files/../x`",
        "`root` or `alias` is put together from a variable that holds the decoded path",
    ],
    directives: &["alias", "root", "rewrite"],
    commands: &["nginx-gen explain alias-traversal", "nginx-gen route {environment} {url}"],
};

const CACHING: Advice = Advice {
    causes: &[
        "`expires` is missing here, or is another one than declared",
        "another location takes the request",
    ],
    directives: &["expires", "add_header"],
    commands: &["curl -sI {url}", "nginx-gen route {environment} {url}"],
};

const ALTERED: Advice = Advice {
    causes: &[
        "`proxy_pass_request_body off` keeps the body from the back end, `proxy_set_body` puts another in its place",
        "`proxy_method` asks with another method than the client",
    ],
    directives: &["proxy_pass_request_body", "proxy_set_body", "proxy_method"],
    commands: &["nginx-gen route {environment} {url}"],
};

const ANSWER: Advice = Advice {
    causes: &[
        "`proxy_hide_header` or `proxy_cookie_path` and its like change headers of answers",
        "`proxy_intercept_errors` with `error_page` puts a page of nginx in the place of the back end's error",
        "`sub_filter`, `add_before_body` or `add_after_body` change the body",
    ],
    directives: &[
        "proxy_hide_header",
        "proxy_cookie_path",
        "proxy_cookie_domain",
        "proxy_intercept_errors",
        "error_page",
        "sub_filter",
        "add_before_body",
        "add_after_body",
    ],
    commands: &["curl -sv {url}", "nginx-gen route {environment} {url}"],
};

const CLIENT_HEADER: Advice = Advice {
    causes: &[
        "a `proxy_set_header {header}` here puts something else, or nothing, in the place of what the client sends",
        "`proxy_pass_request_headers off` keeps all of the client's headers from the back end",
    ],
    directives: &["proxy_set_header", "proxy_pass_request_headers"],
    commands: &["nginx-gen route {environment} {url}"],
};

const CROWDED: Advice = Advice {
    causes: &[
        "connections or requests are limited here: `limit_conn`, `limit_req`, or `max_conns` of a server in the upstream",
        "`worker_connections` is too small: a proxied stream or socket takes two, one to the client and one to the back end",
        "nginx or this machine runs out of open files: see `worker_rlimit_nofile` and `ulimit -n`",
    ],
    directives: &["limit_conn", "limit_req", "limit_conn_zone", "proxy_pass"],
    commands: &["nginx-gen explain few-connections", "nginx-gen route {environment} {url}", "ulimit -n"],
};

const UNNOTICED: Advice = Advice {
    causes: &["`proxy_ignore_client_abort` is on: nginx reads on for a client that is gone"],
    directives: &["proxy_ignore_client_abort"],
    commands: &["nginx-gen route {environment} {url}"],
};

const BUG: Advice = Advice {
    causes: &["a fault of nginx-gen, not of this route"],
    directives: &[],
    commands: &["RUST_BACKTRACE=1 nginx-gen {purpose} {environment}"],
};

const BAD_GATEWAY: Advice = Advice {
    causes: &[
        "the back end does not run, or listens on another port: nothing answers at {back_end}",
        "it runs in a container whose port is not published on this address",
        "it ended the connection without an answer",
    ],
    directives: &["proxy_pass", "grpc_pass"],
    commands: &["curl -sv --max-time 5 {back_end}{path}", "sudo ss -ltnp", "docker compose ps"],
};

const NOT_FOUND: Advice = Advice {
    causes: &[
        "the back end knows no such path: is a prefix taken off, or not, that it expects?",
        "another location or server takes the request",
    ],
    directives: &["proxy_pass", "root", "alias", "try_files"],
    commands: &[
        "curl -s -o /dev/null -w '%{http_code}\\n' {back_end}{path}",
        "nginx-gen route {environment} {url}",
    ],
};

const GATEWAY_TIMEOUT: Advice = Advice {
    causes: &[
        "the back end took longer than `proxy_read_timeout`, or could not be reached within `proxy_connect_timeout`",
    ],
    directives: &["proxy_read_timeout", "proxy_connect_timeout", "proxy_pass"],
    commands: &["curl -sv --max-time 60 {back_end}{path}"],
};

const REDIRECTED: Advice = Advice {
    causes: &[
        "a `return` or `rewrite` of the server answers before any location is looked for",
        "the path lacks its final slash, which nginx adds by a redirect",
    ],
    directives: &["return", "rewrite"],
    commands: &["curl -sI {url}", "nginx-gen explain missing-twin", "nginx-gen route {environment} {url}"],
};

const FORBIDDEN: Advice = Advice {
    causes: &[
        "access is restricted here: a login, a token or an address is asked for",
        "a file may not be read",
    ],
    directives: &["deny", "allow", "auth_basic", "auth_request"],
    commands: &["nginx-gen route {environment} {url}"],
};

const ANSWERED: Advice = Advice {
    causes: &["the back end answers so", "another location or server takes the request"],
    directives: &["proxy_pass", "return"],
    commands: &["curl -sv {url}", "nginx-gen route {environment} {url}"],
};

const NOT_UPGRADED: Advice = Advice {
    causes: &[
        "`Upgrade` and `Connection` do not reach the back end: they are not set here, or dropped by a \
         `proxy_set_header` in the location",
        "`proxy_http_version` is 1.0, in which many back ends know no upgrade",
        "the back end serves no WebSocket at this path",
    ],
    directives: &["proxy_set_header", "proxy_http_version", "proxy_pass"],
    commands: &[
        "nginx-gen explain upgrade-lost",
        "curl -sv --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
         -H 'Sec-WebSocket-Key: bmdpbngtZ2VuLWNoZWNrIQ==' {back_end}{path}",
    ],
};

fn of_status(status: u16) -> Advice {
    match status {
        502 | 503 => BAD_GATEWAY,
        504 | 408 => GATEWAY_TIMEOUT,
        413 => BODY_SIZE,
        404 => NOT_FOUND,
        401 | 403 => FORBIDDEN,
        300..=399 => REDIRECTED,
        _ => ANSWERED,
    }
}

/// A handshake that a gateway, a redirect or a guard answered has their causes; any other lost its upgrade.
fn no_upgrade(status: u16) -> Advice {
    match status {
        300..=399 | 401 | 403 | 502 | 504 => of_status(status),
        _ => NOT_UPGRADED,
    }
}
