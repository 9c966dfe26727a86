//! The server's side of a WebSocket.

use std::io::{self, Write as _};

use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::{Role, WebSocket};

use super::Connection;
use crate::support::http::Head;
use crate::support::unbroken::Unbroken;

/// Accepts the upgrade when all that it takes has arrived, and sends messages back.
pub(super) fn serve(connection: &mut Connection) -> io::Result<()> {
    let Some(head) = Head::read(&mut connection.from)? else { return Ok(()) };
    // An `Upgrade` in HTTP/1.0 must be ignored (RFC 9110, 7.8); of the servers in use some do so, not all.
    let asked = head.line.ends_with("HTTP/1.1")
        && head.says("Upgrade", "websocket")
        && head.says("Connection", "upgrade");
    let (true, Some(key)) = (asked, head.header("Sec-WebSocket-Key")) else {
        if head.line.starts_with("GET /auth ") {
            return write!(connection.to, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        }
        let text = head.text();
        return write!(
            connection.to,
            "HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        );
    };
    let accept = derive_accept_key(key.as_bytes());
    write!(
        connection.to,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )?;
    let mut socket = WebSocket::from_raw_socket(Unbroken(connection.to.try_clone()?), Role::Server, None);
    // Ends when the client closes, or goes away.
    while let Ok(message) = socket.read() {
        if message.is_text() || message.is_binary() {
            socket.send(message).map_err(io::Error::other)?;
        }
    }
    Ok(())
}
