//! What went wrong, and at which step.

use std::fmt;
use std::io;
use std::time::Duration;

use super::Refusal;

/// Why an operation of the client came to nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The name leads to no address.
    Name(String),
    /// Nobody listens at the address, or it cannot be reached.
    Connect(String),
    /// The TLS handshake failed; why, in the words of the TLS library or of the peer's alert.
    Tls(String),
    /// The certificate is not believed.
    Certificate(Refusal),
    /// The peer closed the connection where an answer was to come.
    Closed,
    /// The peer did not answer as the protocol asks.
    Protocol(String),
    /// A WebSocket handshake was answered with this status instead of 101.
    Refused(u16),
    /// Nothing came for so long.
    Timeout(Duration),
}

impl Fault {
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
            Fault::Tls(why) => write!(f, "no TLS handshake: {why}"),
            Fault::Closed => f.write_str("the connection was closed"),
            Fault::Protocol(why) => f.write_str(why),
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
