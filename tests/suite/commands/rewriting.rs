//! `nginx-gen route` through `rewrite`, `if`, `set` and `try_files`

use super::route::said_in;
use crate::support::command::Project;

/// Upgrades go one way, old paths another, and files come first.
const REWRITING: &str = "server {
    listen 80;
    if ($request_method = PATCH) { return 405; }
    rewrite ^/old/(?<rest>.*)$ /app/$rest?from=old;
    location /app/ {
        if ($http_upgrade ~* websocket) { rewrite ^/app/(.*)$ /ws/$1 last; }
        if ($bot) { return 403; }
        try_files $uri @app;
    }
    location /ws/ { internal; proxy_pass http://127.0.0.1:9000; }
    location @app { proxy_pass http://127.0.0.1:8000; }
    location /loop { rewrite ^/loop(.*)$ /loop$1x; }
    location /spa/ { root /srv; try_files $uri /spa/index.html =404; error_page 404 /404.html; }
    location /by-cookie { rewrite ^ /$cookie_tenant/home last; }
    location /by-token { rewrite ^ /$upstream_token/home last; }
}
";

#[test]
fn the_way_through_rewrites_is_told() {
    let project = Project::empty();
    project.write("a.conf", REWRITING);
    insta::assert_snapshot!(said_in(&project, &["--conf", "a.conf", "ws://a.org/old/chat?t=1"]), @r"
    ws://a.org/old/chat?t=1
    → passed on to `http://127.0.0.1:9000/ws/chat?from=old&t=1`

    steps
      if ($request_method = PATCH)                    does not hold: `$request_method` is `GET`  (a.conf:3)
      rewrite ^/old/(?<rest>.*)$ /app/$rest?from=old  writes `/app/chat?from=old&t=1`  (a.conf:4)
      location /app/                                  takes `/app/chat?from=old&t=1`  (a.conf:5)
      if ($http_upgrade ~* websocket)                 holds: `$http_upgrade` is `websocket`  (a.conf:6)
      rewrite ^/app/(.*)$ /ws/$1 last                 writes `/ws/chat?from=old&t=1`  (a.conf:6)
      location /ws/                                   takes `/ws/chat?from=old&t=1`  (a.conf:10)

    server (no name)  (a.conf:1)
      no server has the name `a.org`, none is the default, and this is the first at port 80

    location /ws/  (a.conf:10)
      it is the longest prefix, and no regex matches
      not /app/ (line 5): it does not match the path
      not /loop (line 12): it does not match the path
      not /spa/ (line 13): it does not match the path
      not /by-cookie (line 14): it does not match the path
      not /by-token (line 15): it does not match the path

    settings
      proxy_http_version           1.1          nginx's default
      proxy_set_header Host        $proxy_host  nginx's default
      proxy_set_header Connection  (not sent)   nginx's default
      proxy_set_header Upgrade     (not sent)   nginx's default
      proxy_buffering              on           nginx's default
      proxy_request_buffering      on           nginx's default
      proxy_cache                  off          nginx's default
      proxy_read_timeout           60s          nginx's default
      proxy_send_timeout           60s          nginx's default
      proxy_connect_timeout        60s          nginx's default
      gzip                         off          nginx's default
      client_max_body_size         1m           nginx's default
      keepalive_timeout            75s          nginx's default
    exit status: 0
    ");
    insta::assert_snapshot!(said_in(&project, &["--conf", "a.conf", "a.org/old/chat?t=1"]), @r"
    a.org/old/chat?t=1
    → passed on to `http://127.0.0.1:8000/app/chat?from=old&t=1`

    steps
      if ($request_method = PATCH)                    does not hold: `$request_method` is `GET`  (a.conf:3)
      rewrite ^/old/(?<rest>.*)$ /app/$rest?from=old  writes `/app/chat?from=old&t=1`  (a.conf:4)
      location /app/                                  takes `/app/chat?from=old&t=1`  (a.conf:5)
      if ($http_upgrade ~* websocket)                 does not hold: `$http_upgrade` is empty  (a.conf:6)
      if ($bot)                                       taken not to hold  (a.conf:7)
      try_files $uri @app                             goes on with `@app`  (a.conf:8)
      location @app                                   takes `/app/chat?from=old&t=1`  (a.conf:11)

    server (no name)  (a.conf:1)
      no server has the name `a.org`, none is the default, and this is the first at port 80

    location @app  (a.conf:11)
      a `try_files` or an `error_page` leads to it by its name

    settings
      proxy_http_version           1.1          nginx's default
      proxy_set_header Host        $proxy_host  nginx's default
      proxy_set_header Connection  (not sent)   nginx's default
      proxy_set_header Upgrade     (not sent)   nginx's default
      proxy_buffering              on           nginx's default
      proxy_request_buffering      on           nginx's default
      proxy_cache                  off          nginx's default
      proxy_read_timeout           60s          nginx's default
      proxy_send_timeout           60s          nginx's default
      proxy_connect_timeout        60s          nginx's default
      gzip                         off          nginx's default
      client_max_body_size         1m           nginx's default
      keepalive_timeout            75s          nginx's default

    note: `if ($http_upgrade ~* websocket)` at a.conf:6 reads `$http_upgrade`, taken as empty, since no such header was given with `--header`

    note: `if ($bot)` at a.conf:7 cannot be judged: `$bot` is known at run time only; taken not to hold

    note: `try_files $uri @app` at a.conf:8 asks for files, which are not known; taken as if there were none, so its last counts
    exit status: 0
    ");
}

#[test]
fn what_an_if_asks_for_is_given() {
    let project = Project::empty();
    project.write("a.conf", REWRITING);
    let answer = |more: &[&str]| {
        let said = said_in(&project, &[&["--conf", "a.conf"], more].concat());
        said.lines().nth(1).unwrap().to_owned()
    };
    let upgrade = ["--header", "Upgrade: WebSocket", "http://a.org/app/x"];
    assert_eq!(answer(&["http://a.org/app/x"]), "→ passed on to `http://127.0.0.1:8000/app/x`");
    assert_eq!(answer(&upgrade), "→ passed on to `http://127.0.0.1:9000/ws/x`");
    assert_eq!(answer(&["--method", "PATCH", "a.org/app/x"]), "→ answered with 405 by the server's `return`");
    assert_eq!(answer(&["a.org/ws/x"]), "→ 404: the location is `internal`");
    assert_eq!(
        answer(&["a.org/loop"]),
        "→ 500: the path is changed more than ten times, last from `location /loop`"
    );
    assert_eq!(
        answer(&["--header", "Cookie: tenant=app", "a.org/by-cookie"]),
        "→ passed on to `http://127.0.0.1:8000/app/home`"
    );
}

#[test]
fn who_asks_is_not_known() {
    let project = Project::empty();
    let text = "server {\n    auth_basic a;\n    location /open/ { auth_basic off; return 204; }\n    \
                location /files/ { allow 10.0.0.0/8; deny all; }\n    location /api/ {\n        \
                proxy_pass http://127.0.0.1:1;\n        limit_except GET { deny all; }\n    }\n}\n";
    project.write("a.conf", text);
    let notes = |url: &str| {
        let said = said_in(&project, &["--conf", "a.conf", url]);
        said.lines().filter(|line| line.starts_with("note")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(notes("a.org/open/x"), "");
    insta::assert_snapshot!(notes("a.org/files/x"), @r"
    note: `deny all` at a.conf:4 may refuse the request; who asks is not known, and taken to be let in
    note: `auth_basic a` at a.conf:2 may refuse the request; who asks is not known, and taken to be let in
    ");
    insta::assert_snapshot!(notes("a.org/api/x"), @r"
    note: `auth_basic a` at a.conf:2 may refuse the request; who asks is not known, and taken to be let in
    note: `limit_except GET` at a.conf:7 may refuse the request; who asks is not known, and taken to be let in
    ");
}

#[test]
fn what_is_not_known_is_told_with_what_was_assumed() {
    let project = Project::empty();
    project.write("a.conf", REWRITING);
    let told = |url: &str| {
        let said = said_in(&project, &["--conf", "a.conf", url]);
        let is_told = |line: &&str| line.starts_with("→") || line.starts_with("note");
        said.lines().filter(is_told).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(told("a.org/spa/x"), @r"
    → no location matches: a file of the server's own root, sent with 404
    note: `try_files $uri /spa/index.html =404` at a.conf:13 asks for files, which are not known; taken as if there were none, so its last counts
    ");
    insta::assert_snapshot!(told("a.org/by-token"), @"→ not known: the path that `rewrite ^ /$upstream_token/home last` at a.conf:15 leads to: `$upstream_token` is known at run time only");
    insta::assert_snapshot!(told("a.org/by-cookie"), @r"
    → no location matches: a file of the server's own root
    note: `rewrite ^ /$cookie_tenant/home last` at a.conf:14 reads `$cookie_tenant`, taken as empty, since no such header was given with `--header`
    ");
}

/// A site of pages, by what leads to them.
const PAGES: &str = "server {
    listen 80;
    error_page 404 /404.html;
    error_page 500 502 504 @down;
    error_page 401 https://login.example.com/?to=$request_uri;
    location = /404.html { internal; root /srv/errors; }
    location /gone { return 404; }
    location /login { return 401; }
    location /up { proxy_pass http://127.0.0.1:8080; }
    location /own { proxy_pass http://127.0.0.1:8080; proxy_intercept_errors on; }
    location /lost { try_files $uri @nowhere; }
    location /files { root /srv; error_page 405 =200 $uri; }
    location @down { return 503; }
}
server {
    listen 443 ssl;
    error_page 497 =301 https://$host$request_uri;
}
server {
    listen 81;
    server_name .B.org;
    server_name_in_redirect on;
    error_page 404 /closed;
    location /gone { return 404; }
    location /closed { return 444; }
    location /moved { return 301 /to/$server_name; }
}
";

#[test]
fn answers_lead_to_their_pages() {
    let project = Project::empty();
    project.write("a.conf", PAGES);
    insta::assert_snapshot!(said_in(&project, &["--conf", "a.conf", "http://a.org/gone"]), @r"
    http://a.org/gone
    → a file under `root /srv/errors`, sent with 404

    steps
      location /gone            takes `/gone`  (a.conf:7)
      error_page 404 /404.html  goes on with `/404.html` in place of 404  (a.conf:3)
      location = /404.html      takes `/404.html`  (a.conf:6)

    server (no name)  (a.conf:1)
      no server has the name `a.org`, none is the default, and this is the first at port 80

    location = /404.html  (a.conf:6)
      it is exactly the path
      not /gone (line 7): it does not match the path
      not /login (line 8): it does not match the path
      not /up (line 9): it does not match the path
      not /own (line 10): it does not match the path
      not /lost (line 11): it does not match the path
      nor 1 more
    exit status: 0
    ");
    let told = |args: &[&str]| {
        let said = said_in(&project, &[&["--conf", "a.conf"], args].concat());
        let is_told = |line: &&str| line.starts_with("→") || line.starts_with("note");
        said.lines().filter(is_told).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(told(&["http://a.org/login"]), @"→ redirected with 302 to `https://login.example.com/?to=/login`, by `error_page 401 https://login.example.com/?to=$request_uri`");
    insta::assert_snapshot!(told(&["http://a.org/files/x", "--method", "POST"]), @"→ a file under `root /srv`, sent with 200");
    insta::assert_snapshot!(told(&["http://a.org:443/x"]), @"→ redirected with 301 to `https://a.org/x`, by `error_page 497 =301 https://$host$request_uri`");
    insta::assert_snapshot!(told(&["http://a.b.org:81/gone"]), @"→ the connection is closed by the location's `return` 444");
    insta::assert_snapshot!(told(&["http://a.b.org:81/moved"]), @"→ redirected with 301 to `http://b.org:81/to/b.org`, by the location's `return`");
    // One page is followed, and not that of what it is answered with.
    insta::assert_snapshot!(told(&["http://a.org/lost"]), @r"
    → answered with 503 by the location's `return`
    note: `try_files $uri @nowhere` at a.conf:11 asks for files, which are not known; taken as if there were none, so its last counts
    ");
    insta::assert_snapshot!(told(&["http://a.org/up"]), @r"
    → passed on to `http://127.0.0.1:8080/up`
    note: `error_page 404 /404.html` at a.conf:3 leaves such answers of the back end alone: none is intercepted
    note: `error_page 500 502 504 @down` at a.conf:4 answers where the back end does not: 500, 502, 504
    note: `error_page 401 https://login.example.com/?to=$request_uri` at a.conf:5 leaves such answers of the back end alone: none is intercepted
    ");
    insta::assert_snapshot!(told(&["http://a.org/own"]), @r"
    → passed on to `http://127.0.0.1:8080/own`
    note: `error_page 404 /404.html` at a.conf:3 takes the place of such answers of the back end too: they are intercepted
    note: `error_page 500 502 504 @down` at a.conf:4 takes the place of such answers of the back end too: they are intercepted
    note: `error_page 401 https://login.example.com/?to=$request_uri` at a.conf:5 takes the place of such answers of the back end too: they are intercepted
    ");
}

#[test]
fn the_index_of_a_folder_may_be_another_locations() {
    let project = Project::empty();
    let text = "server {
    listen 80;
    root /srv;
    index index.php index.html;
    location / { }
    location /plain/ { index none.html; }
    location ~ \\.php$ { fastcgi_pass 127.0.0.1:9000; }
}
";
    project.write("a.conf", text);
    let notes = |url: &str| {
        let said = said_in(&project, &["--conf", "a.conf", url]);
        said.lines().filter(|line| line.starts_with("note")).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(notes("a.org/blog/"), @r"note: `index index.php index.html` at a.conf:4 looks for `/blog/index.php`; where that is, `location ~ \.php$` at a.conf:7 takes the request");
    assert_eq!(notes("a.org/plain/"), "");
    assert_eq!(notes("a.org/blog"), "");
}
