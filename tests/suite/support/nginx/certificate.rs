//! The certificate that stands in for all others.

use std::sync::OnceLock;

/// A self-signed certificate and its key, made once for the whole run.
#[derive(Debug)]
pub(crate) struct Certificate {
    /// As it goes over the wire.
    pub(crate) der: Vec<u8>,
    /// For `ssl_certificate`.
    pub(crate) pem: String,
    /// For `ssl_certificate_key`.
    pub(crate) key: String,
}

impl Certificate {
    /// The one of this run.
    pub(crate) fn get() -> &'static Certificate {
        static CERTIFICATE: OnceLock<Certificate> = OnceLock::new();
        CERTIFICATE.get_or_init(|| {
            // The curve P-256: its keys are made in no time, and every nginx takes them.
            let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
            let made = made.expect("a certificate for one plain name can be made");
            Certificate {
                der: made.cert.der().to_vec(),
                pem: made.cert.pem(),
                key: made.signing_key.serialize_pem(),
            }
        })
    }
}
