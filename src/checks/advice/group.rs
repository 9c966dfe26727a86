//! What is known of groups of servers.

use super::Advice;

pub(super) const UNBALANCED: Advice = Advice {
    causes: &[
        "the server is missing in the `upstream`, `down`, or `backup` there",
        "`ip_hash` or `hash` leads one client to one server",
        "`proxy_pass` leads past the group, to one server of it",
    ],
    directives: &["upstream", "ip_hash", "hash", "proxy_pass"],
    commands: &["sudo nginx -T | grep -A 9 upstream", "nginx-gen route {environment} {url}"],
};

pub(super) const NOT_RETRIED: Advice = Advice {
    causes: &[
        "`proxy_next_upstream off` gives up at the first server",
        "`proxy_next_upstream_tries 1` gives up at the first server",
        "there is no other server: it is missing in the `upstream`, or `down` there",
        "`proxy_pass` leads past the group, to one server of it",
    ],
    directives: &["proxy_next_upstream", "proxy_next_upstream_tries", "upstream", "proxy_pass"],
    commands: &["sudo nginx -T | grep -A 9 upstream", "nginx-gen route {environment} {url}"],
};

pub(super) const NOT_KEPT: Advice = Advice {
    causes: &[
        "`proxy_set_header Connection` says something: only an empty one keeps connections",
        "`proxy_http_version 1.0` ends each connection; before 1.29.7 it is nginx's own version",
        "`keepalive` is missing in the `upstream`",
        "the back end ends its connections",
    ],
    directives: &["proxy_set_header", "proxy_http_version", "keepalive"],
    commands: &["nginx-gen route {environment} {url}", "ss -tn state time-wait | wc -l"],
};

pub(super) const SENT_TWICE: Advice = Advice {
    causes: &[
        "`proxy_next_upstream` has `non_idempotent`: what a `POST` does is done once more where the first server breaks off",
        "an `error_page` or a `mirror` sends the request on",
    ],
    directives: &["proxy_next_upstream", "error_page", "mirror"],
    commands: &["nginx-gen explain stream-retried", "nginx-gen route {environment} {url}"],
};
