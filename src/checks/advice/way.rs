//! What is known of connections that do not come about, or end.

use super::Advice;

pub(super) const REFUSED: Advice = Advice {
    causes: &[
        "nginx does not run, or listens on another address or port",
        "a firewall or security group lets nobody through",
    ],
    directives: &["listen"],
    commands: &["sudo ss -ltnp 'sport = :{port}'", "systemctl status nginx"],
};

pub(super) const NO_ROOM: Advice = Advice {
    causes: &[
        "this machine has no room left for the run, and the route was not tried: open files, processes, or the space \
         of its temporary folder",
        "other runs at the same time take it: fewer `--connections`, or one run after the other, need less",
    ],
    directives: &[],
    commands: &["ulimit -a", "df -h \"${TMPDIR:-/tmp}\""],
};

pub(super) const NO_ADDRESS: Advice = Advice {
    causes: &[
        "the name has no record in DNS yet, or is misspelt under `server_name`",
        "this machine asks a resolver that does not know it: an internal name asked for from outside",
    ],
    directives: &["server_name"],
    commands: &["dig +short {host}", "nginx-gen probe {environment} --resolve {host}:{port}:ADDRESS"],
};

pub(in crate::checks) const NOT_RUNNING: Advice = Advice {
    causes: &[
        "the service does not run, or listens on another port than `upstream:` says",
        "it runs in a container whose port is not published on this address",
    ],
    directives: &[],
    commands: &["ss -ltnp 'sport = :{port}'", "docker compose ps"],
};

pub(super) const CLOSED: Advice = Advice {
    causes: &[
        "the back end closed the connection: it crashed, or does not speak this protocol at this path",
        "the upgrade did not reach it: `Upgrade` and `Connection` are lost where a location sets one header of its own",
        "nginx gave the connection up for its silence: a time-out is shorter than the promise",
    ],
    directives: &["proxy_set_header", "proxy_http_version", "proxy_read_timeout"],
    commands: &["nginx-gen explain upgrade-lost", "nginx-gen route {environment} {url}"],
};

pub(super) const SILENCE: Advice = Advice {
    causes: &[
        "the back end takes the request and does not answer",
        "nginx holds the answer back until it has gathered enough: `proxy_buffering`",
        "packets are dropped on the way: a firewall without an answer",
    ],
    directives: &["proxy_read_timeout", "proxy_buffering", "proxy_pass"],
    commands: &["curl -sv --max-time 10 {back_end}{path}", "nginx-gen route {environment} {url}"],
};

pub(super) const PROTOCOL: Advice = Advice {
    causes: &[
        "what answers does not speak the protocol of this port: HTTP where TLS is expected, or the reverse",
    ],
    directives: &["listen", "http2"],
    commands: &["curl -sv {url}"],
};

pub(in crate::checks) const NO_CLEAR_HTTP2: Advice = Advice {
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
