//! OCSP stapling for certificates that name no responder.

use super::certificate_key_mismatch::lineage;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "stapling-without-responder",
    severity: Severity::Hint,
    summary: "`ssl_stapling on` with a certificate of Let's Encrypt, which answers no OCSP any more",
    explanation: "\
Let's Encrypt has put no OCSP address into certificates since May 2025, and switched its responders off in August 2025. nginx
then staples nothing, and warns at every start and reload: `\"ssl_stapling\" ignored, no OCSP responder URL in the certificate`.
Of certificates of others that name one, `ssl_stapling` stays of use.",
    bad: &[Example::new(
        "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
    ssl_stapling on;
}
",
    )
    .tried(Trial::Nothing("nginx serves as before; it is at its start that it warns"))],
    good: &[Example::new(
        "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_stapling on;
}

server {
    listen 443 ssl;
    server_name b.example.org;
    ssl_certificate /etc/letsencrypt/live/b.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/b.example.org/privkey.pem;
    ssl_stapling off;
}
",
    )
    .near_miss()],
    reach: Reach::Name,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers {
        let Some(path) = server.find("ssl_certificate").and_then(|certificate| certificate.arg(0)) else {
            continue;
        };
        if lineage(&path.value()).is_none() {
            continue;
        }
        let Some(stapling) = server.find("ssl_stapling") else { continue };
        if !stapling.arg(0).is_some_and(|value| value.is("on")) {
            continue;
        }
        found.push(
            RULE.finding("nothing is stapled to a certificate of Let's Encrypt")
                .at(stapling.head_span(), "")
                .at(path.span(), "names no OCSP responder")
                .why("Let's Encrypt has ended OCSP in 2025; nginx ignores `ssl_stapling` and warns at every start")
                .help("remove `ssl_stapling` and `ssl_stapling_verify`"),
        );
    }
}
