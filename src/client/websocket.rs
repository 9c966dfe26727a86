//! A WebSocket as a client sees it, down to pings and close codes.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request as Handshake;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Error};

use super::connection::Connection;
use super::fault::{Fault, within};

/// What to ask for.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The name it is addressed to, with its port where that is not the usual one.
    pub authority: String,
    /// Path and arguments.
    pub target: String,
    /// The subprotocols offered, the best first.
    pub subprotocols: Vec<String>,
    /// Headers beside those of the handshake.
    pub headers: Vec<(String, String)>,
}

/// What comes over a socket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
    /// A ping; the socket answers by itself.
    Ping(Bytes),
    /// A pong.
    Pong(Bytes),
    /// The peer says goodbye, with this code.
    Close(Option<u16>),
}

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<Connection>,
    /// The subprotocol the server chose.
    pub subprotocol: Option<String>,
}

/// Shakes hands.
///
/// # Errors
/// [`Fault::Refused`] with the status when it is not 101, and all that a request may meet.
pub async fn open(connection: Connection, opening: &Opening, deadline: Duration) -> Result<Socket, Fault> {
    let request = opening.request()?;
    within(deadline, async {
        let (stream, reply) =
            tokio_tungstenite::client_async(request, connection).await.map_err(|error| fault(&error))?;
        let chosen = reply.headers().get("sec-websocket-protocol");
        let subprotocol = chosen.map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
        Ok(Socket { stream, subprotocol })
    })
    .await
}

impl Opening {
    fn request(&self) -> Result<Handshake, Fault> {
        let odd = |error: &dyn std::fmt::Display| Fault::Protocol(format!("not a request: {error}"));
        let url = format!("ws://{}{}", self.authority, self.target);
        let mut request = url.into_client_request().map_err(|error| odd(&error))?;
        let offered = (!self.subprotocols.is_empty()).then(|| self.subprotocols.join(", "));
        let offered = offered.map(|names| ("sec-websocket-protocol".to_owned(), names));
        for (name, value) in self.headers.iter().cloned().chain(offered) {
            let name = HeaderName::try_from(name).map_err(|error| odd(&error))?;
            request.headers_mut().append(name, HeaderValue::try_from(value).map_err(|error| odd(&error))?);
        }
        Ok(request)
    }
}

impl Socket {
    /// Sends a message. With [`Message::Close`] the closing handshake begins; go on to read its answer.
    ///
    /// # Errors
    /// When the peer is gone or takes nothing.
    pub async fn send(&mut self, message: Message, deadline: Duration) -> Result<(), Fault> {
        let message = match message {
            Message::Text(text) => tungstenite::Message::text(text),
            Message::Binary(bytes) => tungstenite::Message::Binary(bytes),
            Message::Ping(bytes) => tungstenite::Message::Ping(bytes),
            Message::Pong(bytes) => tungstenite::Message::Pong(bytes),
            Message::Close(code) => tungstenite::Message::Close(
                code.map(|code| CloseFrame { code: code.into(), reason: "".into() }),
            ),
        };
        within(deadline, async { self.stream.send(message).await.map_err(|error| fault(&error)) }).await
    }

    /// The next message.
    ///
    /// # Errors
    /// [`Fault::Closed`] when the connection ends, with or without a goodbye before.
    pub async fn receive(&mut self, deadline: Duration) -> Result<Message, Fault> {
        within(deadline, async {
            loop {
                let message =
                    self.stream.next().await.ok_or(Fault::Closed)?.map_err(|error| fault(&error))?;
                return Ok(match message {
                    tungstenite::Message::Text(text) => Message::Text(text.as_str().to_owned()),
                    tungstenite::Message::Binary(bytes) => Message::Binary(bytes),
                    tungstenite::Message::Ping(bytes) => Message::Ping(bytes),
                    tungstenite::Message::Pong(bytes) => Message::Pong(bytes),
                    tungstenite::Message::Close(frame) => {
                        Message::Close(frame.map(|frame| u16::from(frame.code)))
                    }
                    // Never read as such, its documentation says.
                    tungstenite::Message::Frame(_) => continue,
                });
            }
        })
        .await
    }
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::Http(reply) => Fault::Refused(reply.status().as_u16()),
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => Fault::Closed,
        Error::Io(error) => Fault::broken(error),
        Error::Protocol(tungstenite::error::ProtocolError::SecWebSocketSubProtocolError(why)) => {
            Fault::Subprotocol(why.to_string())
        }
        other => Fault::Protocol(other.to_string()),
    }
}
