//! Back ends behind Unix sockets, whose addresses end in a colon where a path follows.

use super::isolations;
use crate::support::command::{Project, nginx_gen};

#[test]
fn a_unix_socket_whose_prefix_is_stripped_is_played_and_taken_away() {
    let project = Project::empty();
    project.write(
        "environments/socket.yaml",
        "nginx_version: \"1.22\"\ntls: none\n\
         services: { app: { locations: [{ path: /api/, type: http, strip_prefix: true }, { path: /, type: http }] } }\n\
         sites: [{ server_name: a.example.org, service: app, upstream: \"unix:/run/nginx-gen-none/app.sock\" }]\n",
    );
    for isolation in isolations() {
        let checks = ["--check", "request-unchanged", "--check", "back-end-down"];
        let said = nginx_gen(&project).args(["test", "socket", "--isolation", isolation]).args(checks).said();
        assert!(
            said.contains("socket: 16 checks passed") && said.ends_with("status: 0"),
            "{isolation}: {said}"
        );
    }
}
