//! Beside an nginx that runs already.

use std::process::{Command, Output};

use super::isolations;
use super::wrapped::{project, test};
use crate::support::nginx::Nginx;

/// In a network of its own, where port 80 is free to be taken by another nginx first.
#[test]
fn beside_an_nginx_that_runs_already() {
    if !isolations().contains(&"namespaces") || !rustix::process::geteuid().is_root() {
        // Ports below 1024 cannot be had here, so nothing can run there: the rewritten run takes none of them.
        succeeded(&test(&project(), &["prod", "--isolation", "rewrite"]).output().unwrap());
        return;
    }
    for way in isolations() {
        let project = project();
        project.write("running/nginx.conf", "daemon off; master_process off; pid nginx.pid; error_log stderr;\n\
            events {}\nhttp { access_log off; server { listen 80; listen 127.0.0.1:8080; return 200 running; } }\n");
        let script = "ip link set lo up; \"$1\" -p \"$PWD/running\" -c nginx.conf -e stderr & other=$!\n\
            trap 'kill $other' EXIT\n\
            until [ -s running/nginx.pid ]; do sleep 0.02; done\n\
            \"$2\" test prod --isolation \"$3\" || exit 7\n\
            kill -0 $other || exit 8";
        let output = Command::new("unshare")
            .args(["--net", "--", "sh", "-c", script, "sh"])
            .arg(Nginx::debian().program())
            .args([env!("CARGO_BIN_EXE_nginx-gen"), way])
            .current_dir(project.path(""))
            .env("TMPDIR", project.path("left behind"))
            .output()
            .unwrap();
        succeeded(&output);
        assert_eq!(project.names("left behind"), [""; 0]);
    }
}

#[track_caller]
fn succeeded(output: &Output) {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&said));
}
