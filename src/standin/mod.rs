//! The stand-in back end: it answers in place of a service, and writes down what reached it.
//!
//! What it does with a request is said by the request's own header [`ORDER`]: one stand-in serves every location
//! of a service, and nothing about routing changes. HTTP/1.0, HTTP/1.1 and HTTP/2 in clear are understood on the
//! same socket, as gRPC back ends do it.

mod answer;
mod grpc;
mod journal;
mod order;
mod serve;
mod websocket;

pub use answer::{ECHO_HEADERS, ELSEWHERE, LONG, USUAL_HEADERS, echo, event, filler};
pub use grpc::{METADATA, REFUSAL};
pub use journal::{Journal, Record};
pub use order::{ORDER, Order, Work};
pub use serve::{Listener, Socket, StandIns};
