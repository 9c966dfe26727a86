//! What a file is the content of: a whole configuration, or what an `include` puts somewhere inside.

use crate::nginx::tree::{Block, Directive};

/// The block a file's directives belong in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// A whole configuration: `nginx.conf`.
    Main,
    /// Inside `http`: most files of `conf.d` and `sites-available`.
    Http,
    /// Inside `upstream`.
    Upstream,
    /// Inside `server`.
    Server,
    /// Inside `location`, or anything that fits there.
    Location,
}

const MAIN: [&str; 12] = [
    "http",
    "events",
    "stream",
    "mail",
    "user",
    "pid",
    "worker_processes",
    "worker_rlimit_nofile",
    "worker_shutdown_timeout",
    "load_module",
    "daemon",
    "env",
];

const HTTP: [&str; 16] = [
    "upstream",
    "map",
    "geo",
    "split_clients",
    "charset_map",
    "match",
    "limit_req_zone",
    "limit_conn_zone",
    "proxy_cache_path",
    "fastcgi_cache_path",
    "log_format",
    "server_names_hash_bucket_size",
    "server_names_hash_max_size",
    "map_hash_bucket_size",
    "variables_hash_bucket_size",
    "types_hash_max_size",
];

const SERVER: [&str; 9] = [
    "location",
    "listen",
    "server_name",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_dhparam",
    "ssl_session_cache",
    "ssl_session_tickets",
    "http2",
];

impl Scope {
    /// The scope of a file, from the directives at its top. Where several would do it is the innermost.
    pub fn of(root: Block<'_>) -> Scope {
        let scopes = root.iter().map(of_directive);
        scopes.min_by_key(|scope| *scope as u8).unwrap_or(Scope::Location)
    }
}

fn of_directive(directive: Directive<'_>) -> Scope {
    let name = directive.name();
    let name = &*name;
    match name {
        "server" if directive.is_block() => Scope::Http,
        "server" => Scope::Upstream,
        _ if MAIN.contains(&name) => Scope::Main,
        _ if HTTP.contains(&name) => Scope::Http,
        _ if SERVER.contains(&name) => Scope::Server,
        _ => Scope::Location,
    }
}
