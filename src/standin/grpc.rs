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

pub(super) fn answer(log: Log, count: u32, every: Duration) -> Response<Pieces> {
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(async move {
        for number in 0..count {
            let pause = if number == 0 { Duration::ZERO } else { every };
            tokio::select! {
                () = sender.closed() => return log.left(),
                () = tokio::time::sleep(pause) => {}
            }
            log.sent();
            if sender.send(Frame::data(Bytes::from_static(&MESSAGE))).await.is_err() {
                return log.left();
            }
        }
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        if sender.send(Frame::trailers(trailers)).await.is_err() {
            log.left();
        }
    });
    Pieces::response("application/grpc", Pieces(pieces))
}
