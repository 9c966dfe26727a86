//! Calls of gRPC through nginx, which take HTTP/2 on both sides.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use nginx_gen::client::{self, Body, Endpoint, Fault, Request, Session, Version};
use nginx_gen::standin::{Journal, Listener, ORDER, Order, StandIns, Work};

use crate::support::nginx::Running;

const SOON: Duration = Duration::from_secs(10);

/// Longer than the second that examples allow, on a busy machine too.
const SILENCE: Duration = Duration::from_millis(1600);

/// What comes before each message.
const HEAD: usize = 5;

/// Whether both messages of a call arrive between which the back end is silent.
pub(super) fn call_arrives_whole(method: &str, start: impl FnOnce(SocketAddr) -> Running) -> bool {
    let work = Work::Grpc { count: 2, every: SILENCE, status: 0 };
    called(method, work, Body::Bytes(vec![0; HEAD].into()), start, async |mut session, request| {
        let Ok(mut reply) = session.send(&request, SOON).await else { return false };
        let body = reply.bytes(100, SOON).await;
        let status = reply.trailers.as_ref().and_then(|trailers| trailers.get("grpc-status"));
        body.is_ok() && status.is_some_and(|status| status == "0")
    })
}

/// Whether a call goes on whose client announces a message, and is silent.
pub(super) fn call_stays_open(method: &str, start: impl FnOnce(SocketAddr) -> Running) -> bool {
    called(method, Work::Echo, Body::Announced(HEAD as u64), start, async |mut session, request| {
        // The stand-in answers when it has the whole body.
        matches!(session.send(&request, SILENCE * 2).await, Err(Fault::Timeout(_)))
    })
}

fn called(
    method: &str,
    work: Work,
    body: Body,
    start: impl FnOnce(SocketAddr) -> Running,
    ends_well: impl AsyncFnOnce(Session, Request) -> bool,
) -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = Listener::tcp("back end", free).expect("a free port");
        let backend = listener.address().expect("it is TCP");
        let _stand_ins = StandIns::serve(vec![listener], &Journal::new()).expect("it is served");
        let nginx = start(backend);
        let endpoint = Endpoint { address: nginx.address(80), name: "a.example.org".to_owned(), tls: None };
        let connection = client::connect(&endpoint, SOON).await.expect("nginx listens");
        let Ok(session) = Session::open(connection, Version::Http2, SOON).await else { return false };
        let order = Order::new("call", work);
        let request = Request::get("a.example.org", method)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header(ORDER, order.to_string())
            .post(body);
        ends_well(session, request).await
    })
}
