//! TLS with a server that has the rig's own certificate.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ALL_VERSIONS, ClientConfig, ClientConnection, DigitallySignedStruct, Error, HandshakeKind,
    SignatureScheme, StreamOwned, SupportedProtocolVersion,
};

use super::Stream;
use crate::support::nginx::Certificate;

/// A connection to `host`, which is sent as the server name.
pub(super) fn connect(host: &str, stream: impl Stream + 'static) -> io::Result<Box<dyn Stream>> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let session = ClientConnection::new(config(), name).map_err(io::Error::other)?;
    Ok(Box::new(StreamOwned::new(session, stream)))
}

fn config() -> Arc<ClientConfig> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    Arc::clone(CONFIG.get_or_init(|| Arc::new(new_config(ALL_VERSIONS))))
}

fn new_config(versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .expect("the provider has every version")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned(provider)))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// Whether a client that comes back resumes its session, in each version of TLS.
pub(crate) fn resumes(host: &str, address: SocketAddr) -> bool {
    ALL_VERSIONS.iter().all(|version| {
        let config = Arc::new(new_config(&[version]));
        let visit = || -> io::Result<Option<HandshakeKind>> {
            let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
            let session = ClientConnection::new(Arc::clone(&config), name).map_err(io::Error::other)?;
            let mut stream = StreamOwned::new(session, TcpStream::connect(address)?);
            // Tickets of TLS 1.3 come behind the handshake.
            write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
            stream.read_to_end(&mut Vec::new())?;
            Ok(stream.conn.handshake_kind())
        };
        let kinds = [visit(), visit()].map(|kind| kind.expect("nginx answers over TLS"));
        assert_eq!(kinds[0], Some(HandshakeKind::Full));
        kinds[1] == Some(HandshakeKind::Resumed)
    })
}

/// Trusts the one certificate of this run, for every name: it stands in for the certificates of all.
#[derive(Debug)]
struct Pinned(Arc<CryptoProvider>);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if certificate.as_ref() == Certificate::get().der {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::General("not the certificate of the rig".to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
