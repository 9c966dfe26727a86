//! What came back.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::time::Instant;

use super::Stream;
use crate::support::http::{Body, Head};

/// An answer whose body has not been read yet.
pub(crate) struct Reply {
    pub(crate) head: Head,
    body: Body<BufReader<Box<dyn Stream>>>,
}

impl Reply {
    pub(super) fn new(head: Head, from: BufReader<Box<dyn Stream>>) -> Reply {
        let body = head.body(from, true);
        Reply { head, body }
    }

    /// `200`.
    pub(crate) fn status(&self) -> u16 {
        let status = self.head.line.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.unwrap_or_else(|| panic!("no status: {:?}", self.head.line))
    }

    /// The body.
    pub(crate) fn text(mut self) -> io::Result<String> {
        let mut text = String::new();
        self.body.read_to_string(&mut text)?;
        Ok(text)
    }

    /// When the first byte of the body had arrived; the rest is read, whatever its encoding.
    pub(crate) fn first_byte(mut self) -> io::Result<Instant> {
        self.body.read_exact(&mut [0])?;
        let arrived = Instant::now();
        io::copy(&mut self.body, &mut io::sink())?;
        Ok(arrived)
    }

    /// The data of each event, and when it had arrived.
    pub(crate) fn events(self) -> io::Result<Vec<(Instant, String)>> {
        let mut events = Vec::new();
        for line in BufReader::new(self.body).lines() {
            if let Some(data) = line?.strip_prefix("data: ") {
                events.push((Instant::now(), data.to_owned()));
            }
        }
        Ok(events)
    }
}
