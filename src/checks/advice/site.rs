//! What is known of sites as a whole.

use super::Advice;

pub(super) const MISDIRECTED: Advice = Advice {
    causes: &[
        "`return` has another status than declared, or its target is put together from other variables: \
         `$host$request_uri` keeps name, path and query, `$server_name` is always the first name, `$uri` loses the query",
        "another server or location answers first, or there is no redirect at all",
    ],
    directives: &["return", "rewrite"],
    commands: &["curl -sI {url}", "nginx-gen route {environment} {url}"],
};

pub(super) const CHALLENGE: Advice = Advice {
    causes: &[
        "a `return` or `rewrite` of the server runs before `location ^~ /.well-known/acme-challenge/` is looked for",
        "that location is missing: `location /` takes the challenge",
    ],
    directives: &["return", "rewrite"],
    commands: CHALLENGE_COMMANDS,
};

pub(super) const CHALLENGE_FILE: Advice = Advice {
    causes: &[
        "`deny` keeps strangers from the challenges",
        "`auth_basic` asks for a password, which no authority has",
        "`alias` stands where `root` should: `root` keeps `/.well-known/acme-challenge/` below certbot's webroot",
        "`root` is another folder than certbot's webroot, or one that nginx may not read",
    ],
    directives: &["deny", "auth_basic", "alias", "root"],
    commands: CHALLENGE_COMMANDS,
};

const CHALLENGE_COMMANDS: &[&str] =
    &["curl -sI http://{host}/.well-known/acme-challenge/x", "sudo certbot renew --dry-run"];

pub(super) const STRANGER: Advice = Advice {
    causes: &[
        "no server of this port is the `default_server`: the first one nginx loads takes unknown names",
        "the default server lacks `ssl_reject_handshake on` or `return 444`",
        "a CDN or load balancer before nginx answers strangers by itself: leave this out with `--skip unknown-refused`",
    ],
    directives: &["listen", "ssl_reject_handshake", "return"],
    commands: &[
        "sudo nginx -T | grep -n default_server",
        "curl -skI https://{host}:{port}/ -H 'Host: nobody.invalid'",
    ],
};

pub(super) const VERSION: Advice = Advice {
    causes: &[
        "`server_tokens on` tells it, which nginx does where nothing is said",
        "another server, or a gateway before nginx, answers",
    ],
    directives: &["server_tokens"],
    commands: &["curl -sI {url} | grep -i ^server", "nginx-gen explain version-disclosure"],
};

pub(super) const NO_IPV6: Advice = Advice {
    causes: &[
        "`listen [::]:{port}` is missing in this server: nobody listens there, or another site's default server answers",
        "the name's AAAA record leads to another machine",
        "a firewall lets IPv4 through alone",
    ],
    directives: &["listen"],
    commands: &["sudo ss -6ltnp 'sport = :{port}'", "dig +short AAAA {host}", "curl -6svo /dev/null {url}"],
};

pub(super) const TWIN: Advice = Advice {
    causes: &[
        "a `location =` of the path without its final slash is missing: nginx answers with 301, which WebSocket clients do \
         not follow, and which makes a `GET` of a `POST`",
        "the service itself adds the slash",
        "a `return` or `rewrite` of the server answers before any location is looked for",
    ],
    directives: &["return", "rewrite"],
    commands: &["nginx-gen explain missing-twin", "nginx-gen route {environment} {url}"],
};
