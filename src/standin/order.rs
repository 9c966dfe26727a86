//! What a stand-in is told to do with a request.

use std::fmt;
use std::time::Duration;

/// The request header that carries an order.
pub const ORDER: &str = "X-Nginx-Gen";

/// An order: `events nonce=7f count=6 every=200ms`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Names the request in the journal.
    pub nonce: String,
    /// What to do.
    pub work: Work,
    /// For how long what was sent is waited for to arrive before the next but one is sent, and before the end; none is
    /// waited for where this is nothing.
    pub hold: Duration,
}

/// What a stand-in can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// Answer with what arrived; accept an upgrade to WebSocket, and echo its messages.
    Echo,
    /// Send so many events with a pause before each but the first.
    Events {
        /// How many.
        count: u32,
        /// The pause.
        every: Duration,
    },
    /// Accept an upgrade to WebSocket, and say goodbye at once.
    Goodbye {
        /// With this code.
        code: u16,
    },
    /// Answer with what arrived, and more.
    Answer {
        /// The status; one of a redirect leads to [`ELSEWHERE`](super::ELSEWHERE).
        code: u16,
        /// So many bytes in a header of their own.
        head: u32,
        /// So many bytes behind the echo.
        body: u32,
        /// Whether with the headers that answers of services have.
        usual: bool,
    },
    /// Take the request, and never answer.
    Hang,
    /// Take the request, and close the connection without an answer.
    Break,
    /// Answer a gRPC call with so many messages, a pause before each but the first, and a status.
    Grpc {
        /// How many; one is a unary call's, none a refusal's.
        count: u32,
        /// The pause.
        every: Duration,
        /// The `grpc-status`.
        status: u8,
    },
}

impl Work {
    /// A short answer with a status.
    pub fn status(code: u16) -> Work {
        Work::Answer { code, head: 0, body: 0, usual: false }
    }
}

impl Order {
    /// One that waits for nothing.
    pub fn new(nonce: impl Into<String>, work: Work) -> Order {
        Order { nonce: nonce.into(), work, hold: Duration::ZERO }
    }

    /// Reads the header; `None` when it is no order. Unknown words are left alone.
    pub fn parse(text: &str) -> Option<Order> {
        let mut words = text.split_ascii_whitespace();
        let name = words.next()?;
        let (mut nonce, mut count, mut every, mut status, mut code) = ("", 1, Duration::ZERO, 0, 1000);
        let (mut head, mut body, mut usual, mut hold) = (0, 0, false, Duration::ZERO);
        let milliseconds = |text: &str| Some(Duration::from_millis(text.strip_suffix("ms")?.parse().ok()?));
        for (key, value) in words.filter_map(|word| word.split_once('=')) {
            match key {
                "nonce" => nonce = value,
                "count" => count = value.parse().ok()?,
                "every" => every = milliseconds(value)?,
                "hold" => hold = milliseconds(value)?,
                "head" => head = value.parse().ok()?,
                "body" => body = value.parse().ok()?,
                "usual" => usual = value.parse().ok()?,
                "code" => code = value.parse().ok()?,
                "status" => status = value.parse().ok()?,
                _ => {}
            }
        }
        let work = match name {
            "echo" => Work::Echo,
            "events" => Work::Events { count, every },
            "goodbye" => Work::Goodbye { code },
            "answer" => Work::Answer { code, head, body, usual },
            "hang" => Work::Hang,
            "break" => Work::Break,
            "grpc" => Work::Grpc { count, every, status },
            _ => return None,
        };
        Some(Order { nonce: nonce.to_owned(), work, hold })
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_work(f)?;
        if self.hold.is_zero() { Ok(()) } else { write!(f, " hold={}ms", self.hold.as_millis()) }
    }
}

impl Order {
    fn write_work(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nonce = &self.nonce;
        let paced = |name: &str, count: u32, every: Duration, f: &mut fmt::Formatter<'_>| {
            write!(f, "{name} nonce={nonce} count={count} every={}ms", every.as_millis())
        };
        match self.work {
            Work::Echo => write!(f, "echo nonce={nonce}"),
            Work::Goodbye { code } => write!(f, "goodbye nonce={nonce} code={code}"),
            Work::Answer { code, head, body, usual } => {
                write!(f, "answer nonce={nonce} code={code} head={head} body={body} usual={usual}")
            }
            Work::Hang => write!(f, "hang nonce={nonce}"),
            Work::Break => write!(f, "break nonce={nonce}"),
            Work::Events { count, every } => paced("events", count, every, f),
            Work::Grpc { count, every, status } => {
                paced("grpc", count, every, f)?;
                write!(f, " status={status}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_written() {
        let paced = (6, Duration::from_millis(200));
        let works = [
            Work::Echo,
            Work::Hang,
            Work::Break,
            Work::Goodbye { code: 4001 },
            Work::Answer { code: 404, head: 3000, body: 70_000, usual: true },
            Work::Events { count: paced.0, every: paced.1 },
            Work::Grpc { count: paced.0, every: paced.1, status: 5 },
        ];
        for work in works {
            for hold in [Duration::ZERO, Duration::from_secs(7)] {
                let order = Order { nonce: "7f".to_owned(), work, hold };
                assert_eq!(Order::parse(&order.to_string()), Some(order));
            }
        }
        for broken in ["", "dance", "events count=many", "events every=1s"] {
            assert_eq!(Order::parse(broken), None, "{broken}");
        }
    }
}
