//! `nginx-gen lint`

use crate::support::command::{Project, nginx_gen};

const LATE: &str = "server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1d;
    }
}
";

#[test]
fn a_file_a_folder_and_a_dump_are_told_the_same() {
    let project = Project::empty();
    project.write("etc/sites/a.example.org", LATE);
    let said = nginx_gen(&project).args(["lint", "etc/sites/a.example.org"]).said();
    insta::assert_snapshot!(said, @r"
    warning[stream-buffered]: `location /sse/` holds events back
     --> etc/sites/a.example.org:3:5
      |
    3 |     location /sse/ {
      |     ^^^^^^^^^-----
      |              |
      |              the path of an `sse` location
    4 |         proxy_pass http://127.0.0.1:8080;
      |         -------------------------------- buffered, for nothing else is set
      |
      = why: a client of HTTP/1.1 over TLS sees nothing until 16 KiB have gathered or the answer ends; from an HTTP/1.0 back end nobody does
      = help: add `proxy_buffering off;`

    etc/sites/a.example.org: 1 warning
    exit status: 1
    ");
    let folder = nginx_gen(&project).args(["lint", "etc"]).said();
    assert!(folder.contains("etc: 1 warning") && folder.ends_with("exit status: 1"), "{folder}");
    let main = "events {}\nhttp {\n    include sites/*;\n}\n";
    project.write("etc/nginx.conf", main);
    let joined = nginx_gen(&project).args(["lint", "etc"]).said();
    assert!(joined.contains("etc: 1 warning"), "judged twice: {joined}");
    let dump = format!(
        "# configuration file /etc/nginx.conf:\n{main}\n# configuration file /etc/sites/a:\n{LATE}\n"
    );
    project.write("dump.txt", &dump);
    let dumped = nginx_gen(&project).args(["lint", "dump.txt"]).said();
    assert!(dumped.contains("--> /etc/sites/a:3:5") && dumped.contains("dump.txt: 1 warning"), "{dumped}");
}

#[test]
fn a_folder_without_an_nginx_file_is_not_clean() {
    let project = Project::empty();
    project.write("etc/README.md", "# Sites\n");
    project.write("etc/site.conf.bak", LATE);
    insta::assert_snapshot!(nginx_gen(&project).args(["lint", "etc"]).said(), @r"
    error: there is no nginx file in `etc`; backups, hidden files and those of other programs are left out unless they are named themselves
    exit status: 2
    ");
}

#[test]
fn rules_can_be_chosen() {
    let project = Project::empty();
    project.write("a.conf", LATE);
    let lint = |args: &[&str]| nginx_gen(&project).args([&["lint", "a.conf"], args].concat()).assert();
    lint(&["--allow", "stream-buffered"]).success().stderr("a.conf: no findings\n");
    lint(&["--rule", "upgrade-lost"]).success();
    lint(&["--rule", "stream-buffered"]).code(1);
    lint(&["--deny", "errors"]).success();
    lint(&["--rule", "stream-bufered"]).code(2);
    lint(&["--rule", "stream-buffered", "--allow", "stream-buffered"]).code(2);
    lint(&["--nginx-version", "0.9"]).code(2);
}

#[test]
fn the_version_decides() {
    let project = Project::empty();
    project.write("a.conf", "server { listen 443 ssl http2; ssl_certificate a; ssl_certificate_key b; }\n");
    let lint = |version| nginx_gen(&project).args(["lint", "a.conf", "--nginx-version", version]).assert();
    lint("1.22").success();
    lint("1.28").code(1);
}

#[test]
fn what_nginx_refuses_is_a_finding_and_what_cannot_be_read_is_none() {
    let project = Project::empty();
    project.write("broken.conf", "server { listen 80; proxy_pas http://a; }\n");
    nginx_gen(&project).args(["lint", "broken.conf"]).assert().code(1);
    project.write("unclosed.conf", "server { listen 80;\n");
    nginx_gen(&project).args(["lint", "unclosed.conf"]).assert().code(1);
    nginx_gen(&project).args(["lint", "nowhere.conf"]).assert().code(2);
    nginx_gen(&project).args(["lint"]).assert().code(2);
}

#[test]
fn what_many_files_lack_is_told_once() {
    let project = Project::empty();
    let site = |name: &str, header: &str| {
        let text = format!(
            "server {{\n    listen 80;\n    server_name {name};\n    server_tokens off;\n    include snippets/tls.conf;\n    \
             include fastcgi_params;\n    {header};\n}}\n"
        );
        project.write(&format!("sites-available/{name}"), &text);
    };
    site("a.example.org", "more_set_headers 'A: a'");
    site("b.example.org", "more_clear_headers X-B");
    site("c.example.org", "more_set_headers 'C: c'");
    let said = nginx_gen(&project).args(["lint", "sites-available"]).said();
    insta::assert_snapshot!(said, @r#"
    hint[include-unreadable]: what `snippets/tls.conf` holds was not judged
     --> sites-available/a.example.org:5:5
      |
    5 |     include snippets/tls.conf;
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^ no such file; the same in 2 more files
      |
      = why: rules that would have to know what it sets are silent where it may set it
      = help: name the folder with all the files, or what `nginx -T` prints on the machine that has them

    hint[foreign-module]: this needs the headers-more module, which nginx does not have built in
     --> sites-available/a.example.org:7:5
      |
    7 |     more_set_headers 'A: a';
      |     ^^^^^^^^^^^^^^^^ `more_set_headers` is a directive of it; the same in 2 more files
      |
      = why: an nginx without it does not start: unknown directive "more_set_headers"
      = help: load it in `nginx.conf` with `load_module`, and name that file too, or allow the rule where it is built in

    sites-available: 2 hints
    exit status: 0
    "#);
    project.write("nginx.conf", "load_module modules/ngx_http_headers_more_filter_module.so;\nevents {}\nhttp {\n    include sites-available/*;\n}\n");
    let said = nginx_gen(&project).args(["lint", "--allow", "no-default-server", "."]).said();
    assert!(said.contains("include-unreadable") && !said.contains("foreign-module"), "{said}");
}

#[test]
fn what_lies_beside_a_configuration_in_a_repository_is_left_alone() {
    let project = Project::empty();
    project.write("LICENSE", "Permission is hereby granted, free of charge; to \"any\", person\n");
    project.write("update.sh", "#!/bin/sh\nfor one in a; do echo; done\n");
    project.write("compose.yaml", "services: {}\n");
    project.write(
        "logrotate/nginx",
        "/var/log/nginx/*.log {\n    daily\n    postrotate\n        kill -USR1 1\n    endscript\n}\n",
    );
    // It is judged where the site includes it, and not by itself before.
    project.write("h5/tls/old.conf", "ssl_protocols TLSv1;\n");
    project
        .write("sites/deeper/b.example.org", "server {\n    listen 80;\n    include h5/tls/old.conf;\n}\n");
    project.write("h5/tls/modern.conf", "ssl_session_timeout 1d;\n");
    project.write("sites/a.sh", "server {\n    listen 80;\n    include h5/tls/modern.conf;\n}\n");
    project.write(
        "nginx.conf",
        "events {}\nhttp {\n    server_tokens off;\n    include sites-enabled/*;\n    server {}\n}\n",
    );
    project.write("cache/default.vcl", "vcl 4.0;\nbackend default { .host = \"app\"; }\n");
    project.write("docs/setup.md", "# Set up; first of all\n");
    nginx_gen(&project).args(["lint", "."]).assert().code(1).stderr(".: 1 warning\n");
    // A server of that name.
    project.write("sites-available/example.md", "server {\n    listen 80;\n    ssl_protocols TLSv1;\n}\n");
    nginx_gen(&project).args(["lint", "."]).assert().code(1).stderr(".: 2 warnings\n");
    // A file that was named is read whatever it looks like.
    nginx_gen(&project).args(["lint", "update.sh"]).assert().code(1);
}

#[test]
fn a_brace_that_goes_wrong_is_told_with_what_nginx_stops_at() {
    let project = Project::empty();
    let said = |text: &str| {
        project.write("site.conf", text);
        nginx_gen(&project).args(["lint", "site.conf"]).said()
    };
    for (text, told) in [
        ("server { rewrite ^/a{2} /b; }\n", "directive \"rewrite\" is not terminated by \";\""),
        ("server { location ~ [0-9]{3} { } }\n", "unknown directive \"3}\""),
        ("server {\nserver { listen 80; }\n", "\"server\" directive is not allowed here"),
        ("server { location / return 404; } }\n", "directive \"location\" has no opening \"{\""),
    ] {
        let said = said(text);
        assert!(said.lines().next().is_some_and(|line| line.ends_with(told)), "{text}{said}");
    }
}

#[test]
fn parts_of_stream_and_mail_and_lists_are_known_for_what_they_are() {
    let project = Project::empty();
    project.write(
        "dns.conf",
        "upstream dns { server 10.0.0.1:53; }\nserver { listen 53 udp; proxy_pass dns; }\n",
    );
    project.write("pop3.conf", "server { listen 110; protocol pop3; pop3_auth plain apop; }\n");
    project.write("bots.map", "default 0;\n~*bot 1;\n");
    let said = nginx_gen(&project).args(["lint", "dns.conf", "pop3.conf", "bots.map"]).said();
    assert!(said.ends_with("no findings\nexit status: 0"), "{said}");
}

#[test]
fn what_was_copied_to_many_files_is_told_once_to_people_and_in_each_to_programs() {
    let project = Project::empty();
    for site in 0..19 {
        project.write(&format!("sites/{site:02}.conf"), LATE);
    }
    let each = nginx_gen(&project).args(["lint", "sites"]).said();
    assert_eq!(each.matches("[stream-buffered]").count(), 19, "a page of them is told one by one");
    project.write("sites/19.conf", LATE);
    let said = nginx_gen(&project).args(["lint", "sites"]).said();
    assert_eq!(said.matches("[stream-buffered]").count(), 1, "{said}");
    let same = "= and the same: in 19 more files: sites/01.conf, sites/02.conf, sites/03.conf, …; `--format json` names each\n";
    assert!(said.contains(same), "{said}");
    assert!(said.ends_with("sites: 20 warnings\nexit status: 1"), "{said}");
    let json = nginx_gen(&project).args(["lint", "sites", "--format", "json"]).said();
    assert_eq!(json.matches("\"rule\": \"stream-buffered\"").count(), 20);
}

const SITE: &str = "upstream backend {
    server 127.0.0.1:8080;
}
server {
    listen 80 default_server;
    server_name a.example.org;
    location / {
        proxy_pass http://backend;
    }
}
";

#[test]
fn rules_look_at_what_sites_of_a_folder_decide_for_each_other() {
    let project = Project::empty();
    let certificate = "ssl_certificate a.pem; ssl_certificate_key a.key;";
    for folder in ["sites-enabled", "sites-available"] {
        let default =
            "server { listen 443 ssl default_server; ssl_reject_handshake on; ssl_protocols TLSv1.2; }\n";
        project.write(&format!("{folder}/default"), default);
        let site =
            format!("server {{ listen 443 ssl; server_name a; {certificate} ssl_protocols TLSv1.3; }}\n");
        project.write(&format!("{folder}/a"), &site);
    }
    let lint = |folder: &str, version: &str| {
        nginx_gen(&project).args(["lint", folder, "--nginx-version", version]).said()
    };
    let told = lint("sites-enabled", "1.28");
    assert!(told.contains("warning[tls-of-default-server]: `TLSv1.3` is not spoken for `a`"), "{told}");
    assert!(told.contains("sites-enabled: 1 warning"), "{told}");
    assert!(lint("sites-enabled", "1.30").contains("no findings"));
    // Those may be of several machines.
    assert!(lint("sites-available", "1.28").contains("no findings"));
}

#[test]
fn sites_that_nginx_reads_as_one_are_held_to_one_another() {
    let project = Project::empty();
    for folder in ["sites-enabled", "conf.d", "sites-available"] {
        project.write(&format!("{folder}/a.conf"), SITE);
        project.write(&format!("{folder}/b.conf"), SITE);
    }
    let lint = |path: &str| nginx_gen(&project).args(["lint", path]).said();
    let enabled = lint("sites-enabled");
    for told in [
        "error[duplicate-upstream]: duplicate upstream \"backend\"\n --> sites-enabled/b.conf:1:10",
        "error[duplicate-default-server]: a duplicate default server for 0.0.0.0:80",
        "sites-enabled: 2 errors, 1 warning",
    ] {
        assert!(enabled.contains(told), "{told}: {enabled}");
    }
    let whole = |text: &str| text.replace("sites-enabled", "conf.d");
    assert_eq!(lint("conf.d"), whole(&enabled));
    // They may be of two machines.
    assert!(lint("sites-available").contains("sites-available: no findings"));
    // What a file includes is told as nginx tells it, too.
    project.write("nginx.conf", "events {}\nhttp {\n    server_tokens off;\n    include conf.d/*.conf;\n}\n");
    let included = lint("nginx.conf");
    assert!(included.contains("error[duplicate-upstream]: duplicate upstream \"backend\""), "{included}");
    assert!(included.contains("--> conf.d/b.conf:1:10"), "{included}");
}

#[test]
fn what_a_file_repeats_may_be_judged_elsewhere() {
    let project = Project::empty();
    for site in 0..40 {
        let text = LATE.replace("listen 80;", &format!("listen 80;\n    server_name s{site}.example.org;"));
        project.write(&format!("etc/{site:02}.conf"), &text);
    }
    // The first of them is judged where it is included.
    project.write(
        "etc/main.conf",
        "events {}\nhttp {\n    include 00.conf;\n    server { listen 80 default_server; }\n}\n",
    );
    let said = nginx_gen(&project).args(["lint", "etc", "--rule", "stream-buffered"]).said();
    assert!(said.contains("etc: 40 warnings"), "{said}");
}
