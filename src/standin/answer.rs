//! What a stand-in answers.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use tokio::sync::mpsc;

use super::journal::{Journal, Record};
use super::order::{ORDER, Order, Work};
use super::{grpc, websocket};

/// A stand-in: its name, and where it writes.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) name: String,
    pub(super) journal: Journal,
}

/// Does what the request orders; without an order it echoes, or knows no such method, and writes nothing down. None
/// is given where the connection is to break.
pub(super) async fn answer(
    desk: &Desk,
    connection: u64,
    mut request: Request<Incoming>,
) -> Option<Response<Pieces>> {
    let order = request.headers().get(ORDER).and_then(|value| Order::parse(value.to_str().ok()?));
    let unordered = || Order { nonce: String::new(), work: unasked(&request), hold: Duration::ZERO };
    let Order { nonce, work, hold } = order.unwrap_or_else(unordered);
    let mut log = Log { journal: desk.journal.clone(), nonce, hold };
    let record = record(&desk.name, connection, &request);
    log.begin(record.clone());
    let goodbye = match work {
        Work::Goodbye { code } => Some(code),
        _ => None,
    };
    if (work == Work::Echo || goodbye.is_some()) && websocket::is_asked_for(&request) {
        return Some(websocket::accept(request, log, goodbye));
    }
    let length = drain(request.body_mut()).await;
    log.note(|record| record.body = Some(length));
    Some(match work {
        Work::Echo | Work::Goodbye { .. } => {
            log.sent();
            more_than_echoed(&Record { body: Some(length), ..record }, &More { code: 200, ..More::default() })
        }
        Work::Answer { code, head, body, usual } => {
            log.sent();
            more_than_echoed(&Record { body: Some(length), ..record }, &More { code, head, body, usual })
        }
        Work::Hang => {
            // hyper drops the answer's future when the client goes away.
            let _leaving = Leaving(log);
            std::future::pending().await
        }
        Work::Events { count, every } => stream("text/event-stream", log, count, every, event),
        Work::Grpc { count, every, status } => grpc::answer(log, count, every, status),
        Work::Break => return None,
    })
}

/// What is done without an order: of gRPC, a service says that it does not know the method.
fn unasked(request: &Request<Incoming>) -> Work {
    let kind = request.headers().get("content-type").map(HeaderValue::as_bytes);
    match kind.is_some_and(|kind| kind.starts_with(b"application/grpc")) {
        true => Work::Grpc { count: 0, every: Duration::ZERO, status: grpc::UNIMPLEMENTED },
        false => Work::Echo,
    }
}

/// Writes down what becomes of one request.
#[derive(Debug)]
pub(super) struct Log {
    journal: Journal,
    nonce: String,
    /// For how long it is waited that something arrives.
    hold: Duration,
}

impl Log {
    fn begin(&mut self, record: Record) {
        if !self.nonce.is_empty() {
            self.journal.begin(&self.nonce, record);
        }
    }

    pub(super) fn note(&self, change: impl FnOnce(&mut Record)) {
        if !self.nonce.is_empty() {
            self.journal.note(&self.nonce, change);
        }
    }

    pub(super) fn sent(&self) {
        self.note(|record| record.sent.push(Instant::now()));
    }

    /// Waits until all but `ahead` of what was sent have arrived, where that is ordered. Where they do not, nothing is waited
    /// for any more.
    pub(super) async fn hold(&mut self, ahead: usize) {
        if self.hold.is_zero() {
            return;
        }
        let is_there = |record: &Record| record.arrived + ahead >= record.sent.len();
        let record = self.journal.wait(&self.nonce, self.hold, is_there).await;
        if !record.is_some_and(|record| is_there(&record)) {
            self.hold = Duration::ZERO;
        }
    }

    /// Waits for the pause before a piece, and for those before it to arrive.
    pub(super) async fn pause(&mut self, number: u32, every: Duration) {
        tokio::time::sleep(if number == 0 { Duration::ZERO } else { every }).await;
        self.hold(1).await;
    }

    pub(super) fn left(&self) {
        self.note(|record| record.left = record.left.or_else(|| Some(Instant::now())));
    }
}

/// Notes that the client is gone when it is dropped.
struct Leaving(Log);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.left();
    }
}

fn record(stand_in: &str, connection: u64, request: &Request<Incoming>) -> Record {
    let target = request.uri().path_and_query().map_or("*", |target| target.as_str());
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let mut headers: Vec<_> = request.headers().iter().map(header).collect();
    // HTTP/2 carries the host outside the headers.
    if let (Some(authority), false) =
        (request.uri().authority(), headers.iter().any(|(name, _)| name == "host"))
    {
        headers.push(("host".to_owned(), authority.to_string()));
    }
    Record {
        stand_in: stand_in.to_owned(),
        times: 1,
        connection,
        method: request.method().to_string(),
        target: target.to_owned(),
        version: format!("{:?}", request.version()),
        headers,
        body: None,
        sent: vec![],
        arrived: 0,
        left: None,
        close_code: None,
        cut: false,
    }
}

/// Reads a body to its end and says how long it was.
async fn drain(body: &mut Incoming) -> u64 {
    let mut length = 0;
    while let Some(Ok(frame)) = body.frame().await {
        length += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    length
}

/// Headers of an echo that are the back end's own.
pub const ECHO_HEADERS: [(&str, &str); 2] = [
    ("set-cookie", "nginx-gen=of-the-stand-in; Path=/nginx-gen; HttpOnly"),
    ("x-nginx-gen-own", "as it was answered"),
];

/// Headers that answers of services have. What they allow, forbid or ask for is lost on the way where nginx drops one.
pub const USUAL_HEADERS: [(&str, &str); 10] = [
    ("access-control-allow-origin", "https://nginx-gen.test"),
    ("cache-control", "private, max-age=7"),
    ("content-disposition", "attachment; filename=nginx-gen.txt"),
    ("content-security-policy", "default-src 'self'"),
    ("etag", "\"of-the-stand-in\""),
    ("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT"),
    ("link", "</nginx-gen?page=2>; rel=next"),
    ("retry-after", "7"),
    ("vary", "Origin"),
    ("www-authenticate", "Bearer realm=nginx-gen"),
];

/// The body of an echo: what arrived.
pub fn echo(record: &Record) -> String {
    let mut text = format!("{} {} {}\n", record.method, record.target, record.version);
    for (name, value) in &record.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    let _ = writeln!(text, "\n{} bytes at {}", record.body.unwrap_or_default(), record.stand_in);
    text
}

/// Bytes that mean nothing, in a header or behind an echo.
pub fn filler(count: u32) -> String {
    "nginx-gen ".chars().cycle().take(count as usize).collect()
}

/// The header that holds as many bytes as are ordered.
pub const LONG: &str = "x-nginx-gen-long";

/// Where a redirect leads: to neither the site nor the back end.
pub const ELSEWHERE: &str = "http://nginx-gen.test/elsewhere?a=%20b";

/// What an answer has beside an echo.
#[derive(Default)]
struct More {
    code: u16,
    head: u32,
    body: u32,
    usual: bool,
}

/// An echo with a status, and with as much more as is ordered.
fn more_than_echoed(record: &Record, more: &More) -> Response<Pieces> {
    let More { code, head, body, usual } = *more;
    let mut answer = Pieces::whole("text/plain", echo(record) + &filler(body));
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *answer.status_mut() = status;
    let own = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let headers = answer.headers_mut();
    headers.extend(ECHO_HEADERS.map(own));
    headers.extend(USUAL_HEADERS.map(own).into_iter().filter(|_| usual));
    if status.is_redirection() {
        headers.extend([own(("location", ELSEWHERE))]);
    }
    if let Ok(long) = HeaderValue::from_str(filler(head).trim_end())
        && head > 0
    {
        headers.insert(HeaderName::from_static(LONG), long);
    }
    answer
}

/// An event of a stream, by its number.
pub fn event(number: u32) -> Bytes {
    Bytes::from(format!("id: {number}\ndata: event {number} of the stand-in\n\n"))
}

/// Answers piece by piece, a pause before each but the first, and notes when the client goes away.
pub(super) fn stream(
    kind: &'static str,
    mut log: Log,
    count: u32,
    every: Duration,
    piece: impl Fn(u32) -> Bytes + Send + 'static,
) -> Response<Pieces> {
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(async move {
        for number in 0..count {
            tokio::select! {
                () = sender.closed() => return log.left(),
                () = log.pause(number, every) => {}
            }
            log.sent();
            if sender.send(Frame::data(piece(number))).await.is_err() {
                return log.left();
            }
        }
        tokio::select! {
            () = sender.closed() => log.left(),
            () = log.hold(0) => {}
        }
    });
    Pieces::response(kind, Pieces(pieces))
}

/// The body of an answer, as it is made.
#[derive(Debug)]
pub(super) struct Pieces(pub(super) mpsc::Receiver<Frame<Bytes>>);

impl Pieces {
    pub(super) fn whole(kind: &'static str, text: impl Into<Bytes>) -> Response<Pieces> {
        let (sender, pieces) = mpsc::channel(1);
        sender.try_send(Frame::data(text.into())).expect("the channel is empty");
        Pieces::response(kind, Pieces(pieces))
    }

    pub(super) fn response(kind: &'static str, pieces: Pieces) -> Response<Pieces> {
        let mut response = Response::new(pieces);
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static(kind));
        response
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|frame| frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_closed() && self.0.is_empty()
    }
}
