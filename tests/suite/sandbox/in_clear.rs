//! gRPC without TLS: HTTP/2 in clear, which nginx shares a port with HTTP/1.1 for from 1.25.1 on.

use crate::support::command::{Project, nginx_gen};
use crate::support::nginx::Nginx;

/// What the checks that call say of a site in clear, with a template changed.
fn said(template: &str, change: impl Fn(String) -> String) -> String {
    let project = Project::empty();
    project.write(
        "environments/clear.yaml",
        "nginx_version: \"1.28\"\ntls: none\nprofile: clear\n\
         services: { app: { locations: [{ path: /rpc.Greeter/, type: grpc }, { path: /, type: http }] } }\n\
         sites: [{ server_name: a.example.org, service: app, upstream: 9000 }]\n",
    );
    nginx_gen(&project).args(["profile", "recommended", "-o", "templates/clear"]).assert().success();
    let template = format!("templates/clear/{template}");
    project.write(&template, &change(project.read(&template)));
    let [_, newer] = Nginx::both();
    let program = newer.program().display().to_string();
    let checks = ["--check", "calls-grpc", "--check", "streams-in-time", "--check", "reaches-back-end"];
    nginx_gen(&project).args(["test", "clear", "--nginx", &program]).args(checks).said()
}

#[test]
fn grpc_in_clear_is_called_beside_http() {
    let said = said("site.conf.j2", |text| text);
    assert_eq!(said.matches("HTTP/2 in clear").count(), 3, "{said}");
    assert!(said.contains("HTTP/1.1 in clear") && said.ends_with("exit status: 0"), "{said}");
}

#[test]
fn grpc_in_clear_fails_where_the_default_server_has_no_http2() {
    let said = said("environment.conf.j2", |text| text.replace("    http2 on;\n", ""));
    assert!(said.contains("FAIL  a.example.org  /rpc.Greeter/  calls-grpc"), "{said}");
    assert!(said.contains("the *default* server of the port does not say `http2 on`"), "{said}");
}

#[test]
fn grpc_in_clear_shares_a_port_with_redirects_without_a_default_server() {
    let project = Project::empty();
    project.write(
        "environments/mixed.yaml",
        "nginx_version: \"1.28\"\nprofile: recommended\ndefault_server: false\ntls: { certificates: letsencrypt }\n\
         services: { app: { locations: [{ path: /rpc.Greeter/, type: grpc }, { path: /, type: http }] } }\n\
         sites:\n  - { server_name: a.example.org, service: app, upstream: 9000 }\n  \
         - { server_name: b.example.org, service: app, upstream: 9000, tls: none }\n",
    );
    let [_, newer] = Nginx::both();
    let program = newer.program().display().to_string();
    let said = nginx_gen(&project).args(["test", "mixed", "--nginx", &program]).said();
    assert!(said.contains("ok    b.example.org  /rpc.Greeter/  calls-grpc"), "{said}");
    assert!(said.ends_with("exit status: 0"), "{said}");
}
