//! How a location of gRPC is called.

use bytes::Bytes;
use hyper::header::HeaderMap;

use super::{Case, Order, Transport};
use crate::client::{Body, Reply, Request};

/// A message without compression: a flag, its length, and one byte.
const MESSAGE: [u8; 6] = [0, 0, 0, 0, 1, b'?'];

/// How long the body of [`request`] is.
pub(super) const LENGTH: u64 = MESSAGE.len() as u64;

/// The ways in which it is called: over HTTP/2 alone.
pub(super) fn ways(case: &Case<'_>) -> Vec<Transport> {
    let is_clear = case.is_direct() || case.site().tls.is_none();
    vec![if is_clear { Transport::ClearHttp2 } else { Transport::Http2 }]
}

/// The path of a method of the location, that no service has where the location names no method itself.
///
/// # Errors
/// With the reason, where none is known.
pub(super) fn method(case: &Case<'_>) -> Result<String, String> {
    let path = case.path()?;
    Ok(match path.as_str() {
        "/" => "/nginx_gen.Checked/Check".to_owned(),
        service if service.ends_with('/') => format!("{service}NginxGenCheck"),
        method => method.to_owned(),
    })
}

/// A call with one message.
pub(super) fn request(case: &Case<'_>, transport: Transport, method: &str) -> Request {
    let request =
        case.get(transport, method).header("content-type", "application/grpc").header("te", "trailers");
    request.post(Body::Bytes(Bytes::from_static(&MESSAGE)))
}

/// The same with an order to the stand-in.
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
