//! The client against the stand-in, with nothing between them.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use nginx_gen::client::{self, Body, Endpoint, Fault, Message, Opening, Request, Session, Socket, Version};
use nginx_gen::standin::{Journal, Listener, ORDER, Order, StandIns, Work};

const SOON: Duration = Duration::from_secs(10);

/// A stand-in on a free port, for as long as this lives.
struct Bench {
    address: SocketAddr,
    journal: Journal,
    _stand_ins: StandIns,
}

impl Bench {
    fn new() -> Bench {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = Listener::tcp("127.0.0.1:8080", free).expect("a free port");
        let (address, journal) = (listener.address().expect("it is TCP"), Journal::new());
        let stand_ins = StandIns::serve(vec![listener], &journal).expect("it is served");
        Bench { address, journal, _stand_ins: stand_ins }
    }

    async fn connection(&self) -> client::Connection {
        let endpoint = Endpoint { address: self.address, name: "a.example.com".to_owned(), tls: None };
        client::connect(&endpoint, SOON).await.expect("the stand-in listens")
    }

    async fn session(&self, version: Version) -> Session {
        Session::open(self.connection().await, version, SOON).await.expect("it speaks HTTP")
    }

    async fn socket(&self, nonce: &str) -> Result<Socket, Fault> {
        let opening = Opening {
            authority: "a.example.com".to_owned(),
            target: "/ws/".to_owned(),
            subprotocols: vec!["v12.stomp".to_owned()],
            headers: vec![order(nonce, Work::Echo)],
        };
        client::open(self.connection().await, &opening, SOON).await
    }
}

fn order(nonce: &str, work: Work) -> (String, String) {
    (ORDER.to_owned(), Order::new(nonce, work).to_string())
}

fn ordered(work: Work) -> Request {
    let (name, value) = order("n", work);
    Request::get("a.example.com", "/x?y").header(&name, value)
}

/// Runs a test on a runtime of its own, bounded in time.
fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(SOON * 3, test).await.expect("the test ends in time") });
}

#[test]
fn a_request_is_echoed_and_written_down_in_both_versions() {
    run(async {
        let bench = Bench::new();
        for (version, written) in [(Version::Http11, "HTTP/1.1"), (Version::Http2, "HTTP/2.0")] {
            let mut session = bench.session(version).await;
            let request = ordered(Work::Echo).post(Body::Zeros(200_000));
            let mut reply = session.send(&request, SOON).await.unwrap();
            let text = String::from_utf8(reply.bytes(10_000, SOON).await.unwrap()).unwrap();
            assert_eq!(reply.status, 200);
            assert!(text.starts_with(&format!("POST /x?y {written}\n")), "{text}");
            assert!(text.ends_with("200000 bytes at 127.0.0.1:8080\n"), "{text}");
            let record = bench.journal.get("n").expect("it is written down");
            assert_eq!((record.body, record.header("host")), (Some(200_000), Some("a.example.com")));
        }
    });
}

#[test]
fn events_arrive_one_by_one_and_a_client_that_goes_away_is_noticed() {
    run(async {
        let bench = Bench::new();
        for version in [Version::Http11, Version::Http2] {
            let mut session = bench.session(version).await;
            let work = Work::Events { count: 1000, every: Duration::from_millis(20) };
            let mut reply = session.send(&ordered(work), SOON).await.unwrap();
            for number in 0..3 {
                let (_, piece) = reply.piece(SOON).await.unwrap().expect("an event");
                assert!(piece.starts_with(format!("id: {number}\n").as_bytes()), "{piece:?}");
            }
            drop((reply, session));
            let record = bench.journal.wait("n", SOON, |record| record.left.is_some()).await;
            assert!(record.is_some_and(|record| record.left.is_some() && record.sent.len() < 1000));
        }
    });
}

#[test]
fn a_stand_in_that_hangs_runs_into_the_deadline() {
    run(async {
        let bench = Bench::new();
        let soon = Duration::from_millis(100);
        let mut session = bench.session(Version::Http11).await;
        let fault = session.send(&ordered(Work::Hang), soon).await.expect_err("no answer comes");
        assert_eq!(fault, Fault::Timeout(soon));
    });
}

#[test]
fn a_grpc_call_ends_with_its_status_behind_the_messages() {
    run(async {
        let bench = Bench::new();
        let mut session = bench.session(Version::Http2).await;
        let work = Work::Grpc { count: 3, every: Duration::from_millis(5), status: 0 };
        let mut reply = session.send(&ordered(work).post(Body::Empty), SOON).await.unwrap();
        assert_eq!(reply.bytes(100, SOON).await.unwrap().len(), 18);
        let trailers = reply.trailers.expect("trailers end a call");
        assert!(trailers.get("grpc-status").is_some_and(|status| status == "0"));
    });
}

#[test]
fn a_socket_echoes_answers_pings_and_passes_the_close_code_on() {
    run(async {
        let bench = Bench::new();
        let mut socket = bench.socket("n").await.expect("the handshake succeeds");
        assert_eq!(socket.subprotocol.as_deref(), Some("v12.stomp"));
        let large = Message::Binary(vec![7; 1 << 20].into());
        for message in [Message::Text("hello".to_owned()), large] {
            socket.send(message.clone(), SOON).await.unwrap();
            assert_eq!(socket.receive(SOON).await.unwrap(), message);
        }
        socket.send(Message::Ping("p".into()), SOON).await.unwrap();
        assert_eq!(socket.receive(SOON).await.unwrap(), Message::Pong("p".into()));
        socket.send(Message::Close(Some(4001)), SOON).await.unwrap();
        assert_eq!(socket.receive(SOON).await.unwrap(), Message::Close(Some(4001)));
        assert_eq!(socket.receive(SOON).await, Err(Fault::Closed));
        let record = bench.journal.wait("n", SOON, |record| record.close_code.is_some()).await.unwrap();
        assert_eq!((record.close_code, record.cut), (Some(4001), false));
    });
}

#[test]
fn nobody_at_an_address_is_told_apart_from_a_closed_connection() {
    run(async {
        let endpoint = Endpoint { address: ([127, 0, 0, 1], 1).into(), name: "a".to_owned(), tls: None };
        let fault = client::connect(&endpoint, SOON).await.expect_err("nobody listens at port 1");
        assert!(matches!(fault, Fault::Connect(_)), "{fault}");
    });
}
