//! How a location of gRPC is called.

use std::time::Duration;

use bytes::Bytes;
use hyper::header::HeaderMap;

use super::{Case, Order, Seen, Transport};
use crate::client::{Body, Reply, Request};

/// A message without compression: a flag, its length, and one byte.
const MESSAGE: [u8; 6] = [0, 0, 0, 0, 1, b'?'];

/// A message of nothing.
const NOTHING: [u8; 5] = [0; 5];

/// How long the body of [`request`] is.
pub(super) const LENGTH: u64 = MESSAGE.len() as u64;

/// The ways in which it is called: over HTTP/2 alone.
pub(super) fn ways(case: &Case<'_>) -> Vec<Transport> {
    let is_clear = case.is_direct() || case.site().tls.is_none();
    vec![if is_clear { Transport::ClearHttp2 } else { Transport::Http2 }]
}

/// The path of a method of the location: the one to probe, else one that no service has, else the only one it takes.
///
/// # Errors
/// Where none is known.
pub(super) fn method(case: &Case<'_>) -> Seen {
    let location = case.location();
    let is_told = location.probe.is_some() || !location.endpoints.is_empty();
    made_up(case).filter(|_| !is_told).map_or_else(|| case.path(), Ok)
}

/// The path of a method that no service has; none where the location does not take it.
pub(super) fn made_up(case: &Case<'_>) -> Option<String> {
    let location = case.location();
    let service = location.path.trim_end_matches('/');
    let service = if service.is_empty() { "/nginx_gen.Nobody" } else { service };
    location.modifier.is_prefix().then(|| format!("{service}/NginxGenCheck"))
}

/// A call with one message, of a byte.
pub(super) fn request(case: &Case<'_>, transport: Transport, method: &str) -> Request {
    let request =
        case.get(transport, method).header("content-type", "application/grpc").header("te", "trailers");
    request.post(Body::Bytes(Bytes::from_static(&MESSAGE)))
}

/// The call of [`ordered`] with a second message, and a pause before it.
pub(super) fn paused(
    case: &Case<'_>,
    transport: Transport,
    method: &str,
    order: &Order,
    pause: Duration,
) -> Request {
    ordered(case, transport, method, order).post(Body::Paused { piece: Bytes::from_static(&MESSAGE), pause })
}

/// A call with an empty message, which every method understands.
pub(super) fn empty(case: &Case<'_>, transport: Transport, method: &str) -> Request {
    request(case, transport, method).post(Body::Bytes(Bytes::from_static(&NOTHING)))
}

/// The call of [`request`] with an order to the stand-in.
pub(super) fn ordered(case: &Case<'_>, transport: Transport, method: &str, order: &Order) -> Request {
    let mut request = request(case, transport, method);
    request.headers.push(order.header());
    request
}

/// Whether an answer is one of gRPC.
pub(super) fn is_grpc(reply: &Reply) -> bool {
    reply.header("content-type").is_some_and(|kind| kind.starts_with("application/grpc"))
}

/// The status of a call that has ended: in the trailers, or among the headers where nothing comes between them.
pub(super) fn status(reply: &Reply) -> Option<String> {
    let of = |headers: &HeaderMap| Some(headers.get("grpc-status")?.to_str().ok()?.to_owned());
    reply.trailers.as_ref().and_then(of).or_else(|| of(&reply.headers))
}
