//! `nginx -t` in a private folder.

use crate::support::nginx::{Nginx, Sites};
use crate::support::repository;

const TLS: &str = "server {
    listen 80;
    listen [::]:80;
    listen 443 ssl;
    server_name a.example.com;
    ssl_certificate /etc/letsencrypt/live/a.example.com/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.com/privkey.pem;
    access_log /no/such/folder/access.log;
    location / { proxy_pass http://127.0.0.1:8080; }
}
";

#[test]
fn both_are_the_versions_they_are_meant_to_be() {
    let [debian, built] = Nginx::both().map(|nginx| nginx.version());
    assert!(debian >= [1, 18, 0], "{debian:?}");
    assert_eq!(built[..2], [1, 28], "{built:?}");
}

#[test]
fn ports_certificates_and_logs_of_the_machine_are_not_needed() {
    for nginx in Nginx::both() {
        let verdict = nginx.check(&Sites::one(TLS));
        verdict.assert_accepted();
        assert_eq!(verdict.messages, []);
    }
}

#[test]
fn messages_speak_of_the_files_and_ports_as_they_were_given() {
    let twice = Sites::new().file("a.conf", TLS).file("b.conf", TLS);
    let expected = ["0.0.0.0:80", "[::]:80", "0.0.0.0:443"]
        .map(|address| format!("conflicting server name \"a.example.com\" on {address}, ignored"));
    for nginx in Nginx::both() {
        let verdict = nginx.check(&twice);
        verdict.assert_accepted();
        let mut said = verdict.texts("warn");
        let mut expected: Vec<_> = expected.iter().map(String::as_str).collect();
        said.sort_unstable();
        expected.sort_unstable();
        assert_eq!(said, expected);
    }
    let broken = Sites::one("server {\n  listen 80;\n  nonsense;\n}\n");
    Nginx::debian().check(&broken).assert_refused("unknown directive \"nonsense\" in site.conf:3");
}

#[test]
fn the_versions_differ_where_they_should() {
    let modern = Sites::one("server { listen 80; http2 on; }");
    let [debian, built] = Nginx::both();
    debian.check(&modern).assert_refused("unknown directive \"http2\"");
    built.check(&modern).assert_accepted();
}

#[test]
fn a_file_of_a_folder_is_there_to_be_included() {
    let sites =
        Sites::one("server { listen 80; include snippets/a.conf; }").file("snippets/a.conf", "return 204;");
    Nginx::debian().check(&sites).assert_accepted();
}

#[test]
fn many_checks_at_once_do_not_get_in_each_others_way() {
    let nginx = Nginx::debian();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| nginx.check(&Sites::one(TLS)).assert_accepted());
        }
    });
}

#[test]
fn the_build_is_found_again() {
    let lock = repository::read("tests/nginx/Cargo.lock");
    let [major, minor, patch] = Nginx::built().version();
    assert!(lock.contains(&format!("+{major}.{minor}.{patch}\"")), "not the locked version");
}
