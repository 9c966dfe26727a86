//! Says what it was asked.

use std::io::{self, Read as _, Write as _};

use super::Connection;
use crate::support::http::Head;

/// Answers one request after the other, as long as the client keeps the connection, and names the client's end of it.
pub(super) fn serve(connection: &mut Connection) -> io::Result<()> {
    while let Some(head) = Head::read(&mut connection.from)? {
        let mut answer = head.text();
        head.body(&mut connection.from, false).read_to_string(&mut answer)?;
        let last = head.says("Connection", "close") || head.line.ends_with("HTTP/1.0");
        write!(
            connection.to,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Peer: {}\r\nContent-Length: {}\r\n{}\r\n{answer}",
            connection.to.peer_addr()?,
            answer.len(),
            if last { "Connection: close\r\n" } else { "" },
        )?;
        if last {
            break;
        }
    }
    Ok(())
}
