//! Protocols that should be spoken no more.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Argument;

pub(crate) static RULE: Rule = Rule {
    id: "deprecated-tls",
    severity: Severity::Warning,
    summary: "`ssl_protocols` with SSL 2 or 3, TLS 1.0 or 1.1",
    explanation: "\
SSL 3 is broken (POODLE), and RFC 8996 retired TLS 1.0 and 1.1 in 2021; no browser speaks them any more. Whether they are
spoken depends on the machine's OpenSSL too: one that is built or configured without them passes the names over. Only what
is written is told of: the default before 1.23.4 has the old ones in it as well.",
    bad: &[Example::new(
        "\
server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
}
",
    )
    .tried(Trial::Nothing("whether an old protocol is spoken is for OpenSSL's settings to say"))],
    good: &[
        Example::new(
            "\
server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_protocols TLSv1.2 TLSv1.3;
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

const OLD: [&str; 4] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for protocols in subject.every("ssl_protocols") {
        let is_old = |word: &Argument<'_>| OLD.iter().any(|name| word.content().eq_ignore_ascii_case(name));
        let old: Vec<_> = protocols.args().filter(is_old).collect();
        let Some((first, others)) = old.split_first() else { continue };
        let names: Vec<_> = old.iter().map(|word| format!("`{}`", word.content())).collect();
        let fault =
            RULE.finding(format!("{} should be spoken no more", names.join(", "))).at(first.span(), "");
        let fault = others.iter().fold(fault, |fault, word| fault.at(word.span(), ""));
        let fault =
            fault.why("attacks on them are known, and every browser of recent years speaks TLS 1.2");
        found.push(fault.help("write `ssl_protocols TLSv1.2 TLSv1.3;`"));
    }
}
