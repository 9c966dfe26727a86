//! A streamed answer: how it is asked for, when the stand-in sent each event, and when the client had it.
//!
//! An event is one of a Server-Sent stream's or, where the location is of gRPC, a message.

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::write::GzDecoder;
use tokio::task::JoinError;

use super::{Case, Order, Seen, Transport, grpc_call};
use crate::client::{Fault, Reply, Request, Session};
use crate::environment::LocationType;
use crate::outcome::{Event, Timeline};
use crate::standin::Work;

/// A streamed answer that has ended.
pub(super) struct Streamed {
    /// Its status; of another one than 200 the body is not read.
    pub(super) status: u16,
    /// When each event was sent and arrived.
    pub(super) timeline: Timeline,
    /// Its `Content-Type`.
    pub(super) kind: Option<String>,
    /// Why it ended before its end.
    pub(super) cut: Option<Fault>,
    /// When it ended, in whichever way.
    ended: Duration,
    /// What came of it, unpacked; the first of it where there is much.
    pub(super) text: Vec<u8>,
    /// The `grpc-status` behind the last message.
    pub(super) grpc_status: Option<String>,
}

/// What the client saw.
struct Received {
    status: u16,
    kind: Option<String>,
    asked: Instant,
    arrived: Vec<Instant>,
    cut: Option<Fault>,
    ended: Instant,
    text: Vec<u8>,
    grpc_status: Option<String>,
}

impl Streamed {
    /// How many events arrived.
    pub(super) fn arrived(&self) -> usize {
        self.timeline.events.iter().filter(|event| event.arrived.is_some()).count()
    }

    /// How long it was silent before it ended, at most: since the back end sent the last event that arrived.
    pub(super) fn silent(&self) -> Duration {
        let last = self.arrived().checked_sub(1).and_then(|last| self.timeline.events.get(last)?.sent);
        self.ended.saturating_sub(last.unwrap_or_default())
    }
}

/// The ways in which clients reach the location's streams.
pub(super) fn ways(case: &Case<'_>) -> Vec<Transport> {
    if is_grpc(case) { grpc_call::ways(case) } else { case.transports() }
}

/// What the stand-in is to do for a stream of the location's type.
pub(super) fn work(case: &Case<'_>, count: u32, every: Duration) -> Work {
    if is_grpc(case) { Work::Grpc { count, every, status: 0 } } else { Work::Events { count, every } }
}

/// The path of a stream of the location's.
///
/// # Errors
/// Where none is known.
pub(super) fn path(case: &Case<'_>) -> Seen {
    if is_grpc(case) { grpc_call::method(case) } else { case.path() }
}

/// How the location's streams are asked for: by `GET`, or by a call.
pub(super) fn ordered(case: &Case<'_>, transport: Transport, path: &str, order: &Order) -> Request {
    if is_grpc(case) {
        return grpc_call::ordered(case, transport, path, order);
    }
    case.ordered(transport, path, order).header("accept", "text/event-stream")
}

/// Whether the location is of gRPC.
pub(super) fn is_grpc(case: &Case<'_>) -> bool {
    case.location().kind == LocationType::Grpc
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
    let (journal, nonce) = (case.journal().clone(), order.nonce.clone());
    let has = move |count| journal.note(&nonce, |record| record.arrived += count);
    let reading = tokio::spawn(receive(session, request, patience, has));
    let broken = |error: JoinError| Fault::Protocol(format!("the reader broke: {error}"));
    let Received { status, kind, asked, arrived, cut, ended, text, grpc_status } =
        reading.await.map_err(broken)??;
    let sent = case.journal().get(&order.nonce).map(|record| record.sent).unwrap_or_default();
    let since =
        |times: &[Instant], index: usize| times.get(index).map(|time| time.saturating_duration_since(asked));
    let events = (0..sent.len().max(arrived.len()))
        .map(|index| Event { sent: since(&sent, index), arrived: since(&arrived, index) })
        .collect();
    let ended = ended.saturating_duration_since(asked);
    Ok(Streamed { status, kind, timeline: Timeline { events }, cut, ended, text, grpc_status })
}

/// Reads an answer to its end, and says how many events it has, as they come.
async fn receive(
    mut session: Session,
    request: Request,
    patience: Duration,
    has: impl Fn(usize),
) -> Result<Received, Fault> {
    let mut reply = session.send(&request, patience).await?;
    let mut received = Received {
        status: reply.status,
        kind: reply.header("content-type").map(str::to_owned),
        asked: reply.asked,
        arrived: Vec::new(),
        cut: None,
        ended: reply.answered,
        text: Vec::new(),
        grpc_status: None,
    };
    if reply.status == 200 {
        let mut reader = Reader::of(&reply);
        received.cut = loop {
            match reply.piece(patience).await {
                Ok(Some((at, bytes))) => {
                    let count = reader.take(&bytes)?;
                    received.arrived.extend(std::iter::repeat_n(at, count));
                    has(count);
                }
                Ok(None) => break None,
                Err(fault) => break Some(fault),
            }
        };
        received.ended = Instant::now();
        received.text = reader.into_text();
        received.grpc_status = grpc_call::status(&reply);
    }
    Ok(received)
}

/// Counts the events of a body as it comes.
pub(super) enum Reader {
    /// As it was sent.
    Plain(Counter),
    /// Packed by nginx on the way.
    Packed(Box<GzDecoder<Counter>>),
    /// Messages of gRPC.
    Messages(Messages),
}

impl Reader {
    pub(super) fn of(reply: &Reply) -> Reader {
        match reply.header("content-encoding") {
            Some("gzip") => Reader::Packed(Box::new(GzDecoder::new(Counter::default()))),
            _ if grpc_call::is_grpc(reply) => Reader::Messages(Messages::default()),
            _ => Reader::Plain(Counter::default()),
        }
    }

    /// What came, of a stream of events.
    fn into_text(self) -> Vec<u8> {
        match self {
            Reader::Plain(counter) => counter.text,
            // A stream that was cut ends in the middle of a pack.
            Reader::Packed(mut decoder) => std::mem::take(&mut decoder.get_mut().text),
            Reader::Messages(_) => Vec::new(),
        }
    }

    /// How many events a piece ends.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<usize, Fault> {
        let counted = match self {
            Reader::Messages(messages) => Ok(messages.take(piece)),
            Reader::Plain(counter) => counter.write_all(piece).map(|()| std::mem::take(&mut counter.events)),
            Reader::Packed(decoder) => decoder
                .write_all(piece)
                .and_then(|()| decoder.flush())
                .map(|()| std::mem::take(&mut decoder.get_mut().events)),
        };
        counted.map_err(|error| Fault::Protocol(format!("what came is no gzip: {error}")))
    }
}

/// Counts messages of gRPC: each is a flag, its length in four bytes, and as many bytes.
#[derive(Default)]
pub(super) struct Messages {
    /// What is there of a head.
    head: Vec<u8>,
    /// How many bytes of the message are still to come.
    missing: usize,
}

impl Messages {
    /// How many messages a piece ends.
    fn take(&mut self, piece: &[u8]) -> usize {
        let mut ended = 0;
        for byte in piece {
            if self.missing > 0 {
                self.missing -= 1;
            } else {
                self.head.push(*byte);
                let [_, length @ ..] = self.head.as_slice() else { continue };
                let Ok(length) = <[u8; 4]>::try_from(length) else { continue };
                self.missing = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
                self.head.clear();
            }
            if self.missing == 0 && self.head.is_empty() {
                ended += 1;
            }
        }
        ended
    }
}

/// Counts the empty lines that end events.
#[derive(Default)]
pub(super) struct Counter {
    events: usize,
    last: Option<u8>,
    /// The first of what came.
    text: Vec<u8>,
}

/// No more of a stream is kept: what a check sends is shorter.
const KEPT: usize = 16 * 1024;

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for byte in bytes {
            if *byte == b'\n' && self.last == Some(b'\n') {
                self.events += 1;
            }
            self.last = Some(*byte);
        }
        let room = KEPT.saturating_sub(self.text.len()).min(bytes.len());
        self.text.extend_from_slice(&bytes[..room]);
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

    use super::{Counter, Messages, Reader};

    #[test]
    fn events_count_when_their_empty_line_is_there() {
        let mut reader = Reader::Plain(Counter::default());
        let counts =
            ["data: a\n", "\ndata: b\n\ndata", ": c\n", "\n"].map(|piece| reader.take(piece.as_bytes()));
        assert_eq!(counts, [Ok(0), Ok(2), Ok(0), Ok(1)]);
    }

    #[test]
    fn messages_count_when_their_last_byte_is_there() {
        let mut messages = Messages::default();
        let pieces: [&[u8]; 4] = [&[0, 0, 0, 0], &[2, 7], &[7, 0, 0, 0, 0, 0, 0, 0], &[0, 0, 1, 7]];
        assert_eq!(pieces.map(|piece| messages.take(piece)), [0, 0, 2, 1]);
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
