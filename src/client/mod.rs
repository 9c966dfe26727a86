//! A client that says what it saw, to the millisecond: HTTP/1.1 and HTTP/2, in clear and over TLS, and WebSocket.
//!
//! It connects to an address under a name, so that a name need not be in any DNS. Every operation ends by its
//! deadline; what does not work is a [`Fault`] that says at which step it did not.

mod connection;
mod fault;
mod hello;
mod http;
mod refusal;
mod trust;
mod websocket;

pub use connection::{Connection, Endpoint, Handshake, Tls, connect};
pub use fault::Fault;
pub use hello::{Answer, OldVersion, offer};
pub use http::{Body, Reply, Request, Session, Version};
pub use refusal::Refusal;
pub use trust::Trust;
pub use websocket::{Message, Opening, Socket, open};

/// What it calls itself; `purpose` says which command it works for: `test` or `probe`.
pub fn user_agent(purpose: &str) -> String {
    format!("nginx-gen/{} (+{purpose})", env!("CARGO_PKG_VERSION"))
}
