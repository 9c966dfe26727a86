//! `tls:` certificates and what is offered to clients.

use std::sync::Arc;

use super::ciphers::ciphers;
use super::fields::{Fields, Found, Key, key, one_or_many};
use super::node::{Node, Value};
use super::scalar::{as_written, one_of, truth, whole_number};
use super::server_name::ServerName;
use super::values::{bad_value, file_path};
use crate::diagnostic::Diagnostic;

/// Keys of `tls:`.
pub(super) const KEYS: &[Key] = &[
    key(
        "certificates",
        "`letsencrypt`, or a certificate with its key",
        "`letsencrypt` means `/etc/letsencrypt/live/<server_name>/…`",
    ),
    key("protocols", "list", "`TLSv1.2` and `TLSv1.3` when left out"),
    key("ciphers", "text", "an OpenSSL cipher list for TLS 1.2; the profile's when left out"),
    key(
        "prefer_server_ciphers",
        "`true` or `false`",
        "whether the server's order of ciphers counts; the profile's when left out",
    ),
    key(
        "hsts",
        "seconds",
        "how long browsers insist on HTTPS, 63072000 (two years) when left out; 0 leaves the header out",
    ),
];

/// Keys of a certificate.
pub(super) const CERTIFICATE_KEYS: &[Key] = &[
    key("certificate", "file", "the certificate with its chain, in PEM"),
    key("certificate_key", "file", "its private key, in PEM"),
];

/// Two years, as the preload lists ask for.
const HSTS: u64 = 63_072_000;

/// What a site offers to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Where certificates lie.
    pub certificates: Certificates,
    /// Protocol versions, in nginx's spelling.
    pub protocols: Vec<&'static str>,
    /// An OpenSSL cipher list.
    pub ciphers: Option<String>,
    /// Whether the server's order of ciphers counts.
    pub prefer_server_ciphers: Option<bool>,
    /// Strict-Transport-Security in seconds; 0 for none.
    pub hsts: u64,
}

/// Where certificates lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificates {
    /// Certbot's folder for the site's first name.
    LetsEncrypt,
    /// One certificate for all.
    Files(Certificate),
}

/// A certificate and its key, as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate with its chain.
    pub certificate: String,
    /// The private key.
    pub certificate_key: String,
}

impl Certificates {
    /// The files for a site whose first name is `name`.
    pub fn for_site(&self, name: &ServerName) -> Certificate {
        match self {
            Certificates::Files(files) => files.clone(),
            Certificates::LetsEncrypt => {
                let folder = format!("/etc/letsencrypt/live/{}", name.domain());
                Certificate {
                    certificate: format!("{folder}/fullchain.pem"),
                    certificate_key: format!("{folder}/privkey.pem"),
                }
            }
        }
    }
}

const PROTOCOLS: &[(&str, &str)] =
    &[("TLSv1", "TLSv1"), ("TLSv1.1", "TLSv1.1"), ("TLSv1.2", "TLSv1.2"), ("TLSv1.3", "TLSv1.3")];

/// Whether TLS is offered.
pub(super) enum Offer {
    /// `tls: none`: clear HTTP.
    Clear,
    /// With these settings.
    Tls(Arc<Tls>),
}

impl Offer {
    /// The settings, if there are any.
    pub(super) fn into_settings(self) -> Option<Arc<Tls>> {
        match self {
            Offer::Clear => None,
            Offer::Tls(tls) => Some(tls),
        }
    }
}

/// Reads `tls:`.
pub(super) fn tls(node: &Node, found: &mut Found) -> Option<Offer> {
    if matches!(&node.value, Value::Scalar { text, .. } if &**text == "none") {
        return Some(Offer::Clear);
    }
    let fields = Fields::of(node, "`tls`", &[KEYS], found)?;
    let certificates = fields.optional("certificates", found, certificates);
    let protocols = fields.optional("protocols", found, protocols);
    let protocols = protocols.unwrap_or_else(|| vec!["TLSv1.2", "TLSv1.3"]);
    if fields.entry("protocols").is_some_and(|entry| entry.value.size == 1) && protocols.is_empty() {
        found
            .push(Diagnostic::error("bad-value", "a list of TLS versions without any").at(fields.span(), ""));
    }
    let ciphers = fields.optional("ciphers", found, ciphers);
    let prefer_server_ciphers = fields.optional("prefer_server_ciphers", found, truth);
    let hsts = fields.optional("hsts", found, |node, found| {
        whole_number(node, "a number of seconds", 0..=4_000_000_000, found)
    });
    Some(Offer::Tls(Arc::new(Tls {
        certificates: certificates.unwrap_or(Certificates::LetsEncrypt),
        protocols,
        ciphers,
        prefer_server_ciphers,
        hsts: hsts.unwrap_or(HSTS),
    })))
}

fn protocols(node: &Node, found: &mut Found) -> Option<Vec<&'static str>> {
    let mut seen = Vec::new();
    one_or_many(node, "a list of TLS versions", found, |node, found| {
        let protocol = one_of(node, "a TLS version", PROTOCOLS, found)?;
        if seen.contains(&protocol) {
            found.push(bad_value(node, format!("`{protocol}` stands twice")).help("delete one of the two"));
        }
        seen.push(protocol);
        Some(protocol)
    })
}

fn certificates(node: &Node, found: &mut Found) -> Option<Certificates> {
    if matches!(node.value, Value::Mapping(_)) {
        return certificate(node, found).map(Certificates::Files);
    }
    let expected = "`letsencrypt` or a mapping with `certificate` and `certificate_key`";
    if as_written(node, expected, found)? == "letsencrypt" {
        Some(Certificates::LetsEncrypt)
    } else {
        found.push(super::fields::wrong_type(node, expected));
        None
    }
}

/// Reads a certificate with its key.
pub(super) fn certificate(node: &Node, found: &mut Found) -> Option<Certificate> {
    let fields = Fields::of(node, "a certificate", &[CERTIFICATE_KEYS], found)?;
    let certificate = fields.required("certificate", found, file_path);
    let certificate_key = fields.required("certificate_key", found, file_path);
    Some(Certificate { certificate: certificate?, certificate_key: certificate_key? })
}
