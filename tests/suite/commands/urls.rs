//! `nginx-gen urls`

use crate::support::command::{Project, nginx_gen};

#[test]
fn the_guides_two_lists() {
    let project = Project::petties();
    insta::assert_snapshot!(nginx_gen(&project).args(["urls", "prod"]).said(), @r"
    api  sse        https://api.petties.world/api/sse/subscribe
    api  websocket  wss://api.petties.world/api/ws/
    api  http       https://api.petties.world/
    api  health     https://api.petties.world/api/actuator/health
    ai   websocket  wss://ai.petties.world/ws/chat/{session_id}
    ai   http       https://ai.petties.world/
    ai   health     https://ai.petties.world/health
    exit status: 0
    ");
    insta::assert_snapshot!(nginx_gen(&project).args(["urls", "local"]).said(), @r"
    api  sse        http://localhost:8080/api/sse/subscribe
    api  websocket  ws://localhost:8080/api/ws/
    api  http       http://localhost:8080/
    api  health     http://localhost:8080/api/actuator/health
    ai   websocket  ws://localhost:8000/ws/chat/{session_id}
    ai   http       http://localhost:8000/
    ai   health     http://localhost:8000/health
    exit status: 0
    ");
}

#[test]
fn for_programs() {
    let project = Project::petties();
    let said = nginx_gen(&project).args(["urls", "test", "--format", "json"]).said();
    insta::assert_snapshot!(said, @r#"
    [
      {
        "site": "api-test.petties.world",
        "service": "api",
        "type": "sse",
        "url": "https://api-test.petties.world/api/sse/subscribe"
      },
      {
        "site": "api-test.petties.world",
        "service": "api",
        "type": "websocket",
        "url": "wss://api-test.petties.world/api/ws/"
      },
      {
        "site": "api-test.petties.world",
        "service": "api",
        "type": "http",
        "url": "https://api-test.petties.world/"
      },
      {
        "site": "api-test.petties.world",
        "service": "api",
        "type": "health",
        "url": "https://api-test.petties.world/api/actuator/health"
      }
    ]
    exit status: 0
    "#);
}

#[test]
fn every_type_and_form() {
    let project = Project::petties();
    project.write(
        "environments/_all.yaml",
        r#"
nginx_version: "1.28"
services:
  all:
    locations:
      - { path: /strip/, type: http, strip_prefix: true, endpoints: [/strip/a, "/strip/{id}"] }
      - { path: "\\.php$", modifier: "~", type: http }
      - { path: /files/, type: static, root: /srv }
      - { path: /old, modifier: "=", type: redirect, to: /new }
      - { path: /pkg.Service/, type: grpc }
      - { path: /tokens, type: stream }
"#,
    );
    project.write("environments/tls.yaml", "extends: _all.yaml\ntls: { certificates: letsencrypt }\nsites: [{ server_name: [a.org, b.org], service: all, upstream: 80, https_port: 8443 }]\n");
    project.write(
        "environments/clear.yaml",
        "extends: _all.yaml\nsites: [{ server_name: a.org, service: all, upstream: 80, http_port: 8080 }]\n",
    );
    project.write("environments/bare.yaml", "extends: _all.yaml\nnginx: none\nsites: [{ service: all, upstream: \"app:9000\" }, { service: all, upstream: \"unix:/run/a\" }]\n");
    let said = |environment| nginx_gen(&project).args(["urls", environment]).said();
    insta::assert_snapshot!(said("tls"), @r"
    all  http      https://a.org:8443/strip/a
    all  http      https://a.org:8443/strip/{id}
    all  http      https://a.org:8443/ ~ \.php$
    all  static    https://a.org:8443/files/
    all  redirect  https://a.org:8443/old
    all  grpc      grpcs://a.org:8443/pkg.Service/
    all  stream    https://a.org:8443/tokens
    exit status: 0
    ");
    insta::assert_snapshot!(said("clear"), @r"
    all  http      http://a.org:8080/strip/a
    all  http      http://a.org:8080/strip/{id}
    all  http      http://a.org:8080/ ~ \.php$
    all  static    http://a.org:8080/files/
    all  redirect  http://a.org:8080/old
    all  grpc      grpc://a.org:8080/pkg.Service/
    all  stream    http://a.org:8080/tokens
    exit status: 0
    ");
    insta::assert_snapshot!(said("bare"), @r"
    all  http    http://app:9000/a
    all  http    http://app:9000/{id}
    all  http    http://app:9000/ ~ \.php$
    all  grpc    grpc://app:9000/pkg.Service/
    all  stream  http://app:9000/tokens
    exit status: 0
    ");
}
