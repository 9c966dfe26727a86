//! Certificates for one run: an authority, and what it signs for each path that the files name.

use std::collections::BTreeMap;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};

/// An authority that lives as long as the run.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: Vec<u8>,
    /// The key at each path of a key, made when it is first asked for.
    keys: BTreeMap<String, KeyPair>,
}

impl Authority {
    /// Makes one.
    pub(super) fn new() -> Result<Authority, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = named("nginx-gen throwaway authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let own = params.self_signed(&key)?;
        let (pem, der) = (own.pem(), own.der().to_vec());
        Ok(Authority { issuer: Issuer::new(params, key), pem, der, keys: BTreeMap::new() })
    }

    /// Its own certificate, in PEM.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// The same in DER.
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// A certificate with its chain in PEM, for names as `server_name` has them and the key at a path.
    pub(super) fn certificate(&mut self, names: &[String], key: &str) -> Result<String, rcgen::Error> {
        let names = subjects(names);
        let mut params = CertificateParams::new(names.clone())?;
        params.distinguished_name = named(names.first().map_or("localhost", String::as_str));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        self.key(key)?;
        let certificate = params.signed_by(&self.keys[key], &self.issuer)?;
        Ok(format!("{}{}", certificate.pem(), self.pem))
    }

    /// The key at a path, in PEM.
    pub(super) fn key(&mut self, path: &str) -> Result<String, rcgen::Error> {
        if let Some(key) = self.keys.get(path) {
            return Ok(key.serialize_pem());
        }
        let key = KeyPair::generate()?;
        let pem = key.serialize_pem();
        self.keys.insert(path.to_owned(), key);
        Ok(pem)
    }
}

/// The names a certificate can hold: `.a.org` stands for `a.org` and `*.a.org`; a regular expression, a
/// trailing wildcard and the empty name for none.
fn subjects(names: &[String]) -> Vec<String> {
    let mut subjects: Vec<String> = names
        .iter()
        .flat_map(|name| match name.strip_prefix('.') {
            Some(apex) => vec![apex.to_owned(), format!("*.{apex}")],
            None => vec![name.clone()],
        })
        .filter(|name| {
            let labels = name.strip_prefix("*.").unwrap_or(name);
            !labels.is_empty()
                && labels.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        })
        .collect();
    subjects.sort();
    subjects.dedup();
    if subjects.is_empty() {
        subjects.push("localhost".to_owned());
    }
    subjects
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    // A common name has at most 64 characters.
    name.push(DnType::CommonName, common_name.chars().take(64).collect::<String>());
    name
}

/// The group ffdhe2048 of RFC 7919, appendix A.1.
pub(super) const FFDHE2048: &str = "\
-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
";
