//! What a stranger can see of a site beside its back ends: redirects, challenges, unknown names, headers.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use super::{Deployed, says, unchanged};
use crate::support::backend::Backend;
use crate::support::command::nginx_gen;

const CHECKS: [&str; 5] =
    ["acme-reachable", "unknown-refused", "hides-version", "response-headers", "path-without-slash"];

/// What is said of a deployment, whose ports are told: `--connect` would name one alone.
fn said_of(edit: impl Fn(String) -> String, checks: &[&str]) -> String {
    let back_end = Backend::echo();
    let location = "{ path: /ws/, type: websocket, response_headers: { X-Own: told } }";
    let deployed = Deployed::new(location, back_end.address(), edit);
    let [clear, tls] = [80, 443].map(|port| deployed.nginx.address(port));
    let ports = format!("http_port: {}\nhttps_port: {}\n", clear.port(), tls.port());
    deployed
        .project
        .write("environments/ports.yaml", &(ports + &deployed.project.read("environments/live.yaml")));
    let resolve = [clear, tls].map(|address| format!("localhost:{}:{}", address.port(), address.ip()));
    let args =
        ["probe", "ports", "--cacert", "authority.pem", "--resolve", &resolve[0], "--resolve", &resolve[1]];
    let only = checks.iter().flat_map(|check| ["--check", check]);
    nginx_gen(&deployed.project).args(args).args(only).said()
}

#[test]
fn a_good_site_passes() {
    let said = said_of(unchanged, &CHECKS);
    says(&said, &["404 for a challenge that nobody put there", "`/ws` is no redirect", "exit status: 0"]);
    for check in CHECKS {
        assert!(said.contains(&format!(" {check} ")), "{check} is not made: {said}");
    }
    assert!(!said.contains("skip"), "{said}");
}

#[test]
fn what_is_broken_is_told() {
    let broken = |text: String| {
        text.replace("acme-challenge/ {", "other/ {")
            .replace("return 444;", "return 404;")
            .replace("server_tokens off;", "server_tokens on;")
            .replace("X-Own told", "X-Own other")
            .replace("location = /ws {", "location = /nobodys {")
    };
    let said = said_of(broken, &CHECKS);
    for check in CHECKS {
        let failed = |line: &str| line.starts_with("FAIL ") && line.contains(check);
        assert!(said.lines().any(failed), "{check} does not fail: {said}");
    }
    says(&said, &["301 to `https://localhost/.well-known/acme-challenge/", "`X-Own`: `other`", "404 for it"]);
}

#[test]
fn a_redirect_that_leads_elsewhere_is_told() {
    // The port is not in the rendered redirect.
    let said = said_of(unchanged, &["redirects-to-https"]);
    says(&said, &["301 to `https://localhost/nginx-gen/a%20b?c=d&e=%2F`", "exit status: 1"]);
}

#[test]
fn one_port_leaves_out_what_is_in_clear() {
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /, type: http }", back_end.address(), unchanged);
    let said = deployed.probed(&["--check", "redirects-to-https"]);
    says(&said, &["`--connect` names one port, which is that of HTTPS", "1 skipped", "exit status: 0"]);
}

#[test]
fn tokens_do_not_go_in_clear() {
    let clear = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = clear.local_addr().unwrap().port();
    let asked = thread::spawn(move || {
        let (mut stream, _) = clear.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /, type: http }", back_end.address(), unchanged);
    let tls = deployed.nginx.address(443).port();
    let ports = format!("http_port: {port}\nhttps_port: {tls}\n");
    deployed
        .project
        .write("environments/ports.yaml", &(ports + &deployed.project.read("environments/live.yaml")));
    let mut probe = Command::new(env!("CARGO_BIN_EXE_nginx-gen"));
    probe.args(["probe", "ports", "--cacert", "authority.pem", "--connect", "127.0.0.1"]);
    probe.args(["--check", "redirects-to-https", "--bearer-env", "TOKEN"]).env("TOKEN", "open-sesame");
    let output = probe.current_dir(deployed.project.path("")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("GET /nginx-gen/") && !asked.contains("sesame"), "{asked}\n{said}");
}
