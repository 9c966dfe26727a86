//! The weakness of the guide that was measured: a stream under the AI service's `location /` is held back over
//! HTTP/1.1 with TLS, and hidden by HTTP/2.

use crate::support::command::{Project, nginx_gen};
use crate::support::nginx::Nginx;

#[test]
fn a_stream_under_the_ai_services_root_is_late_over_tls_and_in_time_over_http2() {
    let project = Project::petties();
    // Declared as what it is, and rendered as what takes it in the guide: `location /`.
    let shared = project.read("environments/_petties.yaml");
    let declared =
        "      - { path: /reasoning/, type: sse }\n      - { path: /, type: http }\n      - { path: /health";
    let shared = shared.replace("      - { path: /, type: http }\n      - { path: /health", declared);
    project.write("environments/_petties.yaml", &shared);
    nginx_gen(&project).args(["profile", "guide", "-o", "templates/rooted"]).assert().success();
    let root = project.read("templates/rooted/locations/http.conf.j2");
    project.write("templates/rooted/locations/sse.conf.j2", &root);
    for nginx in Nginx::both() {
        let program = nginx.program().display().to_string();
        let args = [
            "test",
            "prod",
            "--profile",
            "rooted",
            "--location",
            "/reasoning/",
            "--check",
            "streams-in-time",
        ];
        let said = nginx_gen(&project).args(args).args(["--nginx", &program]).said();
        let line =
            |via: &str| said.lines().find(|line| line.contains("/reasoning/") && line.contains(via)).unwrap();
        assert!(line("HTTP/1.1 over TLS").starts_with("FAIL"), "{said}");
        assert!(line("HTTP/2").starts_with("ok"), "{said}");
        assert!(
            said.contains("nginx-gen explain stream-buffered") && said.ends_with("exit status: 1"),
            "{said}"
        );
    }
}
