//! HTTP/1.1 and HTTP/2: requests, and answers piece by piece with the time at which each came.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::client::conn::{http1, http2};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::JoinHandle;
use tokio::time::Sleep;

use super::connection::Connection;
use super::fault::{Fault, within};

/// Which HTTP is spoken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Version {
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: &'static str,
    /// The name it is addressed to, with its port where that is not the usual one.
    pub authority: String,
    /// Path and arguments, sent as they are.
    pub target: String,
    /// Headers beside `Host`.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: Body,
}

/// What a request carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes(Bytes),
    /// So many zeros, never held in memory at once.
    Zeros(u64),
    /// These bytes twice, with a pause between.
    Paused {
        /// The bytes.
        piece: Bytes,
        /// The pause.
        pause: Duration,
    },
    /// A length that is announced, and then nothing: whether the server refuses it is plain from that.
    Announced(u64),
}

/// An open connection that speaks HTTP. It is closed when this and the answers of it are dropped.
#[derive(Debug)]
pub struct Session {
    sender: Sender,
    /// What stands before `://`, which HTTP/2 sends.
    scheme: &'static str,
    driver: JoinHandle<()>,
}

#[derive(Debug)]
enum Sender {
    Http11(http1::SendRequest<Outgoing>),
    Http2(http2::SendRequest<Outgoing>),
}

/// An answer. Its head is there; its body is read piece by piece.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// When the request was sent.
    pub asked: Instant,
    /// When the head was there.
    pub answered: Instant,
    /// What follows the body, gRPC's status for instance; filled in when the body has ended.
    pub trailers: Option<HeaderMap>,
    body: Incoming,
}

impl Request {
    /// A `GET` without anything else.
    pub fn get(authority: impl Into<String>, target: impl Into<String>) -> Request {
        Request {
            method: "GET",
            authority: authority.into(),
            target: target.into(),
            headers: vec![],
            body: Body::Empty,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Request {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sends this with `POST`.
    #[must_use]
    pub fn post(self, body: Body) -> Request {
        Request { method: "POST", body, ..self }
    }

    fn for_version(&self, version: Version, scheme: &str) -> Result<hyper::Request<Outgoing>, Fault> {
        let odd = |error: &dyn std::fmt::Display| Fault::Protocol(format!("not a request: {error}"));
        let builder = hyper::Request::builder().method(self.method);
        let builder = match version {
            Version::Http11 => builder.uri(&self.target).header("host", &self.authority),
            Version::Http2 => builder.uri(format!("{scheme}://{}{}", self.authority, self.target)),
        };
        let mut request =
            builder.body(Outgoing { body: self.body.clone(), pause: None }).map_err(|error| odd(&error))?;
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name).map_err(|error| odd(&error))?;
            let value = HeaderValue::try_from(value).map_err(|error| odd(&error))?;
            request.headers_mut().append(name, value);
        }
        Ok(request)
    }
}

impl Session {
    /// Starts to speak HTTP.
    ///
    /// # Errors
    /// When the peer does not.
    pub async fn open(
        connection: Connection,
        version: Version,
        deadline: Duration,
    ) -> Result<Session, Fault> {
        let scheme = if connection.handshake.is_some() { "https" } else { "http" };
        let io = TokioIo::new(connection);
        within(deadline, async {
            match version {
                Version::Http11 => {
                    let (sender, driver) = http1::handshake(io).await.map_err(|error| fault(&error))?;
                    // What ends a connection is told to whoever waits for an answer of it.
                    let driver = tokio::spawn(async move { drop(driver.await) });
                    Ok(Session { sender: Sender::Http11(sender), scheme, driver })
                }
                Version::Http2 => {
                    let shaken = http2::handshake(TokioExecutor::new(), io).await;
                    let (sender, driver) = shaken.map_err(|error| fault(&error))?;
                    let driver = tokio::spawn(async move { drop(driver.await) });
                    Ok(Session { sender: Sender::Http2(sender), scheme, driver })
                }
            }
        })
        .await
    }

    /// Sends a request and waits for the head of its answer.
    ///
    /// # Errors
    /// When none comes in time.
    pub async fn send(&mut self, request: &Request, deadline: Duration) -> Result<Reply, Fault> {
        let asked = Instant::now();
        let reply = within(deadline, async {
            match &mut self.sender {
                Sender::Http11(sender) => {
                    sender.ready().await.map_err(|error| fault(&error))?;
                    let request = request.for_version(Version::Http11, self.scheme)?;
                    sender.send_request(request).await.map_err(|error| fault(&error))
                }
                Sender::Http2(sender) => {
                    sender.ready().await.map_err(|error| fault(&error))?;
                    let request = request.for_version(Version::Http2, self.scheme)?;
                    sender.send_request(request).await.map_err(|error| fault(&error))
                }
            }
        })
        .await?;
        let (head, body) = reply.into_parts();
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            asked,
            answered: Instant::now(),
            trailers: None,
            body,
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Reply {
    /// A header; none when it is not there or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The next piece of the body and when it came; none at the end.
    ///
    /// # Errors
    /// When neither comes in time, or the body is cut off.
    pub async fn piece(&mut self, deadline: Duration) -> Result<Option<(Instant, Bytes)>, Fault> {
        within(deadline, async {
            while let Some(frame) = self.body.frame().await {
                let frame = frame.map_err(|error| fault(&error))?;
                match frame.into_data() {
                    Ok(data) if data.is_empty() => {}
                    Ok(data) => return Ok(Some((Instant::now(), data))),
                    Err(frame) => self.trailers = frame.into_trailers().ok(),
                }
            }
            Ok(None)
        })
        .await
    }

    /// The whole body, of which at most `limit` bytes are kept.
    ///
    /// # Errors
    /// When it does not end in time, or is cut off.
    pub async fn bytes(&mut self, limit: usize, deadline: Duration) -> Result<Vec<u8>, Fault> {
        let mut all = Vec::new();
        within(deadline, async {
            while let Some((_, piece)) = self.piece(deadline).await? {
                let room = limit.saturating_sub(all.len());
                all.extend_from_slice(&piece[..piece.len().min(room)]);
            }
            Ok(())
        })
        .await?;
        Ok(all)
    }
}

fn fault(error: &hyper::Error) -> Fault {
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return Fault::Closed;
    }
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return Fault::broken(io);
        }
        source = error.source();
    }
    let why = std::error::Error::source(error).map_or_else(String::new, |why| format!(": {why}"));
    Fault::Protocol(format!("{error}{why}"))
}

/// A [`Body`] on its way.
#[derive(Debug)]
struct Outgoing {
    /// What is still to come.
    body: Body,
    /// What is waited for before that.
    pause: Option<Pin<Box<Sleep>>>,
}

/// Zeros are sent in pieces of this size.
const PIECE: usize = 64 * 1024;

static ZEROS: [u8; PIECE] = [0; PIECE];

impl hyper::body::Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        let (piece, rest) = match std::mem::replace(&mut self.body, Body::Empty) {
            Body::Empty | Body::Zeros(0) | Body::Announced(0) => return Poll::Ready(None),
            Body::Bytes(bytes) => (bytes, Body::Empty),
            Body::Zeros(left) => {
                let now = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                (Bytes::from_static(&ZEROS[..now]), Body::Zeros(left - now as u64))
            }
            Body::Paused { piece, pause } => {
                self.pause = Some(Box::pin(tokio::time::sleep(pause)));
                (piece.clone(), Body::Bytes(piece))
            }
            Body::Announced(left) => {
                self.body = Body::Announced(left);
                return Poll::Pending;
            }
        };
        self.body = rest;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.size_hint().exact() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match &self.body {
            Body::Empty => 0,
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::Paused { piece, .. } => 2 * piece.len() as u64,
            Body::Zeros(count) | Body::Announced(count) => *count,
        })
    }
}
