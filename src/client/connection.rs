//! A connection to an address under a name, in clear or over TLS.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ProtocolVersion, SupportedProtocolVersion, version};

use super::Refusal;
use super::fault::{Fault, within};
use super::trust::{Trust, provider};

/// Where to connect, and as whom the peer is addressed.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The address.
    pub address: SocketAddr,
    /// The name that TLS asks for and verifies.
    pub name: String,
    /// How TLS is spoken; none for clear text.
    pub tls: Option<Tls>,
}

/// How TLS is spoken.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Whose certificates are believed.
    pub trust: Trust,
    /// The protocols offered by ALPN, the best first; none leaves the extension out.
    pub alpn: Vec<&'static str>,
    /// Versions offered, in nginx's words `TLSv1.2` and `TLSv1.3`; empty for both.
    pub versions: Vec<&'static str>,
}

/// What a TLS handshake came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The version in nginx's words: `TLSv1.3`.
    pub version: &'static str,
    /// The protocol the server chose by ALPN.
    pub alpn: Option<String>,
    /// The certificates of the peer in DER, its own first.
    pub chain: Vec<Vec<u8>>,
}

/// An open connection.
pub struct Connection {
    stream: Stream,
    /// What TLS agreed on; none in clear text.
    pub handshake: Option<Handshake>,
}

enum Stream {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects.
///
/// # Errors
/// When nobody listens, the handshake fails, or it takes longer than `deadline`.
pub async fn connect(endpoint: &Endpoint, deadline: Duration) -> Result<Connection, Fault> {
    within(deadline, async {
        let refused = |error: io::Error| Fault::refused(endpoint.address, &error);
        let tcp = TcpStream::connect(endpoint.address).await.map_err(refused)?;
        tcp.set_nodelay(true).map_err(refused)?;
        match &endpoint.tls {
            None => Ok(Connection { stream: Stream::Clear(tcp), handshake: None }),
            Some(tls) => secure(tcp, &endpoint.name, tls).await,
        }
    })
    .await
}

async fn secure(tcp: TcpStream, name: &str, tls: &Tls) -> Result<Connection, Fault> {
    let failed = |error: &dyn fmt::Display| Fault::Tls(error.to_string());
    let name = ServerName::try_from(name.to_owned()).map_err(|error| failed(&error))?;
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder.with_protocol_versions(&versions(&tls.versions)).map_err(|error| failed(&error))?;
    let mut config =
        builder.dangerous().with_custom_certificate_verifier(tls.trust.verifier()).with_no_client_auth();
    config.alpn_protocols = tls.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    let stream = connecting.await.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            Fault::Tls("the connection was closed".to_owned())
        }
        _ => Refusal::of(&error).map_or_else(|| failed(&error), Fault::Certificate),
    })?;
    let handshake = Some(agreed(&stream));
    Ok(Connection { stream: Stream::Tls(Box::new(stream)), handshake })
}

fn versions(wanted: &[&str]) -> Vec<&'static SupportedProtocolVersion> {
    let all = [("TLSv1.3", &version::TLS13), ("TLSv1.2", &version::TLS12)];
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&name);
    all.into_iter().filter(|(name, _)| is_wanted(name)).map(|(_, version)| version).collect()
}

fn agreed(stream: &TlsStream<TcpStream>) -> Handshake {
    let session = stream.get_ref().1;
    let alpn = session.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
    let chain = session.peer_certificates().unwrap_or_default();
    let version = match session.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
        _ => "TLSv1.2",
    };
    Handshake { version, alpn, chain: chain.iter().map(|one| one.to_vec()).collect() }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Clear(stream) => Pin::new(stream).poll_read(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Clear(stream) => Pin::new(stream).poll_write(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Clear(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Clear(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("handshake", &self.handshake).finish_non_exhaustive()
    }
}
