//! What is known of requests that reach the back end changed, or not at all.

use super::Advice;

pub(super) const REQUEST_HEADER: Advice = Advice {
    causes: &[
        "`proxy_set_header {header}` gives it another value here",
        "`grpc_set_header {header}` gives it another value here",
        "`{header}` is not set here: one `proxy_set_header` (or `grpc_set_header`) in a location drops all inherited ones",
    ],
    directives: &["proxy_set_header", "grpc_set_header"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const FOREIGN_UPGRADE: Advice = Advice {
    causes: &[
        "`proxy_set_header Upgrade $http_upgrade` passes on whatever a client asks for: a `map` that lets only \
         `websocket` through is missing",
        "`proxy_set_header Connection upgrade` stands where no WebSocket is",
    ],
    directives: &["proxy_set_header"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const TARGET: Advice = Advice {
    causes: &[
        "`proxy_pass` has a path where none is declared, or none where `strip_prefix` is: with one, nginx puts it in \
         place of the location's",
        "a `rewrite` changes the path on its way",
        "`proxy_pass` ends in a variable: `$uri` is decoded and has no query, `$request_uri` is as it was sent",
    ],
    directives: &["proxy_pass", "rewrite"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const BODY_SIZE: Advice = Advice {
    causes: &["`client_max_body_size` is another one than declared, or set on another level"],
    directives: &["client_max_body_size"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const ELSEWHERE: Advice = Advice {
    causes: &[
        "`proxy_pass_request_headers off` keeps the client's headers from the back end, with them the one by which the \
         stand-in knows the request",
        "another location or server takes the request",
        "`proxy_pass`, or `grpc_pass`, leads to another address or port than declared",
    ],
    directives: &["proxy_pass", "grpc_pass", "return", "rewrite", "proxy_pass_request_headers"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const ALTERED: Advice = Advice {
    causes: &[
        "`proxy_method` asks with another method than the client",
        "`limit_except` keeps the method out",
        "`proxy_pass_request_body off` keeps the body from the back end",
        "`proxy_set_body` puts another body in the place of the client's",
        "an `if` of `$request_method`, or another location, answers in place of the back end",
    ],
    directives: &["proxy_method", "limit_except", "proxy_pass_request_body", "proxy_set_body", "return"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const CLIENT_HEADER: Advice = Advice {
    causes: &[
        "`proxy_set_header {header}` puts something else, or nothing, in the place of what the client sends",
        "`grpc_set_header {header}` puts something else, or nothing, in the place of what the client sends",
        "`proxy_pass_request_headers off` keeps all of the client's headers from the back end",
    ],
    directives: &["proxy_set_header", "grpc_set_header", "proxy_pass_request_headers"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const LONG_REQUEST: Advice = Advice {
    causes: &[
        "a header of the client is longer than one of `large_client_header_buffers`, or all together than all of them",
        "`ssl_verify_client on` asks for a certificate of the client's",
        "nginx answers by itself: `return`, or a request that it finds broken",
    ],
    directives: &["large_client_header_buffers", "client_header_buffer_size", "ssl_verify_client", "return"],
    commands: &[
        "sudo grep -E 'too large|too long' /var/log/nginx/error.log",
        "nginx-gen route {environment} {url}",
    ],
};
