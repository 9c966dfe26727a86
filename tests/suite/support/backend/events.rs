//! A stream of Server-Sent Events.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::Connection;
use crate::support::http::Head;

/// What to stream: `data: 0`, `data: 1`, …
#[derive(Clone, Copy, Debug)]
pub(crate) struct Events {
    pub(crate) count: usize,
    /// The pause between two of them.
    pub(crate) every: Duration,
    /// More headers of the answer, each with its line end.
    pub(crate) headers: &'static str,
}

/// Answers one request, framed as the servers in use do: in chunks, or up to the end of the connection for a
/// client that speaks HTTP/1.0 or uwsgi.
pub(super) fn serve(
    events: &Events,
    connection: &mut Connection,
    sent: &Mutex<Vec<Instant>>,
) -> io::Result<()> {
    let Some(chunked) = takes_chunks(connection)? else { return Ok(()) };
    let framing = if chunked { "Transfer-Encoding: chunked\r\n" } else { "" };
    let to = &mut connection.to;
    write!(
        to,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n{framing}{}\r\n",
        events.headers
    )?;
    for number in 0..events.count {
        if number > 0 {
            thread::sleep(events.every);
        }
        let event = format!("data: {number}\n\n");
        // Before it is written: it cannot arrive earlier than that.
        sent.lock().expect("nobody panics while holding it").push(Instant::now());
        if chunked { write!(to, "{:x}\r\n{event}\r\n", event.len())? } else { write!(to, "{event}")? }
    }
    if chunked { to.write_all(b"0\r\n\r\n") } else { Ok(()) }
}

/// Reads a request; whether an answer to it may come in chunks.
fn takes_chunks(connection: &mut Connection) -> io::Result<Option<bool>> {
    let from = &mut connection.from;
    // A request of uwsgi begins with a zero, where one of HTTP has its method, and the length of what follows.
    if from.fill_buf()?.first() == Some(&0) {
        let mut head = [0; 4];
        from.read_exact(&mut head)?;
        let length = u16::from_le_bytes([head[1], head[2]]);
        io::copy(&mut from.take(length.into()), &mut io::sink())?;
        return Ok(Some(false));
    }
    Ok(Head::read(from)?.map(|head| !head.line.ends_with("HTTP/1.0")))
}
