//! A running nginx between a client and a back end: what was measured once is shown each time.

use std::thread;
use std::time::Duration;

use tungstenite::Message;

use crate::support::backend::{Backend, Events};
use crate::support::client::Request;
use crate::support::nginx::{Nginx, Running, Sites};

/// Long enough that a busy machine does not see the first event behind the last one by accident.
const EVENTS: Events = Events { count: 6, every: Duration::from_millis(300), headers: "" };

/// One server in clear and over TLS that passes everything on.
fn proxy(backend: &Backend, directives: &str) -> Running {
    let text = format!(
        "server {{
            listen 80;
            listen [::]:80;
            listen 443 ssl;
            server_name a.example.com;
            ssl_certificate /etc/letsencrypt/live/a.example.com/fullchain.pem;
            ssl_certificate_key /etc/letsencrypt/live/a.example.com/privkey.pem;
            location / {{ proxy_pass http://127.0.0.1:8080; {directives} }}
        }}"
    );
    Nginx::debian().start(&Sites::one(text).upstream("127.0.0.1:8080", backend.address()))
}

/// Whether the first event arrives before the last one is sent.
fn in_time(scheme: &str, directives: &str, events: Events) -> bool {
    let backend = Backend::events(events);
    let nginx = proxy(&backend, directives);
    let arrived =
        nginx.get(&format!("{scheme}://a.example.com/")).events().expect("the whole stream arrives");
    let data: Vec<_> = arrived.iter().map(|(_, data)| data.as_str()).collect();
    assert_eq!(data, ["0", "1", "2", "3", "4", "5"]);
    let last = *backend.sent().last().expect("events were sent");
    arrived[0].0 < last
}

/// Tries every case at once, for they mostly wait: scheme, directives, whether events are to be in time.
fn hold(events: Events, cases: &[(&str, &str, bool)]) {
    thread::scope(|scope| {
        for &(scheme, directives, expected) in cases {
            scope.spawn(move || {
                assert_eq!(in_time(scheme, directives, events), expected, "{scheme} {directives}");
            });
        }
    });
}

#[test]
fn buffered_events_arrive_late_except_in_chunks_and_in_clear() {
    let chunks = "proxy_http_version 1.1;";
    hold(
        EVENTS,
        &[("http", "", false), ("https", "", false), ("http", chunks, true), ("https", chunks, false)],
    );
}

#[test]
fn events_that_are_not_buffered_arrive_in_time() {
    let off = "proxy_buffering off;";
    let chunks = "proxy_buffering off; proxy_http_version 1.1;";
    hold(
        EVENTS,
        &[("http", off, true), ("https", off, true), ("http", chunks, true), ("https", chunks, true)],
    );
}

#[test]
fn the_answer_may_ask_for_no_buffering_but_the_request_may_not() {
    let asking = Events { headers: "X-Accel-Buffering: no\r\n", ..EVENTS };
    hold(asking, &[("http", "", true), ("https", "", true)]);
    hold(EVENTS, &[("https", "proxy_set_header X-Accel-Buffering no;", false)]);
}

#[test]
fn a_request_arrives_as_nginx_passes_it_on() {
    let backend = Backend::echo();
    let nginx = proxy(
        &backend,
        "proxy_set_header Host $host; proxy_http_version 1.1; proxy_set_header Connection '';",
    );
    let request = Request::post("https://a.example.com/x?y", "the body").header("X-Mine", "1");
    let reply = nginx.send(&request);
    assert_eq!((reply.status(), reply.head.header("content-type")), (200, Some("text/plain")));
    let text = reply.text().unwrap();
    assert!(text.starts_with("POST /x?y HTTP/1.1\n") && text.ends_with("\nthe body"), "{text}");
    assert!(text.contains("\nHost: a.example.com\n") && text.contains("\nX-Mine: 1\n"), "{text}");
    assert_eq!(nginx.get("http://a.example.com/").status(), 200);
}

#[test]
fn a_websocket_is_opened_only_when_the_upgrade_is_passed_on() {
    let backend = Backend::websocket();
    let upgrade = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";
    let nginx = proxy(&backend, upgrade);
    for url in ["ws://a.example.com/", "wss://a.example.com/"] {
        let mut socket = nginx.websocket(url).expect("the upgrade is accepted");
        socket.send(Message::text("hello")).unwrap();
        assert_eq!(socket.read().unwrap(), Message::text("hello"));
    }
    let dropped = proxy(&backend, "proxy_http_version 1.1;");
    assert_eq!(dropped.websocket("ws://a.example.com/").err(), Some(426));
}

#[test]
fn nothing_is_left_when_it_is_dropped() {
    let nginx = proxy(&Backend::echo(), "");
    let (process, folder) = (nginx.process(), nginx.folder().to_owned());
    assert!(process.exists() && folder.exists());
    drop(nginx);
    assert!(!process.exists() && !folder.exists(), "{} {}", process.display(), folder.display());
}

#[test]
#[should_panic(expected = "unknown directive \"nonsense\"")]
fn what_does_not_start_says_why() {
    proxy(&Backend::echo(), "nonsense;");
}
