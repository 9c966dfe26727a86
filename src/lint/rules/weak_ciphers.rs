//! Ciphers that protect nothing.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "weak-ciphers",
    severity: Severity::Warning,
    summary: "`ssl_ciphers` that asks for RC4, DES, export, anonymous or empty ciphers",
    explanation: "\
The list is read as OpenSSL reads it: a name adds ciphers, `+` before one only moves it to the end, `-` takes it out for now and
`!` for good, wherever it stands. Told of is a name that adds a cipher which is broken (RC4, DES and 3DES, RC2, IDEA, SEED,
export grades, MD5) or protects from nobody (`NULL`, anonymous key exchange) and that no `!` takes out. `HIGH:!aNULL:!MD5`,
nginx's own default, is fine, and `!RC4` asks for nothing. An OpenSSL that is built without such a cipher passes the name over.",
    bad: &[
        Example::new(
            "\
server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:DES-CBC3-SHA:RC4-SHA:HIGH;
}
",
        )
        .tried(Trial::Nothing("which ciphers there are is for OpenSSL's build to say")),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_ciphers HIGH:!aNULL:!MD5;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_ciphers 'EECDH+AESGCM:HIGH+kEECDH:DES-CBC3-SHA:+RC4:!3DES:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK';
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

/// Words for a weak cipher, each with the words by which `!` takes it out.
const WEAK: [(&str, &[&str]); 20] = [
    ("RC4", &["RC4", "MEDIUM"]),
    ("RC2", &["RC2", "EXPORT", "EXP"]),
    ("DES", &["DES", "LOW", "EXPORT", "EXP"]),
    ("3DES", &["3DES", "DES-CBC3-SHA"]),
    ("DES3", &["3DES", "DES"]),
    ("CBC3", &["3DES", "DES-CBC3-SHA"]),
    ("IDEA", &["IDEA", "MEDIUM"]),
    ("SEED", &["SEED", "MEDIUM"]),
    ("MD5", &["MD5"]),
    ("EXP", &["EXPORT", "EXP"]),
    ("EXPORT", &["EXPORT", "EXP"]),
    ("EXPORT40", &["EXPORT", "EXP", "EXPORT40"]),
    ("EXPORT56", &["EXPORT", "EXP", "EXPORT56"]),
    ("LOW", &["LOW"]),
    ("NULL", &["NULL", "eNULL"]),
    ("eNULL", &["NULL", "eNULL"]),
    ("aNULL", &["aNULL"]),
    ("ADH", &["aNULL", "ADH", "DH"]),
    ("AECDH", &["aNULL", "AECDH"]),
    ("SSLv2", &["SSLv2"]),
];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for ciphers in subject.here("ssl_ciphers") {
        let Some(list) = ciphers.arg(0) else { continue };
        let weak = weak(list.content());
        if !weak.is_empty() {
            let names: Vec<_> = weak.iter().map(|name| format!("`{name}`")).collect();
            let fault = RULE.finding(format!("asks for {}", names.join(", "))).at(list.span(), "");
            let fault =
                fault.why("what is sent by such a cipher can be read by others, or goes to somebody who has shown no certificate");
            found.push(fault.help(
                "take them out, or write what is no cipher of yours with a `!`: `HIGH:!aNULL:!MD5:!3DES`",
            ));
        }
    }
}

/// The elements of a list that add a weak cipher.
fn weak(list: &str) -> Vec<&str> {
    let elements = || list.split([':', ',', ' ', ';']).filter(|element| !element.is_empty());
    let out: Vec<_> = elements().filter_map(|element| element.strip_prefix(['!', '-'])).collect();
    let is_out = |by: &[&str]| by.iter().any(|word| out.contains(word));
    let is_weak = |element: &&str| {
        let words: Vec<_> = element.split(['+', '-', '_']).collect();
        let is_known_out = out.contains(element) || words.iter().any(|word| out.contains(word));
        // `DES` of `DES-CBC3-SHA` is 3DES.
        let is_triple = words.contains(&"CBC3") || words.contains(&"3DES");
        !element.starts_with(['!', '-', '+', '@'])
            && !is_known_out
            && WEAK
                .iter()
                .any(|(weak, by)| words.contains(weak) && !(is_triple && *weak == "DES") && !is_out(by))
    };
    elements().filter(is_weak).collect()
}
