//! `nginx-gen route`

use crate::support::command::{Project, nginx_gen};

/// What `route` prints in the repository's own environments.
pub(super) fn said(args: &[&str]) -> String {
    said_in(&Project::petties(), args)
}

pub(super) fn said_in(project: &Project, args: &[&str]) -> String {
    let said = nginx_gen(project).args(["route"].into_iter().chain(args.iter().copied())).said();
    let folder = project.path("").canonicalize().unwrap();
    said.replace(&format!("{}/", folder.display()), "")
}

#[test]
fn a_websocket_of_the_guide() {
    insta::assert_snapshot!(said(&["prod", "wss://api.petties.world/api/ws/"]), @r"
    wss://api.petties.world/api/ws/
    → passed on to `http://127.0.0.1:8080/api/ws/`

    server api.petties.world  (rendered prod/api.petties.world:11)
      it has the name `api.petties.world` at port 443
      not ai.petties.world (rendered prod/ai.petties.world:11): it has no such name

    location /api/ws/  (rendered prod/api.petties.world:48)
      declared as `websocket` at environments/_petties.yaml:16
      it is the longest prefix, and no regex matches
      not / (line 67): it matches, and a longer prefix does
      not /api/sse/ (line 25): it does not match the path
      not /api/actuator/health (line 83): it does not match the path

    settings
      proxy_http_version           1.1            line 50 (location /api/ws/)
      proxy_set_header Upgrade     $http_upgrade  line 52 (location /api/ws/)
      proxy_set_header Connection  upgrade        line 53 (location /api/ws/)
      proxy_set_header Host        $host          line 54 (location /api/ws/)
      proxy_buffering              off            line 63 (location /api/ws/)
      proxy_request_buffering      on             nginx's default
      proxy_cache                  off            nginx's default
      proxy_read_timeout           3600s          line 59 (location /api/ws/)
      proxy_send_timeout           3600s          line 60 (location /api/ws/)
      proxy_connect_timeout        75s            line 61 (location /api/ws/)
      gzip                         off            nginx's default
      client_max_body_size         15M            line 22 (server)
      keepalive_timeout            75s            nginx's default
    exit status: 0
    ");
}

#[test]
fn the_path_without_its_slash_is_redirected_by_the_guide_and_served_by_the_other() {
    insta::assert_snapshot!(said(&["prod", "wss://api.petties.world/api/ws?token=a"]), @r"
    wss://api.petties.world/api/ws?token=a
    → redirected with 301 to `https://api.petties.world/api/ws/?token=a`, since nginx adds the final slash by itself

    server api.petties.world  (rendered prod/api.petties.world:11)
      it has the name `api.petties.world` at port 443
      not ai.petties.world (rendered prod/ai.petties.world:11): it has no such name

    location /api/ws/  (rendered prod/api.petties.world:48)
      declared as `websocket` at environments/_petties.yaml:16
      the path lacks only its final slash, and requests are passed on here
      not / (line 67): it matches, and an exact match or the redirect to its slash comes first
      not /api/sse/ (line 25): it does not match the path
      not /api/actuator/health (line 83): it does not match the path
    exit status: 0
    ");
    insta::assert_snapshot!(said(&["prod", "api.petties.world/api/ws", "--profile", "recommended"]), @r"
    api.petties.world/api/ws
    → passed on to `http://127.0.0.1:8080/api/ws`

    server api.petties.world  (rendered prod/api.petties.world:22)
      it has the name `api.petties.world` at port 443
      not _ (rendered prod/00-prod:18): it has no such name
      not ai.petties.world (rendered prod/ai.petties.world:22): it has no such name

    location = /api/ws  (rendered prod/api.petties.world:113)
      declared as `websocket` at environments/_petties.yaml:16
      it is exactly the path
      not / (line 132): it matches, and an exact match or the redirect to its slash comes first
      not /api/sse/ (line 46): it does not match the path
      not = /api/sse (line 70): it does not match the path
      not /api/ws/ (line 93): it does not match the path
      not /api/actuator/health (line 147): it does not match the path

    settings
      proxy_http_version           1.1                    line 115 (location = /api/ws)
      proxy_set_header Host        $host                  line 118 (location = /api/ws)
      proxy_set_header Upgrade     $websocket_upgrade     line 122 (location = /api/ws)
      proxy_set_header Connection  $websocket_connection  line 123 (location = /api/ws)
      proxy_buffering              on                     nginx's default
      proxy_request_buffering      on                     nginx's default
      proxy_cache                  off                    nginx's default
      proxy_read_timeout           3600s                  line 126 (location = /api/ws)
      proxy_send_timeout           3600s                  line 127 (location = /api/ws)
      proxy_connect_timeout        75s                    line 128 (location = /api/ws)
      gzip                         off                    nginx's default
      client_max_body_size         15M                    line 43 (server)
      keepalive_timeout            75s                    nginx's default
    exit status: 0
    ");
}

#[test]
fn what_the_server_answers_by_itself() {
    insta::assert_snapshot!(said(&["prod", "http://API.petties.world/a?b=1"]), @r"
    http://API.petties.world/a?b=1
    → redirected with 301 to `https://api.petties.world/a?b=1`, by the server's `return`

    server api.petties.world  (rendered prod/api.petties.world:3)
      it has the name `API.petties.world` at port 80
      not ai.petties.world (rendered prod/ai.petties.world:3): it has no such name
    exit status: 0
    ");
    insta::assert_snapshot!(said(&["prod", "http://api.petties.world/a", "--profile", "recommended"]), @r"
    http://api.petties.world/a
    → redirected with 301 to `https://api.petties.world/a`, by the location's `return`

    server api.petties.world  (rendered prod/api.petties.world:3)
      it has the name `api.petties.world` at port 80
      not _ (rendered prod/00-prod:18): it has no such name
      not ai.petties.world (rendered prod/ai.petties.world:3): it has no such name

    location /  (rendered prod/api.petties.world:16)
      it is the longest prefix, and no regex matches
      not ^~ /.well-known/acme-challenge/ (line 11): it does not match the path
    exit status: 0
    ");
}

#[test]
fn unknown_hosts_end_in_the_default_server() {
    insta::assert_snapshot!(said(&["prod", "wss://nobody.example/", "--profile", "recommended"]), @r"
    wss://nobody.example/
    → the TLS handshake is refused (`ssl_reject_handshake on`)

    server _  (rendered prod/00-prod:18)
      no server has the name `nobody.example`, and this is the default at port 443
      not ai.petties.world (rendered prod/ai.petties.world:22): it has no such name
      not api.petties.world (rendered prod/api.petties.world:22): it has no such name
    exit status: 1
    ");
    insta::assert_snapshot!(said(&["prod", "http://nobody.example/", "--profile", "recommended"]), @r"
    http://nobody.example/
    → the connection is closed by the server's `return` 444

    server _  (rendered prod/00-prod:18)
      no server has the name `nobody.example`, and this is the default at port 80
      not ai.petties.world (rendered prod/ai.petties.world:3): it has no such name
      not api.petties.world (rendered prod/api.petties.world:3): it has no such name
    exit status: 1
    ");
    insta::assert_snapshot!(said(&["prod", "http://nobody.example/"]), @r"
    http://nobody.example/
    → redirected with 301 to `https://ai.petties.world/`, by the server's `return`

    server ai.petties.world  (rendered prod/ai.petties.world:3)
      no server has the name `nobody.example`, none is the default, and this is the first at port 80
      not api.petties.world (rendered prod/api.petties.world:3): it has no such name
    exit status: 0
    ");
}

#[test]
fn what_nothing_serves() {
    insta::assert_snapshot!(said(&["prod", "api.petties.world:8443/"]), @r"
    api.petties.world:8443/
    → no server listens at port 8443
    exit status: 1
    ");
    insta::assert_snapshot!(said(&["prod", "https://api.petties.world:80/"]), @r"
    https://api.petties.world:80/
    → port 80 speaks no TLS here: the handshake fails

    server api.petties.world  (rendered prod/api.petties.world:3)
      it has the name `api.petties.world` at port 80
      not ai.petties.world (rendered prod/ai.petties.world:3): it has no such name
    exit status: 1
    ");
    insta::assert_snapshot!(said(&["prod", "http://api.petties.world:443/%zz"]), @r"
    http://api.petties.world:443/%zz
    → refused with 400: `%` needs two hexadecimal digits, and not `%00`

    server api.petties.world  (rendered prod/api.petties.world:11)
      it has the name `api.petties.world` at port 443
      not ai.petties.world (rendered prod/ai.petties.world:11): it has no such name
    exit status: 1
    ");
}

#[test]
fn what_is_expected_decides() {
    let project = Project::petties();
    let url = "https://api.petties.world/api/sse/subscribe";
    let good = ["server=api.petties.world", "location=/api/sse/", "upstream=http://127.0.0.1:8080"];
    let args = ["prod", url].into_iter().chain(good.iter().flat_map(|good| ["--expect", good]));
    let command = nginx_gen(&project).args(["route"].into_iter().chain(args));
    command.assert().code(0).stderr("");
    let bad = ["location=/", "server=ai.petties.world", "status=301", "upstream=http://127.0.0.1:8000"];
    let args = ["prod", url].into_iter().chain(bad.iter().flat_map(|bad| ["--expect", bad]));
    let command = nginx_gen(&project).args(["route"].into_iter().chain(args));
    command.assert().code(1).stderr(
        "expected `location=/`, and it is `/api/sse/`\n\
         expected `server=ai.petties.world`, and it is `api.petties.world`\n\
         expected `status=301`, and it is none: passed on to `http://127.0.0.1:8080/api/sse/subscribe`\n\
         expected `upstream=http://127.0.0.1:8000`, and it is `http://127.0.0.1:8080/api/sse/subscribe`\n",
    );
    // That a stranger is turned away can be asserted too.
    let refused =
        ["route", "prod", "http://x.example/", "--profile", "recommended", "--expect", "status=444"];
    nginx_gen(&project).args(refused).assert().code(0);
}

#[test]
fn hand_written_files() {
    let project = Project::empty();
    project.write(
        "site.conf",
        "upstream chat { server 10.0.0.1:9000; server 10.0.0.2:9000; }\nproxy_read_timeout 2m;\nserver {\n    \
         listen 80;\n    server_name *.example.com;\n    if ($bad) { return 403; }\n    location ~ \\.php$ { }\n    \
         location /chat/ {\n        proxy_pass http://chat/v2/;\n        proxy_set_header Connection \"\";\n    \
         }\n}\n",
    );
    insta::assert_snapshot!(said_in(&project, &["--conf", "site.conf", "a.example.com/chat/a%20b?x=1"]), @r"
    a.example.com/chat/a%20b?x=1
    → passed on to `http://chat/v2/a%20b?x=1`
      served by 10.0.0.1:9000, 10.0.0.2:9000

    steps
      if ($bad)        taken not to hold  (site.conf:6)
      location /chat/  takes `/chat/a b?x=1`  (site.conf:8)

    server *.example.com  (site.conf:3)
      its wildcard is the longest for `a.example.com` at port 80

    location /chat/  (site.conf:8)
      it is the longest prefix, and no regex matches
      not ~ \.php$ (line 7): it does not match the path

    settings
      proxy_http_version           1.1          nginx's default
      proxy_set_header Connection  (not sent)   line 10 (location /chat/)
      proxy_set_header Host        $proxy_host  nginx's default
      proxy_set_header Upgrade     (not sent)   nginx's default
      proxy_buffering              on           nginx's default
      proxy_request_buffering      on           nginx's default
      proxy_cache                  off          nginx's default
      proxy_read_timeout           2m           line 2 (the top of the file)
      proxy_send_timeout           60s          nginx's default
      proxy_connect_timeout        60s          nginx's default
      gzip                         off          nginx's default
      client_max_body_size         1m           nginx's default
      keepalive_timeout            75s          nginx's default

    note: `if ($bad)` at site.conf:6 cannot be judged: `$bad` is known at run time only; taken not to hold
    exit status: 0
    ");
}

/// Lists are replaced as a whole, and a block's own directives count in it alone.
#[test]
fn all_that_holds_in_a_location() {
    let project = Project::empty();
    project.write(
        "site.conf",
        "add_header X-Http a;\nproxy_set_header X-A http;\nerror_page 404 /404;\nlog_format l '$uri';\nserver {\n    \
         listen 80;\n    set $v 1;\n    ssl_protocols TLSv1.3;\n    access_log a l;\n    access_log b;\n    \
         location / {\n        proxy_set_header X-B $v;\n        if ($arg_x) { add_header X-If b always; }\n        \
         proxy_pass http://127.0.0.1:1;\n    }\n}\n",
    );
    let settings = settings_of(&project, "a.org/");
    insta::assert_snapshot!(settings.join("\n"), @r"
    access_log a l line 9 (server)
    access_log b line 10 (server)
    add_header X-Http a line 1 (the top of the file)
    error_page 404 /404 line 3 (the top of the file)
    proxy_pass http://127.0.0.1:1 line 14 (location /)
    proxy_set_header Connection (not sent) nginx's default
    proxy_set_header Expect (not sent) nginx's default
    proxy_set_header Host $proxy_host nginx's default
    proxy_set_header Keep-Alive (not sent) nginx's default
    proxy_set_header TE (not sent) nginx's default
    proxy_set_header Upgrade (not sent) nginx's default
    proxy_set_header X-B $v line 12 (location /)
    ssl_protocols TLSv1.3 line 8 (server)
    ");
    let in_if = settings_of(&project, "a.org/?x=1");
    let headers = in_if.iter().filter(|line| line.starts_with("add_header")).map(String::as_str);
    assert_eq!(headers.collect::<Vec<_>>(), ["add_header X-If b always line 13 (if ($arg_x))"]);
}

fn settings_of(project: &Project, url: &str) -> Vec<String> {
    let said = said_in(project, &["--conf", "site.conf", "--all-settings", url]);
    let (_, settings) = said.split_once("settings\n").expect("there are some");
    let lines = settings.lines().take_while(|line| line.starts_with("  "));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn bad_input() {
    insta::assert_snapshot!(said(&["prd", "api.petties.world/"]), @r"
    error[unknown-environment]: no environment is called `prd`
     |
     = help: did you mean `prod`?

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["prod", "ftp://api.petties.world/"]), @r"
    error[bad-url]: `ftp://api.petties.world/` is not a URL of a site
     |
     = why: nginx does not serve `ftp://`
     = help: start it with `https://`, `wss://`, `http://` or `ws://`, or with the name

    1 error: nothing was done
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["--conf", "gone.conf", "api.petties.world/"]), @r"
    error: `gone.conf` cannot be read: No such file or directory (os error 2)
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["prod", "api.petties.world/", "--expect", "place=/"]), @r"
    error: invalid value 'place=/' for '--expect <KEY=VALUE>': expected `server=`, `location=`, `status=` or `upstream=`

    For more information, try '--help'.
    exit status: 2
    ");
    let project = Project::empty();
    project.write("broken.conf", "server { listen 80\n");
    insta::assert_snapshot!(said_in(&project, &["--conf", "broken.conf", "api.petties.world/"]), @r#"
    error[missing-semicolon]: unexpected end of file, expecting ";" or "}"
     --> broken.conf:1:19
      |
    1 | server { listen 80
      |                   ^
      |                   |
      |                   nginx is still reading `listen`
      |                   no `;` here
      |
      = why: a directive goes on over line ends until its `;`
      = help: end `listen` with `;`

    1 error: nothing was done
    exit status: 2
    "#);
    for wrong in [&["prod"][..], &[], &["prod", "a.org", "--conf", "a"], &["--conf", "a"]] {
        nginx_gen(&Project::petties())
            .args(["route"].into_iter().chain(wrong.iter().copied()))
            .assert()
            .code(2);
    }
}

#[test]
fn every_answer() {
    let project = Project::empty();
    project.write(
        "sites/a",
        "server { listen 80; server_name a.org; location /moved { return 307 /new$is_args$args; }
        location /run { proxy_pass http://$backend; } location /rpc { grpc_pass grpc://127.0.0.1:50051; }
        location /inner { internal; } location /files { root /srv; } location /ok { return 204; } }",
    );
    project.write(
        "sites/b",
        "server { listen 8080; server_name a.org; location /s/ { proxy_pass http://127.0.0.1:1; } }",
    );
    let dump = ["a", "b"]
        .map(|name| format!("# configuration file /e/{name}:\n{}\n", project.read(&format!("sites/{name}"))));
    project.write(
        "dump",
        &format!("# configuration file /e/n:\nhttp {{ include a; include b; }}\n{}", dump.concat()),
    );
    for (url, answer) in [
        ("a.org/moved?x=1", "redirected with 307 to `http://a.org/new?x=1`, by the location's `return`"),
        ("a.org/run", "passed on to `http://$backend`"),
        ("a.org/rpc", "passed on by `grpc_pass` to `grpc://127.0.0.1:50051`"),
        ("a.org/inner", "404: the location is `internal`"),
        ("a.org/files/x", "a file under `root /srv`"),
        ("a.org/ok", "answered with 204 by the location's `return`"),
        ("a.org/other", "no location matches: a file of the server's own root"),
        (
            "ws://a.org:8080/s",
            "redirected with 301 to `http://a.org:8080/s/`, since nginx adds the final slash by itself",
        ),
    ] {
        for conf in ["sites", "dump"] {
            let said = said_in(&project, &["--conf", conf, url]);
            assert_eq!(said.lines().nth(1), Some(format!("→ {answer}").as_str()), "{conf}: {url}");
        }
    }
}

#[test]
fn what_may_change_a_refusal_is_named() {
    let project = Project::empty();
    project.write("a.conf", "server { if ($ok) { return 200; } return 444; }");
    insta::assert_snapshot!(said_in(&project, &["--conf", "a.conf", "http://a.org/"]), @r"
    http://a.org/
    → the connection is closed by the server's `return` 444

    steps
      if ($ok)  taken not to hold  (a.conf:1)

    server (no name)  (a.conf:1)
      no server has the name `a.org`, none is the default, and this is the first at port 80

    note: `if ($ok)` at a.conf:1 cannot be judged: `$ok` is known at run time only; taken not to hold
    exit status: 1
    ");
}

#[test]
fn requests_that_no_client_sends_are_refused() {
    insta::assert_snapshot!(said(&["prod", "api.petties.world/", "--header", "Upgrade"]), @r"
    error: invalid value 'Upgrade' for '--header <NAME: VALUE>': write it as a client sends it: `Name: value`

    For more information, try '--help'.
    exit status: 2
    ");
    insta::assert_snapshot!(said(&["prod", "api.petties.world/", "--method", "post"]), @r"
    error: invalid value 'post' for '--method <METHOD>': nginx answers 400 to such a method; write it in capitals, as `POST`

    For more information, try '--help'.
    exit status: 2
    ");
}
