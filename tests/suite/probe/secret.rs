//! A token is sent, and nowhere told.

use std::fs;
use std::process::{Command, Stdio};

use super::{Deployed, unchanged};
use crate::support::backend::Backend;

const TOKEN: &str = "s3cret-t0ken";

/// The probe with the token in its environment, and whatever options.
fn probe(deployed: &Deployed, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginx-gen"));
    let connect = deployed.connect();
    command.current_dir(deployed.project.path("")).env("TOKEN", TOKEN);
    command.args([
        "probe",
        "live",
        "--connect",
        &connect,
        "--cacert",
        "authority.pem",
        "--bearer-env",
        "TOKEN",
    ]);
    command.args(more);
    command
}

/// Answers 401 with what it was sent wherever the client can see it, when it was sent the token.
fn telling(text: &str) -> String {
    let told = format!(
        "if ($http_authorization = \"Bearer {TOKEN}\") {{ return 500 $http_authorization; }} location / {{"
    );
    text.replace("location / {", &told)
}

#[test]
fn no_report_tells_the_token() {
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /, type: http }", back_end.address(), |text| telling(&text));
    for format in ["human", "json", "junit"] {
        let output = probe(&deployed, &["--format", format, "--report", "page.html"]).output().unwrap();
        let said = format!("{output:?}");
        assert!(said.contains("500 after "), "the token was not sent: {said}");
        assert!(!said.contains("s3cret"), "{format}: {said}");
        assert!(!deployed.project.read("page.html").contains("s3cret"), "{format}");
    }
}

#[test]
fn a_header_of_ones_own_is_a_secret_too() {
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /, type: http }", back_end.address(), |text| telling(&text));
    let output = probe(&deployed, &["--header-env", "x-key=MISSING"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`MISSING` is not to be read from the environment"), "{said}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_process_list_does_not_show_it() {
    // Takes connections and never answers: the probe is there to be looked at.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /, type: http }", back_end.address(), unchanged);
    let address = silent.local_addr().unwrap().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginx-gen"));
    command.current_dir(deployed.project.path("")).env("TOKEN", TOKEN);
    command.args(["probe", "live", "--insecure", "--timeout", "3", "--check", "answers"]);
    command.args(["--connect", &address, "--bearer-env", "TOKEN"]);
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let _connection = silent.accept().unwrap();
    let shown = fs::read(format!("/proc/{}/cmdline", running.id())).unwrap();
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert!(shown.contains("--bearer-env") && !shown.contains("s3cret"), "{shown}");
    running.kill().unwrap();
    running.wait().unwrap();
}
