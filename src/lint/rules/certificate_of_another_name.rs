//! A certificate in a folder that is named after quite another domain.

use std::borrow::Cow;

use super::certificate_key_mismatch::lineage;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "certificate-of-another-name",
    severity: Severity::Hint,
    summary: "certbot's certificate of another domain than every name of the server",
    explanation: "\
certbot names the folder of a certificate after its first domain. Where that is of quite another domain than all names of the
server, the path was mostly copied from another site, and clients refuse the connection for the name is not on the
certificate. One certificate may hold names of several domains, so it is a hint; a certificate of a name above, below or
beside those of the server is not told.",
    bad: &[Example::new(
        "\
server {
    listen 443 ssl;
    server_name shop.example.net;
    ssl_certificate /etc/letsencrypt/live/blog.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/blog.example.org/privkey.pem;
}
",
    )
    .tried(Trial::Nothing("the stand-in's certificate has other names"))],
    good: &[
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name shop.example.net;
    ssl_certificate /etc/letsencrypt/live/shop.example.net-0001/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/shop.example.net-0001/privkey.pem;
}
",
        ),
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name api.example.net shop.example.com;
    ssl_certificate /etc/letsencrypt/live/www.example.net/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/www.example.net/privkey.pem;
}

server {
    listen 443 ssl;
    server_name shop.example.org;
    ssl_certificate /etc/letsencrypt/live/everything/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/everything/privkey.pem;
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Name,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers {
        let Some(path) = server.find("ssl_certificate").and_then(|certificate| certificate.arg(0)) else {
            continue;
        };
        let value = path.value();
        let Some(name) = lineage(&value).filter(|name| name.contains('.')) else { continue };
        let names: Vec<_> = server.find_all("server_name").flat_map(Directive::args).collect();
        let is_other =
            |argument: &Argument<'_>| is_domain(&argument.value()) && !is_related(name, &argument.value());
        if let Some(first) = names.first().filter(|_| names.iter().all(is_other)) {
            found.push(told(path, *first, name));
        }
    }
}

/// A name in full: no regex, no star at the end, nothing for all names.
fn is_domain(name: &str) -> bool {
    name.contains('.')
        && !name.starts_with('~')
        && !name.ends_with('*')
        && !name.contains(['$', '{', '<', '%', '@'])
}

/// Whether two names end in the same two labels, three where the last two are short, as in `co.uk`.
fn is_related(one: &str, other: &str) -> bool {
    domain(one).eq_ignore_ascii_case(&domain(other))
}

fn domain(name: &str) -> Cow<'_, str> {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    let labels: Vec<_> = name.split('.').collect();
    let is_short =
        labels.len() > 2 && labels[labels.len() - 2].len() <= 3 && labels[labels.len() - 1].len() == 2;
    let count = if is_short { 3 } else { 2 };
    labels[labels.len().saturating_sub(count)..].join(".").into()
}

fn told(path: Argument<'_>, first: Argument<'_>, name: &str) -> Diagnostic {
    let asked = first.value();
    RULE.finding(format!("`{asked}` is served with the certificate of `{name}`"))
        .at(path.span(), "")
        .at(first.span(), "the name that clients ask for")
        .why("unless the certificate holds this name too, every client refuses the connection")
        .help(format!(
            "name the certificate of `{asked}`; if one certificate holds both, allow this with that reason"
        ))
}
