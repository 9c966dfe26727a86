//! A client that hides nothing: one connection a request, no redirects followed, no HTTP/2.

mod reply;
mod tls;

use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tungstenite::error::ProtocolError;
use tungstenite::protocol::WebSocket;

use super::http::Head;
use super::unbroken::Unbroken;
pub(crate) use reply::Reply;
pub(crate) use tls::resumes;

/// How long it waits for the next byte.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection, in clear or over TLS.
pub(crate) trait Stream: Read + Write + Send {}

impl<S: Read + Write + Send> Stream for S {}

/// What to ask for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: &'static str,
    url: Url,
    /// Each with its line end.
    headers: String,
    body: String,
}

/// `https://name:port/path` in its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Url {
    pub(crate) secure: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// With its query, from the slash on.
    pub(crate) path: String,
}

impl Request {
    /// A `GET`.
    pub(crate) fn get(url: &str) -> Request {
        Request { method: "GET", url: Url::parse(url), headers: String::new(), body: String::new() }
    }

    /// A `POST` of this text.
    pub(crate) fn post(url: &str, body: &str) -> Request {
        let headers = format!("Content-Length: {}\r\n", body.len());
        Request { method: "POST", url: Url::parse(url), headers, body: body.to_owned() }
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// Names its host in the request line, and another one in the `Host` header.
    #[must_use]
    pub(crate) fn claiming(mut self, host: &str) -> Request {
        self.url.path = format!("http://{}{}", self.url.host, self.url.path);
        host.clone_into(&mut self.url.host);
        self
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Sends it to `address`, whatever its URL resolves to.
    pub(crate) fn send(&self, address: SocketAddr) -> io::Result<Reply> {
        let Request { method, url: Url { host, path, .. }, headers, body } = self;
        let mut stream = self.url.connect(address)?;
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n{body}");
        stream.write_all(request.as_bytes())?;
        stream.flush()?;
        let mut from = BufReader::new(stream);
        let head = Head::read(&mut from)?;
        let head = head.ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "no answer"))?;
        Ok(Reply::new(head, from))
    }
}

/// Opens a WebSocket with this `Connection` header; the status of the answer when that is not 101, 0 when the server
/// closes instead, or answers without a header that it takes.
pub(crate) fn websocket(
    url: &Url,
    address: SocketAddr,
    connection: &str,
) -> Result<WebSocket<Box<dyn Stream>>, u16> {
    let stream = url.connect(address).expect("the server accepts connections");
    let Url { host, path, .. } = url;
    let request = tungstenite::http::Request::get(format!("ws://{host}{path}"))
        .header("Host", host)
        .header("Connection", connection)
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", tungstenite::handshake::client::generate_key());
    match tungstenite::client(request.body(()).expect("it is a request"), stream) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
            Err(answer.status().as_u16())
        }
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Protocol(
            ProtocolError::HandshakeIncomplete
            | ProtocolError::MissingUpgradeWebSocketHeader
            | ProtocolError::SecWebSocketAcceptKeyMismatch,
        ))) => Err(0),
        Err(error) => panic!("{url:?}: {error}"),
    }
}

impl Url {
    /// Panics at what it does not know: the URLs are the tests' own.
    pub(crate) fn parse(url: &str) -> Url {
        let (scheme, rest) = url.split_once("://").unwrap_or_else(|| panic!("{url} has no scheme"));
        let secure = match scheme {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => panic!("{url} is neither HTTP nor WebSocket"),
        };
        let (authority, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
        let default = if secure { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().unwrap_or_else(|error| panic!("{url}: {error}"))),
            None => (authority, default),
        };
        Url { secure, host: host.to_owned(), port, path: path.to_owned() }
    }

    fn connect(&self, address: SocketAddr) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let stream = Unbroken(stream);
        if self.secure { tls::connect(&self.host, stream) } else { Ok(Box::new(stream)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn a_url_has_the_port_of_its_scheme() {
        let url =
            |secure, port, path: &str| Url { secure, host: "a.org".to_owned(), port, path: path.to_owned() };
        assert_eq!(Url::parse("http://a.org"), url(false, 80, "/"));
        assert_eq!(Url::parse("wss://a.org/b?c"), url(true, 443, "/b?c"));
        assert_eq!(Url::parse("https://a.org:8443/"), url(true, 8443, "/"));
    }
}
