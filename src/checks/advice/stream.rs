//! What is known of what stays open.

use super::Advice;

pub(super) const LATE: Advice = Advice {
    causes: &[
        "`proxy_buffering on`: over TLS output waits for 16 KiB unless something flushes it, and an answer in HTTP/1.0 \
         waits for its end; nginx buffers where nothing is said",
        "`gzip on` gathers the events",
        "`proxy_cache` replays an answer in one piece, once it is whole",
        "another location serves the path, whose settings are not the stream's",
    ],
    directives: &["proxy_buffering", "proxy_http_version", "gzip", "proxy_ignore_headers", "proxy_cache"],
    commands: &["nginx-gen explain stream-buffered", "nginx-gen route {environment} {url}"],
};

pub(super) const CUT: Advice = Advice {
    causes: &[
        "`proxy_read_timeout` is shorter than the longest silence that the type promises",
        "`grpc_read_timeout` is shorter than the longest silence that the type promises",
        "nothing is said, which means 60 s: `proxy_read_timeout`, or `grpc_read_timeout`, is missing here",
        "`client_body_timeout` is shorter than the silence between two messages of a client's call; 60 s where nothing is said",
        "the back end sends no heartbeat",
    ],
    directives: &[
        "proxy_read_timeout",
        "proxy_send_timeout",
        "grpc_read_timeout",
        "grpc_send_timeout",
        "client_body_timeout",
    ],
    commands: &["nginx-gen explain short-timeout", "nginx-gen route {environment} {url}"],
};

pub(super) const UNCUT: Advice = Advice {
    causes: &["`proxy_read_timeout` is longer than declared", "`proxy_send_timeout` is longer than declared"],
    directives: &["proxy_read_timeout", "proxy_send_timeout"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const UNNOTICED: Advice = Advice {
    causes: &[
        "`proxy_ignore_client_abort on`: nginx reads on for a client that is gone",
        "`proxy_buffering on`: nginx takes the answer from the back end whether the client is there or not",
    ],
    directives: &["proxy_ignore_client_abort", "proxy_buffering"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const CROWDED: Advice = Advice {
    causes: &[
        "`limit_conn` bounds how many connections are open at once",
        "`limit_req` bounds how many requests come at once",
        "a server of the upstream has `max_conns`, which bounds what it is sent",
        "there are too few `worker_connections`: a proxied stream or socket takes two, one to the client and one to the back end",
        "nginx or this machine runs out of open files: see `worker_rlimit_nofile` and `ulimit -n`",
    ],
    directives: &["limit_conn", "limit_req", "limit_conn_zone", "upstream", "proxy_pass", "grpc_pass"],
    commands: &["nginx-gen explain few-connections", "nginx-gen route {environment} {url}", "ulimit -n"],
};
