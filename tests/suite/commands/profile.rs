//! `nginx-gen profile`, and profiles of one's own.

use crate::support::command::{Project, nginx_gen};

#[test]
fn templates_are_listed_with_where_they_come_from() {
    let project = Project::petties();
    project.write("templates/guide/locations/http.conf.j2", "# mine\n");
    insta::assert_snapshot!(nginx_gen(&project).args(["profile", "guide"]).said(), @r"
    environment.conf.j2	guide/environment.conf.j2 (built in)
    listen_tls.conf.j2	recommended/listen_tls.conf.j2 (built in)
    locations/grpc.conf.j2	recommended/locations/grpc.conf.j2 (built in)
    locations/health.conf.j2	guide/locations/health.conf.j2 (built in)
    locations/http.conf.j2	templates/guide/locations/http.conf.j2
    locations/redirect.conf.j2	recommended/locations/redirect.conf.j2 (built in)
    locations/sse.conf.j2	guide/locations/sse.conf.j2 (built in)
    locations/static.conf.j2	recommended/locations/static.conf.j2 (built in)
    locations/stream.conf.j2	recommended/locations/stream.conf.j2 (built in)
    locations/websocket.conf.j2	guide/locations/websocket.conf.j2 (built in)
    names_hash.conf.j2	recommended/names_hash.conf.j2 (built in)
    proxy.conf.j2	recommended/proxy.conf.j2 (built in)
    response_headers.conf.j2	recommended/response_headers.conf.j2 (built in)
    response_headers_server.conf.j2	recommended/response_headers_server.conf.j2 (built in)
    site.conf.j2	guide/site.conf.j2 (built in)
    timeouts.conf.j2	recommended/timeouts.conf.j2 (built in)
    tls.conf.j2	recommended/tls.conf.j2 (built in)
    tls_sessions.conf.j2	recommended/tls_sessions.conf.j2 (built in)
    upstream.conf.j2	recommended/upstream.conf.j2 (built in)
    exit status: 0
    ");
}

#[test]
fn a_profile_written_out_renders_the_same() {
    let project = Project::petties();
    nginx_gen(&project).args(["profile", "recommended", "-o", "templates/mine"]).assert().success();
    let [mine, recommended] = ["mine", "recommended"]
        .map(|profile| nginx_gen(&project).args(["render", "prod", "--profile", profile]).said());
    assert_eq!(mine, recommended);
    let again = nginx_gen(&project).args(["profile", "recommended", "-o", "templates/mine"]).said();
    assert!(
        again.contains("is there already, and may hold your changes") && again.ends_with("exit status: 2"),
        "{again}"
    );
}

#[test]
fn one_file_of_ones_own_is_enough() {
    let project = Project::petties();
    let args = ["profile", "recommended", "-o", "templates/mine", "--file", "locations/health.conf.j2"];
    nginx_gen(&project).args(args).assert().success();
    assert_eq!(project.names("templates/mine"), ["locations"]);
    project.write("templates/mine/locations/health.conf.j2", "        return 204;\n");
    let said = nginx_gen(&project).args(["render", "test", "--profile", "mine"]).said();
    assert!(said.contains("return 204;") && said.contains("map $http_upgrade $websocket_upgrade"), "{said}");
}

#[test]
fn an_unknown_template_is_named() {
    let project = Project::petties();
    let said = nginx_gen(&project).args(["profile", "guide", "-o", "x", "--file", "http.conf.j2"]).said();
    insta::assert_snapshot!(said, @r"
    error[unknown-template]: profile `guide` has no template `http.conf.j2`
     |
     = help: `nginx-gen profile guide` lists them

    1 error: nothing was done
    exit status: 2
    ");
}
