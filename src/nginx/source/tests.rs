use std::path::Path;

use super::{Configuration, Disk, Dump, Files, Memory, Scope, UNREAD_INCLUDE, load};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::Context;
use crate::nginx::tree::Directive;
use crate::text::Sources;

fn memory(files: &[(&str, &str)]) -> Memory {
    let mut memory = Memory::default();
    for (path, text) in files {
        memory.insert(*path, *text);
    }
    memory
}

fn loaded(files: &Memory, path: &str) -> (Sources, Configuration) {
    let mut sources = Sources::new();
    let configuration = load(&mut sources, files, Path::new(path), None).unwrap();
    (sources, configuration)
}

fn codes(configuration: &Configuration) -> Vec<&str> {
    configuration.faults.iter().map(|fault| fault.code).collect()
}

#[test]
fn includes_stand_where_they_are_written() {
    let files = memory(&[
        ("/etc/nginx/nginx.conf", "http { include sites-enabled/*; gzip on; }"),
        ("/etc/nginx/sites-enabled/b", "server { listen 2; include snippets/p; # why\n }"),
        ("/etc/nginx/sites-enabled/a", "server { listen 1; }"),
        ("/etc/nginx/snippets/p", "access_log off; # quiet\nerror_page 404 /a;"),
    ]);
    let (sources, configuration) = loaded(&files, "/etc/nginx/nginx.conf");
    assert_eq!(
        (codes(&configuration), configuration.scope(&sources)),
        (vec![], Scope::Inside(Context::Main))
    );
    let http = configuration.root(&sources).find("http").unwrap();
    let names: Vec<_> = http.children().map(Directive::name).collect();
    assert_eq!(names, ["include", "server", "server", "gzip"]);
    let second = http.find_all("server").nth(1).unwrap();
    let error_page = second.find("error_page").unwrap();
    assert_eq!(error_page.parent(), Some(second));
    assert_eq!(error_page.included_by(), second.find("include"));
    assert_eq!(second.parent(), Some(http));
    assert_eq!(sources.file(error_page.file()).name(), "/etc/nginx/snippets/p");
    assert_eq!(second.find("access_log").unwrap().comment_behind().unwrap().text(), "quiet");
    assert_eq!(second.find("include").unwrap().comment_behind().unwrap().text(), "why");
}

#[test]
fn an_include_that_lost_its_semicolon_brings_not_the_block_it_took() {
    let text = "server {\n  include ssl.conf\n\n  location / {\n    root /srv;\n  }\n";
    let (sources, configuration) =
        loaded(&memory(&[("/etc/nginx/sites-available/a", text)]), "/etc/nginx/sites-available/a");
    assert_eq!(configuration.scope(&sources), Scope::Inside(Context::Http));
    assert_eq!(codes(&configuration), ["unclosed-block"]);
}

#[test]
fn a_site_file_finds_the_snippets_of_its_installation() {
    let files = memory(&[
        ("/etc/nginx/sites-available/a", "server { include snippets/p; location / { include snippets/p; } }"),
        ("/etc/nginx/snippets/p", "access_log off"),
    ]);
    let (sources, configuration) = loaded(&files, "/etc/nginx/sites-available/a");
    assert_eq!(
        (codes(&configuration), configuration.scope(&sources)),
        (vec!["missing-semicolon"], Scope::Inside(Context::Http))
    );
    let is_log = |directive: &Directive<'_>| directive.is("access_log");
    assert_eq!(configuration.root(&sources).descendants().filter(is_log).count(), 2);
}

#[test]
fn a_file_deeper_inside_finds_what_lies_beside_its_nginx_conf() {
    let files = memory(&[
        ("/srv/nginx.conf", "http { include templates/deep/a; }"),
        ("/srv/templates/deep/a", "server { include tls/modern.conf; }"),
        ("/srv/tls/modern.conf", "ssl_session_timeout 1d;"),
    ]);
    let (sources, configuration) = loaded(&files, "/srv/templates/deep/a");
    assert_eq!(codes(&configuration), [""; 0]);
    assert!(configuration.root(&sources).descendants().any(|one| one.is("ssl_session_timeout")));
}

#[test]
fn what_cannot_be_included_is_told_once() {
    let files = memory(&[
        ("/a", "server { include gone; include none*; location / { include b; } } server { include b; }"),
        ("/b", "include gone2; include gone; include a;"),
    ]);
    let (sources, configuration) = loaded(&files, "/a");
    let told = |fault: &Diagnostic| (fault.code, fault.severity, fault.message.to_string());
    let told: Vec<_> = configuration.faults.iter().map(told).collect();
    let unread = |name: &str| (UNREAD_INCLUDE, Severity::Hint, format!("what `{name}` holds was not judged"));
    let cycle = ("include-cycle", Severity::Error, "`/a` includes itself".to_owned());
    assert_eq!(told, [cycle, unread("gone"), unread("gone2")]);
    let first = configuration.faults[1].span().unwrap();
    assert_eq!(sources.slice(first), "include gone");
    assert_eq!(configuration.faults[1].labels[0].text, "no such file");
}

#[test]
fn what_every_package_ships_is_not_missed() {
    let files = memory(&[(
        "/n.conf",
        "include /usr/share/nginx/modules/*.conf; http { include mime.types; include my_fastcgi_params; server { \
         include snippets/fastcgi-php.conf; include proxy_params; include conf.d/*.conf; } }",
    )]);
    let (_, configuration) = loaded(&files, "/n.conf");
    let told: Vec<_> = configuration.faults.iter().map(|fault| &*fault.message).collect();
    assert_eq!(told, ["what `my_fastcgi_params` holds was not judged"]);
}

#[test]
fn a_pattern_that_fits_no_file_is_told_where_all_servers_are_missing() {
    let files = memory(&[("/n.conf", "include modules-enabled/*.conf; http { include conf.d/*.conf; }")]);
    let (_, configuration) = loaded(&files, "/n.conf");
    assert_eq!(configuration.faults[0].message, "what `conf.d/*.conf` holds was not judged");
    assert_eq!(codes(&configuration), [UNREAD_INCLUDE]);
}

#[test]
fn a_file_is_missed_where_nginx_itself_would_miss_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let absolute = at("sites-enabled").display().to_string();
    std::fs::create_dir(at("sites-enabled")).unwrap();
    std::fs::write(at("sites-enabled/a"), "server { include snippets/tls.conf; }").unwrap();
    // What is installed names its own folder; a copy of it in a repository does not.
    for (include, severity) in [(&*absolute, Severity::Error), ("sites-enabled", Severity::Hint)] {
        std::fs::write(at("nginx.conf"), format!("events {{}} http {{ include {include}/*; }}")).unwrap();
        let configuration = load(&mut Sources::new(), &Disk, &at("nginx.conf"), None).unwrap();
        let fault = &configuration.faults[0];
        assert_eq!((fault.code, fault.severity), (UNREAD_INCLUDE, severity), "{fault:?}");
        let of_nginx = format!("open() \"{}\" failed", at("snippets/tls.conf").display());
        assert_eq!(fault.message.starts_with(&of_nginx), severity == Severity::Error, "{fault:?}");
        assert!(configuration.is_well_formed());
    }
}

#[test]
fn a_dump_is_the_files_it_holds() {
    let text = "nginx: the configuration file /e/n.conf syntax is ok\n# configuration file /e/n.conf:\nhttp {\n    \
        include c/*.conf;\n}\n\n# configuration file /e/c/a.conf:\nserver { listen 1; }\n";
    let dump = Dump::read(text).unwrap();
    assert_eq!(dump.main(), Path::new("/e/n.conf"));
    assert_eq!(dump.files().read(dump.main()).unwrap(), b"http {\n    include c/*.conf;\n}\n");
    let mut sources = Sources::new();
    let configuration = load(&mut sources, dump.files(), dump.main(), None).unwrap();
    assert!(configuration.root(&sources).find("http").unwrap().find("server").is_some());
    assert!(Dump::read("server { }").is_none());
}

#[test]
fn scopes_are_told_by_what_stands_at_the_top() {
    for (context, text) in [
        (Context::Main, "events {} http {}"),
        (Context::Main, "user www; worker_processes 2; server { }"),
        (Context::Main, "http { } server { } server { }"),
        (Context::Events, "worker_connections 1024; use epoll;"),
        (Context::Http, "gzip on; server { }"),
        (Context::Http, "server { listen 80; } server { listen 81; } worker_processes 2;"),
        (Context::Http, "server { listen 80; proxy_pass http://127.0.0.1; }"),
        (Context::Http, "server { listen 80; more_set_headers a; return 301 https://a.org; }"),
        (Context::Http, "upstream a { server 127.0.0.1:1; }"),
        (Context::Http, "map $http_upgrade $a { default 1; }"),
        (Context::Upstream, "server 127.0.0.1:80; keepalive 2;"),
        (Context::Upstream, "server 127.0.0.1:80;"),
        (Context::Server, "location / { }"),
        (Context::Server, "listen 80; server_name a; return 301 https://a.org;"),
        (Context::Location, "proxy_set_header Host $host;"),
        (Context::Location, "allow 10.0.0.0/8; deny all;"),
        (Context::Location, "fastcgi_param A b; fastcgi_pass unix:/a;"),
        (Context::Location, ""),
        (Context::Stream, "upstream dns { server 127.0.0.1:53; } server { listen 53 udp; proxy_pass dns; }"),
        (Context::Stream, "server { listen 12345; proxy_pass back:1; proxy_connect_timeout 1s; }"),
        (Context::Stream, "map $ssl_preread_server_name $back { default a; }"),
        (Context::Stream, "log_format basic '$remote_addr $protocol $session_time';"),
        (Context::StreamServer, "listen 53 udp; proxy_pass dns; proxy_responses 1;"),
        (Context::Mail, "server { listen 110; protocol pop3; }"),
        (Context::Mail, "auth_http 127.0.0.1:9/auth; server { listen 25; smtp_auth plain; }"),
        (Context::MailServer, "listen 143; protocol imap;"),
        (Context::MailServer, "pop3_auth plain apop; pop3_capabilities TOP;"),
    ] {
        let (sources, configuration) = loaded(&memory(&[("/a", text)]), "/a");
        assert_eq!(configuration.scope(&sources), Scope::Inside(context), "{text}");
    }
}

#[test]
fn lists_are_no_directives() {
    for list in [
        "default 0; ~*bot 1;",
        "a.example.org 1; *.example.org 2; include more;",
        "text/html html htm; image/png png;",
        "10.0.0.0/8 inside; 127.0.0.1 inside;",
        "ranges; 10.0.0.0-10.0.0.255 1;",
        "50% a; * b;",
        "RU 1; CN 1;",
        "/api 1; internal 2; /allow 3;",
    ] {
        let (sources, configuration) = loaded(&memory(&[("/a", list)]), "/a");
        assert_eq!(configuration.scope(&sources), Scope::Lines, "{list}");
    }
    for other in ["proxy_passs http://a;", "Server { listen 80; }", "gzip on; Gzip_types a/b;"] {
        let (sources, configuration) = loaded(&memory(&[("/a", other)]), "/a");
        assert_ne!(configuration.scope(&sources), Scope::Lines, "{other}");
    }
}

/// A `}` too many closes the server early, and what follows would be the content of one.
#[test]
fn whole_servers_say_where_a_file_belongs() {
    let text = "server { listen 80; location /a { } } location /b { } location /c { } location /d { }";
    let files = memory(&[("/a.conf", text)]);
    let (sources, configuration) = loaded(&files, "/a.conf");
    assert_eq!(configuration.scope(&sources), Scope::Inside(Context::Http));
}
