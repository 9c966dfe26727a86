//! What is known of answers that are not as they were given.

use super::Advice;

pub(super) const RESPONSE_HEADER: Advice = Advice {
    causes: &[
        "`{header}` is not added here: one `add_header` in a location drops all inherited ones",
        "`add_header {header}` gives it another value here, twice, or without `always`, which leaves it out of errors",
    ],
    directives: &["add_header", "expires"],
    commands: &["curl -sI {url}", "nginx-gen explain shared-header-loss"],
};

pub(super) const ANSWER: Advice = Advice {
    causes: &[
        "`proxy_intercept_errors on` with `error_page` puts a page of nginx in the place of the back end's error",
        "`proxy_hide_header` keeps a header of the back end from clients",
        "`proxy_redirect` changes where redirects of the back end lead",
        "`proxy_cookie_path` changes cookies",
        "`proxy_cookie_domain` changes cookies",
        "`proxy_cookie_flags` changes cookies",
        "`sub_filter` changes the body",
        "`add_before_body` or `add_after_body` makes the body longer",
        "another location, or nginx itself, answers",
    ],
    directives: &[
        "proxy_intercept_errors",
        "error_page",
        "proxy_hide_header",
        "proxy_redirect",
        "proxy_cookie_path",
        "proxy_cookie_domain",
        "proxy_cookie_flags",
        "sub_filter",
        "add_before_body",
        "add_after_body",
        "return",
    ],
    commands: &["curl -sv {url}", "nginx-gen route {environment} {url}"],
};

pub(super) const LONG_HEAD: Advice = Advice {
    causes: &[
        "the head of the answer is longer than `proxy_buffer_size`: nginx logs `upstream sent too big header`",
        "the back end ended the connection without an answer",
    ],
    directives: &["proxy_buffer_size", "proxy_busy_buffers_size", "proxy_buffers"],
    commands: &[
        "sudo grep 'too big header' /var/log/nginx/error.log",
        "curl -s -o /dev/null -w '%{size_header}\\n' {back_end}{path}",
    ],
};

pub(super) const SLOW: Advice = Advice {
    causes: &[
        "`limit_rate` holds answers down here",
        "`proxy_limit_rate` holds answers down here",
        "the back end sends slowly, or this machine is busy",
    ],
    directives: &["limit_rate", "limit_rate_after", "proxy_limit_rate"],
    commands: &[
        "nginx-gen route {environment} {url}",
        "curl -s -o /dev/null -w '%{speed_download}\\n' {url}",
    ],
};

pub(super) const HIDDEN: Advice = Advice {
    causes: &[
        "`error_page` puts another answer in the place of nginx's 502",
        "another location or server answers here, not the declared back end",
        "`return` answers before any back end is asked",
        "`proxy_cache_use_stale` answers from the cache",
    ],
    directives: &["error_page", "return", "rewrite", "proxy_cache_use_stale", "proxy_pass"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const NO_GRPC: Advice = Advice {
    causes: &[
        "`proxy_pass` stands where `grpc_pass` should: it asks in HTTP/1, and the status in the trailers is lost",
        "the back end at this address speaks no gRPC, or speaks it over TLS: `grpcs://`",
        "`grpc_hide_header` keeps metadata of the service from clients",
        "another location takes the call",
    ],
    directives: &["grpc_pass", "proxy_pass", "grpc_hide_header", "return"],
    commands: &["grpcurl {host}:{port} list", "nginx-gen route {environment} {url}"],
};

pub(super) const SUBPROTOCOL: Advice = Advice {
    causes: &[
        "`proxy_set_header Sec-WebSocket-Protocol` takes from the back end what the client offers",
        "`proxy_hide_header Sec-WebSocket-Protocol` takes from the client what the back end chose",
        "the back end speaks none of the declared `subprotocols`",
    ],
    directives: &["proxy_set_header", "proxy_hide_header"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const NO_EVENTS: Advice = Advice {
    causes: &[
        "another location takes the request: a page, of a single-page application or to log in, stands there",
        "`proxy_hide_header Content-Type` keeps it from the client",
        "the back end answers with another type than `text/event-stream`",
    ],
    directives: &["proxy_hide_header", "default_type", "proxy_pass"],
    commands: &["curl -sNi --max-time 5 {back_end}{path}", "nginx-gen route {environment} {url}"],
};
