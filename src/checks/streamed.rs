//! A streamed answer: when the stand-in sent each event, and when the client had it.

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::write::GzDecoder;
use tokio::task::JoinError;

use super::{Case, Order};
use crate::client::{Fault, Reply, Request, Session};
use crate::outcome::{Event, Timeline};

/// A streamed answer that has ended.
pub(super) struct Streamed {
    /// Its status; of another one than 200 the body is not read.
    pub(super) status: u16,
    /// When each event was sent and arrived.
    pub(super) timeline: Timeline,
    /// Why it ended before its end.
    pub(super) cut: Option<Fault>,
}

/// What the client saw.
struct Received {
    status: u16,
    asked: Instant,
    arrived: Vec<Instant>,
    cut: Option<Fault>,
}

impl Streamed {
    /// How many events arrived.
    pub(super) fn arrived(&self) -> usize {
        self.timeline.events.iter().filter(|event| event.arrived.is_some()).count()
    }
}

/// Sends a request and reads its answer to the end, on a thread of its own: whatever else the run does meanwhile, the
/// times are those of the wire.
///
/// # Errors
/// When no head of an answer comes.
pub(super) async fn watch(
    case: &Case<'_>,
    session: Session,
    request: Request,
    order: &Order,
    patience: Duration,
) -> Result<Streamed, Fault> {
    let reading = tokio::spawn(receive(session, request, patience));
    let broken = |error: JoinError| Fault::Protocol(format!("the reader broke: {error}"));
    let Received { status, asked, arrived, cut } = reading.await.map_err(broken)??;
    let sent = case.journal().get(&order.nonce).map(|record| record.sent).unwrap_or_default();
    let since =
        |times: &[Instant], index: usize| times.get(index).map(|time| time.saturating_duration_since(asked));
    let events = (0..sent.len().max(arrived.len()))
        .map(|index| Event { sent: since(&sent, index), arrived: since(&arrived, index) })
        .collect();
    Ok(Streamed { status, timeline: Timeline { events }, cut })
}

async fn receive(mut session: Session, request: Request, patience: Duration) -> Result<Received, Fault> {
    let mut reply = session.send(&request, patience).await?;
    let mut received = Received { status: reply.status, asked: reply.asked, arrived: Vec::new(), cut: None };
    if reply.status == 200 {
        let mut reader = Reader::of(&reply);
        received.cut = loop {
            match reply.piece(patience).await {
                Ok(Some((at, bytes))) => {
                    let count = reader.take(&bytes)?;
                    received.arrived.extend(std::iter::repeat_n(at, count));
                }
                Ok(None) => break None,
                Err(fault) => break Some(fault),
            }
        };
    }
    Ok(received)
}

/// Counts the events of a body as it comes.
pub(super) enum Reader {
    /// As it was sent.
    Plain(Counter),
    /// Packed by nginx on the way.
    Packed(Box<GzDecoder<Counter>>),
}

impl Reader {
    pub(super) fn of(reply: &Reply) -> Reader {
        match reply.header("content-encoding") {
            Some("gzip") => Reader::Packed(Box::new(GzDecoder::new(Counter::default()))),
            _ => Reader::Plain(Counter::default()),
        }
    }

    /// How many events a piece ends.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<usize, Fault> {
        let counted = match self {
            Reader::Plain(counter) => counter.write_all(piece).map(|()| std::mem::take(&mut counter.events)),
            Reader::Packed(decoder) => decoder
                .write_all(piece)
                .and_then(|()| decoder.flush())
                .map(|()| std::mem::take(&mut decoder.get_mut().events)),
        };
        counted.map_err(|error| Fault::Protocol(format!("what came is no gzip: {error}")))
    }
}

/// Counts the empty lines that end events.
#[derive(Default)]
pub(super) struct Counter {
    events: usize,
    last: Option<u8>,
}

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for byte in bytes {
            if *byte == b'\n' && self.last == Some(b'\n') {
                self.events += 1;
            }
            self.last = Some(*byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{GzDecoder, GzEncoder};

    use super::{Counter, Reader};

    #[test]
    fn events_count_when_their_empty_line_is_there() {
        let mut reader = Reader::Plain(Counter::default());
        let counts =
            ["data: a\n", "\ndata: b\n\ndata", ": c\n", "\n"].map(|piece| reader.take(piece.as_bytes()));
        assert_eq!(counts, [Ok(0), Ok(2), Ok(0), Ok(1)]);
    }

    #[test]
    fn packed_events_count_as_soon_as_the_packer_lets_them_go() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        let mut reader = Reader::Packed(Box::new(GzDecoder::new(Counter::default())));
        for _ in 0..3 {
            packer.write_all(b"data: a\n\n").unwrap();
            packer.flush().unwrap();
            assert_eq!(reader.take(&std::mem::take(packer.get_mut())), Ok(1));
        }
    }
}
