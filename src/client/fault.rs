//! What went wrong, and at which step.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::io::Errno;

use super::Refusal;

/// Why an operation of the client came to nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The name leads to no address.
    Name(String),
    /// Nobody listens at the address, or it cannot be reached.
    Connect(String),
    /// This machine does not let it be tried: it says nothing of the peer.
    Here(String),
    /// The TLS handshake failed; why, in the words of the TLS library or of the peer's alert.
    Tls(String),
    /// The certificate is not believed.
    Certificate(Refusal),
    /// The peer closed the connection where an answer was to come.
    Closed,
    /// The peer did not answer as the protocol asks.
    Protocol(String),
    /// A WebSocket opened in none of the subprotocols that were offered; why, in the words of the library.
    Subprotocol(String),
    /// A WebSocket handshake was answered with this status instead of 101.
    Refused(u16),
    /// Nothing came for so long.
    Timeout(Duration),
}

impl Fault {
    /// A failed attempt to connect to an address.
    pub(super) fn refused(address: SocketAddr, error: &io::Error) -> Fault {
        let is_of_this_machine = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM]
            .iter()
            .any(|full| error.raw_os_error() == Some(full.raw_os_error()));
        match is_of_this_machine {
            true => Fault::Here(error.to_string()),
            false => Fault::Connect(format!("{address}: {error}")),
        }
    }

    /// A failed read or write of an open connection.
    pub(super) fn broken(error: &io::Error) -> Fault {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Fault::Closed,
            _ => Fault::Protocol(error.to_string()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Name(why) => write!(f, "no address: {why}"),
            Fault::Certificate(refusal) => refusal.fmt(f),
            Fault::Connect(why) => write!(f, "no connection: {why}"),
            Fault::Here(why) => write!(f, "not to be tried on this machine: {why}"),
            Fault::Tls(why) => write!(f, "no TLS handshake: {why}"),
            Fault::Closed => f.write_str("the connection was closed"),
            Fault::Protocol(why) => f.write_str(why),
            Fault::Subprotocol(why) => write!(f, "101 without the subprotocol: {why}"),
            Fault::Refused(status) => write!(f, "answered with {status} instead of 101"),
            Fault::Timeout(after) => write!(f, "nothing for {} ms", after.as_millis()),
        }
    }
}

impl std::error::Error for Fault {}

/// Bounds an operation in time.
pub(super) async fn within<T>(
    deadline: Duration,
    operation: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    tokio::time::timeout(deadline, operation).await.unwrap_or(Err(Fault::Timeout(deadline)))
}
