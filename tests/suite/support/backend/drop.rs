//! Takes a request and goes away.

use std::io::{self, Read as _};
use std::sync::Mutex;
use std::time::Instant;

use super::Connection;
use crate::support::http::Head;

/// Reads one request and closes the connection without an answer, as a program does that crashes over it.
pub(super) fn serve(connection: &mut Connection, taken: &Mutex<Vec<Instant>>) -> io::Result<()> {
    let Some(head) = Head::read(&mut connection.from)? else { return Ok(()) };
    head.body(&mut connection.from, false).read_to_end(&mut Vec::new())?;
    taken.lock().expect("nobody panics while holding it").push(Instant::now());
    Ok(())
}
