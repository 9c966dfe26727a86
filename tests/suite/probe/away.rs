//! A site that is not reached: told once, and nothing else of it.

use super::{Deployed, gone, unchanged};
use crate::support::backend::Backend;
use crate::support::command::nginx_gen;

/// Locations of several types, each with a check of its own.
const SEVERAL: &str = "{ path: /sse/, type: sse }, { path: /ws/, type: websocket }, { path: /health, type: health }, \
                       { path: /, type: http }";

/// One failure with this text, and every location's check skipped for it.
#[track_caller]
fn is_told_once(said: &str, fault: &str) {
    assert_eq!(said.matches("\nFAIL  ").count(), 1, "{said}");
    assert!(
        said.lines()
            .any(|line| line.starts_with("FAIL ") && line.contains("is-reached") && line.contains(fault)),
        "{said}"
    );
    assert!(said.ends_with("exit status: 1"), "{said}");
    for check in ["events-arrive", "opens-socket", "answers", "certificate"] {
        let skipped = |line: &&str| line.starts_with("skip ") && line.contains(check);
        let line = said.lines().find(skipped).unwrap_or_else(|| panic!("{check} is not skipped:\n{said}"));
        assert!(line.contains("the site is not reached: ") && line.contains(fault), "{line}");
    }
}

#[test]
fn a_name_without_address_is_told_once() {
    let deployed = Deployed::new(SEVERAL, gone(), unchanged);
    let environment = deployed.project.read("environments/live.yaml").replace("localhost", "nowhere.invalid");
    deployed.project.write("environments/nowhere.yaml", &environment);
    let said = nginx_gen(&deployed.project).args(["probe", "nowhere", "--insecure"]).said();
    is_told_once(&said, "no address: `nowhere.invalid`");
}

#[test]
fn a_refused_connection_is_told_once() {
    let deployed = Deployed::new(SEVERAL, gone(), unchanged);
    let closed = gone().to_string();
    let said =
        nginx_gen(&deployed.project).args(["probe", "live", "--insecure", "--connect", &closed]).said();
    is_told_once(&said, "Connection refused");
}

#[test]
fn a_certificate_that_is_not_believed_is_told_once() {
    let deployed = Deployed::new(SEVERAL, gone(), unchanged);
    let args = ["probe", "live", "--connect", &deployed.connect(), "--cacert", "other.pem"];
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    deployed.project.write("other.pem", &other.cert.pem());
    is_told_once(
        &nginx_gen(&deployed.project).args(args).said(),
        "leads to no authority that is trusted here",
    );
}

#[test]
fn what_speaks_no_tls_is_told_once() {
    let deployed = Deployed::new(SEVERAL, gone(), unchanged);
    let plain = Backend::echo();
    let connect = plain.address().to_string();
    let said =
        nginx_gen(&deployed.project).args(["probe", "live", "--insecure", "--connect", &connect]).said();
    is_told_once(&said, "no TLS handshake");
}

#[test]
fn only_the_site_that_is_away_is_left_out() {
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /, type: http }", back_end.address(), unchanged);
    let both = deployed.project.read("environments/live.yaml")
        + "  - { server_name: nowhere.invalid, service: a, upstream: 8080 }\n";
    deployed.project.write("environments/both.yaml", &both);
    let to = format!("localhost:443:{}", deployed.nginx.address(443).ip());
    let port = format!("https_port: {}\n", deployed.nginx.address(443).port());
    deployed.project.write("environments/both.yaml", &(port + &both));
    let resolve = to.replace(":443:", &format!(":{}:", deployed.nginx.address(443).port()));
    let args = ["probe", "both", "--cacert", "authority.pem", "--resolve", &resolve, "--check", "answers"];
    let said = nginx_gen(&deployed.project).args(args).said();
    assert!(said.contains("ok    localhost") && said.contains("200 after "), "{said}");
    assert!(said.contains("FAIL  nowhere.invalid") && said.contains("skip  nowhere.invalid"), "{said}");
    // Only asked for by itself it is told where all is well.
    assert!(!said.contains("ok    localhost  -"), "{said}");
}

#[test]
fn a_service_behind_a_unix_socket_is_left_out() {
    let deployed = Deployed::new("{ path: /, type: http }", gone(), unchanged);
    let direct = "nginx: none\nservices: { a: { locations: [{ path: /, type: http }] } }\n\
                  sites: [{ service: a, upstream: \"unix:/run/a.sock\" }]\n";
    deployed.project.write("environments/direct.yaml", direct);
    let said = nginx_gen(&deployed.project).args(["probe", "direct"]).said();
    assert!(said.contains("reached by a Unix socket") && said.ends_with("exit status: 0"), "{said}");
}
