//! What is known of statuses in place of answers.

use super::Advice;
use super::request::BODY_SIZE;

const BAD_GATEWAY: Advice = Advice {
    causes: &[
        "the back end does not run, or listens on another port: nothing answers at {back_end}",
        "it runs in a container whose port is not published on this address",
        "it ended the connection without an answer, or with more headers than nginx has room for",
    ],
    directives: &["proxy_pass", "grpc_pass"],
    commands: &[
        "curl -sv --max-time 5 {back_end}{path}",
        "sudo tail -n 20 /var/log/nginx/error.log",
        "sudo ss -ltnp",
        "docker compose ps",
    ],
};

const UNAVAILABLE: Advice = Advice {
    causes: &[
        "`limit_conn` refuses what is more than it bounds",
        "`limit_req` refuses what comes faster than it bounds",
        "`return 503` answers here: a page for maintenance",
        "the back end says that it is overloaded, or being restarted",
    ],
    directives: &["limit_conn", "limit_req", "return", "proxy_pass"],
    commands: &[
        "sudo grep limiting /var/log/nginx/error.log | tail",
        "curl -sv --max-time 5 {back_end}{path}",
        "nginx-gen route {environment} {url}",
    ],
};

const BAD_REQUEST: Advice = Advice {
    causes: &[
        "`ssl_verify_client on` asks for a certificate of the client's",
        "`return` answers here, not the back end",
        "nginx finds the request broken: a header is too long, or HTTP came where TLS is expected",
        "the back end answers so",
    ],
    directives: &["ssl_verify_client", "return", "large_client_header_buffers", "proxy_pass"],
    commands: &["curl -sv {url}", "nginx-gen route {environment} {url}"],
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
        "the back end, or a guard before it, leads elsewhere: to a login for instance",
    ],
    directives: &["return", "rewrite"],
    commands: &["curl -sI {url}", "nginx-gen explain missing-twin", "nginx-gen route {environment} {url}"],
};

const FORBIDDEN: Advice = Advice {
    causes: &[
        "the back end asks for a login or a token",
        "`auth_basic` asks for a login here",
        "`auth_request` asks another service who may come",
        "`deny` restricts the addresses that may come",
        "`limit_except` keeps the method out",
        "a file may not be read",
    ],
    directives: &["auth_basic", "auth_request", "deny", "allow", "limit_except"],
    commands: &["nginx-gen route {environment} {url}", "curl -sv {back_end}{path}"],
};

const ANSWERED: Advice = Advice {
    causes: &[
        "the back end answers so",
        "`return` answers here, not the back end",
        "another location or server takes the request",
    ],
    directives: &["return", "proxy_pass"],
    commands: &["curl -sv {url}", "nginx-gen route {environment} {url}"],
};

const NOT_UPGRADED: Advice = Advice {
    causes: &[
        "`Upgrade` and `Connection` do not reach the back end: they are not set here, or dropped by a \
         `proxy_set_header` in the location",
        "`proxy_http_version 1.0` knows no upgrade; before 1.29.7 it is nginx's own version",
        "the back end serves no WebSocket at this path",
        "`return` answers here, not the back end",
        "`ssl_verify_client on` asks for a certificate of the client's",
    ],
    directives: &["proxy_set_header", "proxy_http_version", "ssl_verify_client", "return", "proxy_pass"],
    commands: &[
        "nginx-gen explain upgrade-lost",
        "curl -sv --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
         -H 'Sec-WebSocket-Key: bmdpbngtZ2VuLWNoZWNrIQ==' {back_end}{path}",
    ],
};

pub(super) fn of_status(status: u16) -> Advice {
    match status {
        400 => BAD_REQUEST,
        502 => BAD_GATEWAY,
        503 => UNAVAILABLE,
        504 | 408 => GATEWAY_TIMEOUT,
        413 => BODY_SIZE,
        404 => NOT_FOUND,
        401 | 403 => FORBIDDEN,
        300..=399 => REDIRECTED,
        _ => ANSWERED,
    }
}

/// A handshake that a gateway, a redirect or a guard answered has their causes; any other lost its upgrade.
pub(super) fn no_upgrade(status: u16) -> Advice {
    match status {
        300..=399 | 401 | 403 | 502..=504 => of_status(status),
        _ => NOT_UPGRADED,
    }
}
