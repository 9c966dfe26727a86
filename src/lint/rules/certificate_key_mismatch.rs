//! A certificate and a key that do not belong together, by the names of their files.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "certificate-key-mismatch",
    severity: Severity::Warning,
    summary: "`ssl_certificate` and `ssl_certificate_key` exchanged, or of two certificates",
    explanation: "\
With a key in place of the certificate, or the key of another certificate, nginx does not start (`no start line`, `key values
mismatch`), but only where the files are: the test on another machine is clean. certbot keeps one folder for each
certificate, `live/<name>/` with `fullchain.pem` and `privkey.pem`, and both are to come from the same.",
    bad: &[
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/b.example.org/privkey.pem;
}
",
        )
        .tried(Trial::Nothing("nginx does not start with such files")),
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.key;
    ssl_certificate_key /etc/ssl/a.crt;
}
",
        ),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
}
",
        ),
        // One file may hold both.
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.crt;
    ssl_certificate_key /etc/ssl/a.crt;
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Name,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers.iter().filter(|server| server.find("ssl_certificate").is_some()) {
        let settings = Effective::inside(*server);
        let files = |name| settings.get(name).map(|set| set.directives).unwrap_or_default();
        // The first key is that of the first certificate, and so on.
        for (certificate, key) in files("ssl_certificate").into_iter().zip(files("ssl_certificate_key")) {
            let (Some(one), Some(other)) = (certificate.arg(0), key.arg(0)) else { continue };
            found.extend(told(certificate, one, key, other));
        }
    }
}

fn told(
    certificate: Directive<'_>,
    one: Argument<'_>,
    key: Directive<'_>,
    other: Argument<'_>,
) -> Option<Diagnostic> {
    let (one, other) = (one.value(), other.value());
    if one == other {
        return None;
    }
    let (first, second) = (lineage(&one), lineage(&other));
    let message = if is_key(&one) || is_certificate(&other) {
        "the certificate and its key are exchanged".to_owned()
    } else if let (Some(first), Some(second)) = (first, second)
        && first != second
    {
        format!("the certificate of `{first}` is given the key of `{second}`")
    } else {
        return None;
    };
    let fault =
        RULE.finding(message).at(certificate.head_span(), "the certificate").at(key.head_span(), "its key");
    let fault = fault.why("nginx does not start where these files are");
    Some(match first {
        Some(first) => fault.help(format!(
            "write `/etc/letsencrypt/live/{first}/fullchain.pem` and `/etc/letsencrypt/live/{first}/privkey.pem`"
        )),
        None => fault.help("name the certificate in `ssl_certificate` and its key in `ssl_certificate_key`"),
    })
}

/// The name of certbot's folder.
pub(super) fn lineage(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/letsencrypt/live/")?;
    let (name, _) = rest.split_once('/')?;
    // What a variable or a template puts there is not known.
    Some(name).filter(|name| !name.contains(['$', '{', '<', '%', '@']))
}

/// How files of keys and of certificates are called. Letters in names count.
const KEYS: [&str; 2] = ["/privkey.pem", ".key"];
const CERTIFICATES: [&str; 4] = [".crt", ".cer", "/fullchain.pem", "/chain.pem"];

fn is_key(path: &str) -> bool {
    KEYS.iter().any(|end| path.ends_with(end))
}

fn is_certificate(path: &str) -> bool {
    CERTIFICATES.iter().any(|end| path.ends_with(end))
}
