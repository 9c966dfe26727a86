//! Files that come with nginx or beside it on every machine, so that nobody misses them in a folder of sites.

use std::path::Path;

/// What is known of a file that was not read, from its name alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Holds {
    /// Nothing that a rule asks for: media types, parameters for PHP.
    Nothing,
    /// Modules to be loaded, which define directives and variables of their own.
    Modules,
    /// Settings of TLS: certificates, versions, ciphers, sessions.
    Tls,
    /// Settings that are known to be sound, though not which.
    Settings,
    /// What other packages put there.
    Anything,
}

/// By the end of their path. Debian's, Fedora's, Alpine's and nginx.org's packages were looked at, and certbot's.
const SHIPPED: [(&str, Holds); 17] = [
    ("mime.types", Holds::Nothing),
    ("fastcgi_params", Holds::Nothing),
    ("fastcgi.conf", Holds::Nothing),
    ("uwsgi_params", Holds::Nothing),
    ("scgi_params", Holds::Nothing),
    ("koi-utf", Holds::Nothing),
    ("koi-win", Holds::Nothing),
    ("win-utf", Holds::Nothing),
    ("fastcgi-php.conf", Holds::Nothing),
    ("modules-enabled/*.conf", Holds::Modules),
    ("modules-enabled/*", Holds::Modules),
    ("modules.d/*.conf", Holds::Modules),
    ("modules/*.conf", Holds::Modules),
    // Headers for the back end: Debian's.
    ("proxy_params", Holds::Settings),
    // TLS versions, ciphers and the session cache: certbot's.
    ("options-ssl-nginx.conf", Holds::Tls),
    // A certificate for tests: Debian's.
    ("snakeoil.conf", Holds::Tls),
    // What other packages add to the default server: Fedora's.
    ("default.d/*.conf", Holds::Anything),
];

/// Whether a file of this name comes with a package, so that its absence is no news.
pub(super) fn is_shipped(target: &str) -> bool {
    of(target).is_some()
}

/// What a file holds; none where its name is none of these.
pub(super) fn of(target: &str) -> Option<Holds> {
    let is = |name: &str| Path::new(target).ends_with(name);
    SHIPPED.iter().find(|(name, _)| is(name)).map(|(_, holds)| *holds)
}
