use std::path::Path;

use super::{Configuration, Dump, Files, Memory, Scope, load};
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
    assert_eq!((codes(&configuration), configuration.scope), (vec![], Scope::Main));
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
fn a_site_file_finds_the_snippets_of_its_installation() {
    let files = memory(&[
        ("/etc/nginx/sites-available/a", "server { include snippets/p; location / { include snippets/p; } }"),
        ("/etc/nginx/snippets/p", "access_log off"),
    ]);
    let (sources, configuration) = loaded(&files, "/etc/nginx/sites-available/a");
    assert_eq!((codes(&configuration), configuration.scope), (vec!["missing-semicolon"], Scope::Http));
    let is_log = |directive: &Directive<'_>| directive.is("access_log");
    assert_eq!(configuration.root(&sources).descendants().filter(is_log).count(), 2);
}

#[test]
fn what_cannot_be_included_is_told_once() {
    let files = memory(&[
        ("/a", "server { include gone; include none*; location / { include b; } } server { include b; }"),
        ("/b", "include gone2; include a;"),
    ]);
    let (_, configuration) = loaded(&files, "/a");
    let expected = ["include-unreadable", "include-unreadable", "include-cycle"];
    assert_eq!(codes(&configuration), expected);
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
    for (text, scope) in [
        ("events {} http {}", Scope::Main),
        ("gzip on; server { }", Scope::Http),
        ("server 127.0.0.1:80; keepalive 2;", Scope::Upstream),
        ("location / { }", Scope::Server),
        ("proxy_set_header Host $host;", Scope::Location),
        ("", Scope::Location),
    ] {
        let (_, configuration) = loaded(&memory(&[("/a", text)]), "/a");
        assert_eq!(configuration.scope, scope, "{text}");
    }
}
