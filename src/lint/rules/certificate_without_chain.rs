//! certbot's `cert.pem`, which leaves out the certificate that vouches for it.

use super::certificate_key_mismatch::lineage;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "certificate-without-chain",
    severity: Severity::Warning,
    summary: "`ssl_certificate` with certbot's `cert.pem` instead of `fullchain.pem`",
    explanation: "\
`cert.pem` holds the server's own certificate and not the intermediate one that signed it. Browsers that have met the
intermediate elsewhere do not notice; curl, mobile apps, other servers and most WebSocket clients refuse the connection
(`unable to get local issuer certificate`). `fullchain.pem` beside it holds both.",
    bad: &[Example::new(
        "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/cert.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
}
",
    )
    .tried(Trial::Nothing("it takes a certificate that an intermediate one has signed"))],
    good: &[Example::new(
        "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
    ssl_trusted_certificate /etc/letsencrypt/live/a.example.org/chain.pem;
}

server {
    listen 443 ssl;
    server_name b.example.org;
    ssl_certificate /etc/ssl/b/cert.pem;
    ssl_certificate_key /etc/ssl/b/key.pem;
}
",
    )
    .near_miss()],
    reach: Reach::Name,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for certificate in subject.servers.iter().flat_map(|server| server.find_all("ssl_certificate")) {
        let Some(path) = certificate.arg(0) else { continue };
        let value = path.value();
        let Some(name) = lineage(&value).filter(|_| value.ends_with("/cert.pem")) else { continue };
        found.push(
            RULE.finding(format!("the certificate of `{name}` comes without its intermediate"))
                .at(path.span(), "the server's own certificate alone")
                .why(
                    "curl, apps and other servers refuse it; only browsers that know the intermediate do not",
                )
                .help("write `fullchain.pem` in place of `cert.pem`"),
        );
    }
}
