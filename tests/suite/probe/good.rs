//! Deployments as they should be.

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
            "days left",
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

#[test]
fn a_stream_that_stays_silent_is_skipped_with_its_reason() {
    let back_end = Backend::events(Events { count: 1, every: Duration::from_secs(4), headers: "" });
    let deployed = Deployed::new("{ path: /, type: sse }", back_end.address(), |text| {
        text.replace("proxy_buffering off;", "proxy_buffering on;")
    });
    let said = deployed.probed(&["--check", "events-arrive", "--timeout", "20"]);
    assert!(said.contains("1 event,") || said.contains("no event came within"), "{said}");
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
