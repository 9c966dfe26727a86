//! Deployments as they should be.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use super::{Deployed, says, unchanged};
use crate::support::backend::{Backend, Events};

#[test]
fn a_good_deployment_passes() {
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /, type: http }", back_end.address(), unchanged);
    let said = deployed.probed(&["--min-days", "1"]);
    says(
        &said,
        &[
            "left, 1 certificate sent",
            "200 after ",
            "reaches-back-end",
            "it takes a stand-in for the back end",
            "exit status: 0",
        ],
    );
    assert!(!said.contains("FAIL"), "{said}");
}

#[test]
fn a_socket_that_opens_and_pongs_passes() {
    let back_end = Backend::websocket();
    let deployed = Deployed::new("{ path: /ws/, type: websocket }", back_end.address(), unchanged);
    says(&deployed.probed(&["--check", "opens-socket"]), &["101, and a pong after ", "exit status: 0"]);
}

#[test]
fn events_one_by_one_pass() {
    let back_end = Backend::events(Events { count: 4, every: Duration::from_millis(400), headers: "" });
    let deployed = Deployed::new("{ path: /, type: sse }", back_end.address(), unchanged);
    says(
        &deployed.probed(&["--check", "events-arrive"]),
        &["the first event after ", "4 events", "exit status: 0"],
    );
}

/// Answers one request with the head of a stream, and with nothing more as long as this lives.
fn silent() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let accepting = listener.try_clone().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = accepting.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n").unwrap();
        // Until the client has gone.
        let _ = stream.read(&mut [0; 1]);
    });
    listener
}

#[test]
fn a_stream_that_stays_silent_is_skipped_with_its_reason() {
    let back_end = silent();
    let address = back_end.local_addr().unwrap();
    let deployed = Deployed::new("{ path: /, type: sse }", address, unchanged);
    let said = deployed.probed(&["--check", "events-arrive", "--timeout", "2"]);
    says(&said, &["no event came within 2 s: wait longer with `--timeout`", "1 skipped", "exit status: 0"]);
}

#[test]
fn a_stream_without_events_is_skipped_with_its_reason() {
    let back_end = Backend::events(Events { count: 0, every: Duration::ZERO, headers: "" });
    let deployed = Deployed::new("{ path: /, type: sse }", back_end.address(), unchanged);
    let said = deployed.probed(&["--check", "events-arrive"]);
    says(&said, &["the answer ended without an event", "1 skipped", "exit status: 0"]);
}

#[test]
fn services_without_nginx_are_asked_directly() {
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /, type: http }", back_end.address(), unchanged);
    let direct = format!(
        "nginx: none\nservices: {{ a: {{ locations: [{{ path: /x/, type: http, strip_prefix: true }}] }} }}\n\
         sites: [{{ service: a, upstream: {} }}]\n",
        back_end.address().port()
    );
    deployed.project.write("environments/direct.yaml", &direct);
    let said = crate::support::command::nginx_gen(&deployed.project).args(["probe", "direct"]).said();
    says(&said, &["directly: there is no nginx", "200 after ", "exit status: 0"]);
}
