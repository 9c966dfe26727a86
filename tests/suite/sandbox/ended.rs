//! What is left of a run that nobody ended well, and what is said of an nginx that dies.

use std::process::Stdio;

use super::wrapped::{project, test, wrapped};
use super::{isolations, soon};
use crate::support::nginx::Nginx;

#[test]
fn nothing_is_left_of_a_run_that_is_killed_before_nginx_serves() {
    for isolation in isolations() {
        let project = project();
        let nginx = wrapped(&project, &Nginx::debian(), ": >\"$out/asked\"\nsleep 1", "");
        let mut command =
            test(&project, &["prod", "--isolation", isolation, "--nginx", nginx.to_str().unwrap()]);
        let mut run =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        soon("nginx is never asked", || project.path("asked").exists());
        assert_eq!(project.names("left behind").len(), 1);
        run.kill().unwrap();
        run.wait().unwrap();
        soon("its folder is left", || project.names("left behind").is_empty());
    }
}

#[test]
fn an_nginx_that_dies_is_told_in_its_own_words() {
    for isolation in isolations() {
        let project = project();
        let die = "echo 'nginx: [emerg] no more handles' >&2; exit 1";
        let nginx = wrapped(&project, &Nginx::debian(), "", die);
        let mut command =
            test(&project, &["prod", "--isolation", isolation, "--nginx", nginx.to_str().unwrap()]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("nginx does not start: nginx: [emerg] no more handles"), "{isolation}: {said}");
        assert_eq!(output.status.code(), Some(2), "{isolation}");
        assert_eq!(project.names("left behind"), [""; 0], "{isolation}");
    }
}
