//! A gRPC call as a back end answers it: length-prefixed messages, and the status in the trailers.

use std::time::Duration;

use bytes::Bytes;
use hyper::Response;
use hyper::body::Frame;
use hyper::header::{HeaderMap, HeaderValue};
use tokio::sync::mpsc;

use super::answer::{Log, Pieces};

/// A message without compression: a flag, its length, and one byte.
const MESSAGE: [u8; 6] = [0, 0, 0, 0, 1, b'x'];

/// The status of a method that a service does not have.
pub(super) const UNIMPLEMENTED: u8 = 12;

/// Metadata of an answer: in front of the messages, behind them, and with a refusal.
pub const METADATA: (&str, &str) = ("x-nginx-gen-own", "as it was answered");

/// Why a call is refused, in percent-encoded words.
pub const REFUSAL: &str = "nobody%20is called so";

const KIND: &str = "application/grpc";
const STATUS: &str = "grpc-status";

pub(super) fn answer(mut log: Log, count: u32, every: Duration, status: u8) -> Response<Pieces> {
    let (sender, pieces) = mpsc::channel(1);
    let status = HeaderValue::from(u16::from(status));
    if count == 0 {
        // A refusal has no body, and so its status among the headers.
        drop(sender);
        log.sent();
        let mut refusal = Pieces::response(KIND, Pieces(pieces));
        refusal.headers_mut().insert(STATUS, status);
        refusal.headers_mut().insert("grpc-message", HeaderValue::from_static(REFUSAL));
        refusal.headers_mut().insert(METADATA.0, HeaderValue::from_static(METADATA.1));
        return refusal;
    }
    tokio::spawn(async move {
        for number in 0..count {
            tokio::select! {
                () = sender.closed() => return log.left(),
                () = log.pause(number, every) => {}
            }
            log.sent();
            if sender.send(Frame::data(Bytes::from_static(&MESSAGE))).await.is_err() {
                return log.left();
            }
        }
        tokio::select! {
            () = sender.closed() => return log.left(),
            () = log.hold(0) => {}
        }
        let mut trailers = HeaderMap::new();
        trailers.insert(STATUS, status);
        trailers.insert(METADATA.0, HeaderValue::from_static(METADATA.1));
        if sender.send(Frame::trailers(trailers)).await.is_err() {
            log.left();
        }
    });
    let mut answer = Pieces::response(KIND, Pieces(pieces));
    answer.headers_mut().insert(METADATA.0, HeaderValue::from_static(METADATA.1));
    answer
}
