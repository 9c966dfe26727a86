//! What is known of faults of TLS and of certificates.

use super::Advice;
use crate::client::Refusal;

/// What is known of a certificate that is not believed.
pub(super) fn of_certificate(refusal: &Refusal) -> Advice {
    match refusal {
        Refusal::Expired(_) => EXPIRED,
        Refusal::Name(..) => WRONG_NAME,
        Refusal::Issuer => UNKNOWN_ISSUER,
        Refusal::Authority => AUTHORITY,
        Refusal::Other(_) => TLS,
    }
}

pub(super) const EXPIRED: Advice = Advice {
    causes: &[
        "the certificate was not renewed: certbot's timer does not run, or its challenge is not reachable on port 80",
        "it was renewed, and nginx was not reloaded since: it goes on with the one that it read at its start",
    ],
    directives: &["ssl_certificate"],
    commands: &[
        "sudo certbot certificates",
        "sudo certbot renew --dry-run",
        "sudo nginx -t && sudo nginx -s reload",
    ],
};

const WRONG_NAME: Advice = Advice {
    causes: &[
        "another server block answers for this name: its site is not enabled, and the first one of the port is taken",
        "`ssl_certificate` is another site's, or was issued without this name",
        "the name leads to another machine",
    ],
    directives: &["ssl_certificate", "server_name"],
    commands: &[
        "ls -l /etc/nginx/sites-enabled/",
        "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -subject -dates",
    ],
};

const UNKNOWN_ISSUER: Advice = Advice {
    causes: &[
        "`ssl_certificate` holds the certificate without its chain: `cert.pem` where `fullchain.pem` is to be",
        "it is self-signed, or of an authority of your own: `--cacert FILE` believes that one",
        "something on the way, a proxy that looks into TLS, puts its own certificate in",
    ],
    directives: &["ssl_certificate"],
    commands: &["openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null"],
};

const AUTHORITY: Advice = Advice {
    causes: &[
        "it was made by `openssl req -x509`, which makes an authority where nothing else is said: some clients believe it, \
         others do not",
        "`ssl_certificate` holds the authority's certificate in place of the server's",
    ],
    directives: &["ssl_certificate"],
    commands: &[
        "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -ext basicConstraints",
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN={host} -addext \
         subjectAltName=DNS:{host} -addext basicConstraints=critical,CA:FALSE",
    ],
};

pub(super) const TLS: Advice = Advice {
    causes: &[
        "the certificate is of another name, expired, or sent without its chain",
        "another server block answers for this name: see which one",
        "`ssl_protocols` does not hold what was offered, or holds more than is declared",
    ],
    directives: &["ssl_certificate", "ssl_protocols", "server_name"],
    commands: &[
        "openssl s_client -connect {host}:{port} -servername {host} </dev/null",
        "nginx-gen route {environment} {url}",
    ],
};

pub(in crate::checks) const TLS_VERSION: Advice = Advice {
    causes: &[
        "`ssl_protocols` does not hold this version, or holds it undeclared, in the *default* server of the port: it decides \
         before a name is known",
        "`ssl_ciphers` leaves none for it",
    ],
    directives: &["ssl_protocols", "ssl_ciphers"],
    commands: &[
        "sudo nginx -T | grep -nE 'default_server|ssl_protocols'",
        "openssl s_client -connect {host}:{port} -servername {host} </dev/null",
    ],
};

pub(in crate::checks) const TLS_NAME: Advice = Advice {
    causes: &[
        "no server of this name listens at this address and port: the default server refuses unknown names \
         (`ssl_reject_handshake on`)",
        "the name is misspelt in `server_name`, or its site is not enabled",
    ],
    directives: &["listen", "server_name"],
    commands: &["sudo nginx -T | grep -nE 'listen|server_name'", "ls -l /etc/nginx/sites-enabled/"],
};

pub(in crate::checks) const ALPN: Advice = Advice {
    causes: &[
        "`http2` is missing at `listen` (before nginx 1.25.1) or as `http2 on` (from it on), or stands where it is not declared",
        "another server of the same socket says `listen … http2`, which counts for all of them",
    ],
    directives: &["http2", "listen"],
    commands: &[
        "openssl s_client -connect {host}:{port} -servername {host} -alpn h2,http/1.1 </dev/null | grep ALPN",
    ],
};
