//! What the contract rules call broken is broken over real sockets, and what they call good works.

use std::thread;
use std::time::Duration;

use nginx_gen::lint;

use crate::support::backend::{Backend, Events};
use crate::support::nginx::{Nginx, Sites};

const EVENTS: Events = Events { count: 4, every: Duration::from_millis(300), headers: "" };

/// Whether a WebSocket opens through an example.
fn opens(text: &str, path: &str) -> bool {
    let backend = Backend::websocket();
    let sites = Sites::one(text).upstream("127.0.0.1:8080", backend.address());
    Nginx::debian().start(&sites).websocket(&format!("ws://a.example.com{path}")).is_ok()
}

/// Whether the first event arrives through an example before the last one is sent.
fn in_time(text: &str, path: &str) -> bool {
    let backend = Backend::events(EVENTS);
    let sites = Sites::one(text).upstream("127.0.0.1:8080", backend.address());
    let nginx = Nginx::debian().start(&sites);
    let arrived = nginx.get(&format!("http://a.example.com{path}")).events().expect("the stream arrives");
    arrived[0].0 < *backend.sent().last().expect("events were sent")
}

#[test]
fn no_websocket_opens_where_its_upgrade_is_lost() {
    let rule = lint::find("upgrade-lost").unwrap();
    assert!(!opens(rule.bad[0].text, "/ws"));
    assert!(!opens(rule.bad[1].text, "/websocket"));
    assert!(opens(rule.good[0].text, "/ws"));
}

#[test]
fn no_websocket_opens_without_its_twin() {
    let rule = lint::find("missing-twin").unwrap();
    assert!(opens(rule.bad[0].text, "/ws/") && !opens(rule.bad[0].text, "/ws"));
    assert!(opens(rule.good[0].text, "/ws/") && opens(rule.good[0].text, "/ws"));
}

#[test]
fn events_are_held_back_where_a_rule_says_so() {
    let elsewhere = lint::find("path-served-elsewhere").unwrap();
    let buffered = lint::find("stream-buffered").unwrap().bad[0].text.replace("proxy_http_version 1.1;", "");
    thread::scope(|scope| {
        scope.spawn(|| assert!(!in_time(&buffered, "/sse/")));
        scope.spawn(|| assert!(in_time(lint::find("stream-buffered").unwrap().good[0].text, "/sse/")));
        scope.spawn(|| assert!(!in_time(elsewhere.bad[0].text, "/api/sse/")));
        scope.spawn(|| assert!(in_time(elsewhere.good[0].text, "/api/sse/")));
    });
}

#[test]
fn a_header_of_the_server_is_lost_and_a_challenge_redirected() {
    let backend = Backend::echo();
    let start =
        |text: &str| Nginx::debian().start(&Sites::one(text).upstream("127.0.0.1:8080", backend.address()));
    let rule = lint::find("shared-header-loss").unwrap();
    for (text, expected) in [(rule.bad[0].text, None), (rule.good[0].text, Some("nosniff"))] {
        let reply = start(text).get("http://a.example.org/");
        assert_eq!(reply.head.header("x-content-type-options"), expected);
    }
    let rule = lint::find("acme-unreachable").unwrap();
    for (text, expected) in [(rule.bad[0].text, 301), (rule.good[0].text, 404)] {
        let reply = start(text).get("http://a.example.org/.well-known/acme-challenge/x");
        assert_eq!(reply.status(), expected, "{text}");
    }
}
