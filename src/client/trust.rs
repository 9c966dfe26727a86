//! Whose certificates are believed.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::refusal::DAY;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{self, CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Whose certificates are believed. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Trust(Arc<dyn ServerCertVerifier>);

impl Trust {
    /// The authorities this machine trusts.
    ///
    /// # Errors
    /// When the machine has none: every certificate would be refused.
    pub fn system() -> io::Result<Trust> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let why = found.errors.first().map_or_else(String::new, |error| format!(": {error}"));
            return Err(io::Error::other(format!("this machine trusts no certificate authority{why}")));
        }
        Trust::in_roots(roots)
    }

    /// These certificates, in DER, and what they sign.
    ///
    /// # Errors
    /// When one of them is no certificate, or there is none.
    pub fn roots<'c>(certificates: impl IntoIterator<Item = &'c [u8]>) -> io::Result<Trust> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates {
            roots.add(CertificateDer::from(certificate)).map_err(io::Error::other)?;
        }
        Trust::in_roots(roots)
    }

    /// The certificates of a file, in PEM, and what they sign.
    ///
    /// # Errors
    /// When it cannot be read, or holds none.
    pub fn file(path: &Path) -> io::Result<Trust> {
        let read = CertificateDer::pem_file_iter(path).map_err(io::Error::other)?;
        let certificates: Vec<_> = read.collect::<Result<_, _>>().map_err(io::Error::other)?;
        if certificates.is_empty() {
            return Err(io::Error::other("it holds no certificate"));
        }
        Trust::roots(certificates.iter().map(AsRef::as_ref))
    }

    /// For how many whole days from now on a chain, the peer's own certificate first, will be believed for a name, at
    /// most `limit`; none where it is not believed now.
    pub fn days_left(&self, chain: &[Vec<u8>], name: &str, limit: u64) -> Option<u64> {
        let name = ServerName::try_from(name.to_owned()).ok()?;
        let chain: Vec<_> = chain.iter().map(|one| CertificateDer::from(one.as_slice())).collect();
        let (own, between) = chain.split_first()?;
        let now = UnixTime::now().as_secs();
        let is_believed = |days: u64| {
            let then = UnixTime::since_unix_epoch(Duration::from_secs(now + days * DAY));
            self.0.verify_server_cert(own, between, &name, &[], then).is_ok()
        };
        // The first day on which it is not: its dates are nowhere told, but the answer changes only once.
        let (mut good, mut bad) = (is_believed(0).then_some(0)?, limit + 1);
        while bad - good > 1 {
            let middle = good.midpoint(bad);
            if is_believed(middle) { good = middle } else { bad = middle }
        }
        Some(good)
    }

    /// Everybody: names and dates of certificates are not looked at.
    pub fn anyone() -> Trust {
        Trust(Arc::new(Anyone(provider())))
    }

    fn in_roots(roots: RootCertStore) -> io::Result<Trust> {
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider());
        Ok(Trust(verifier.build().map_err(io::Error::other)?))
    }

    pub(super) fn verifier(&self) -> Arc<dyn ServerCertVerifier> {
        self.0.clone()
    }
}

/// The one implementation of TLS's arithmetic.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(crypto::ring::default_provider())
}

/// Believes any certificate whose key the peer holds.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
