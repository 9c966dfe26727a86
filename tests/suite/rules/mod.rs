//! Every rule: its examples, through the linter and through real nginx.

mod grpc;
mod harm;
mod ops;
mod realtime;
mod tls;

use std::path::Path;

use nginx_gen::diagnostic::{Diagnostic, Severity};
use nginx_gen::lint::{self, Example, RULES, Survey};
use nginx_gen::nginx::parser::parse;
use nginx_gen::nginx::source::{Memory, load};
use nginx_gen::nginx::version::Version;
use nginx_gen::text::{SourceFile, Sources};

use crate::support::nginx::{Nginx, Sites};

/// The rules that find something in a site file.
fn found(text: &str, version: Version) -> Vec<&'static str> {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("site.conf", text));
    let (tree, faults) = parse(file, text);
    assert_eq!(faults, [], "{text}");
    let survey = Survey::new(&tree, &sources, &[], version);
    let mut found: Vec<_> = lint::check(&survey).into_iter().map(|finding| finding.code).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The rules that find something in an example and all it includes.
fn found_in(example: &Example) -> Vec<&'static str> {
    let mut found: Vec<_> = findings(example).into_iter().map(|finding| finding.code).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn findings(example: &Example) -> Vec<Diagnostic> {
    let mut files = Memory::default();
    files.insert("/etc/nginx/site.conf", example.file());
    for (path, text) in example.included {
        files.insert(Path::new("/etc/nginx").join(path), *text);
    }
    let mut sources = Sources::new();
    let main = Path::new("/etc/nginx/site.conf");
    let configuration = load(&mut sources, &files, main, None).expect("it is there");
    assert_eq!(configuration.faults, [], "{}", example.file());
    let survey = Survey::new(&configuration.tree, &sources, &[], example.version);
    lint::check(&survey)
}

/// An example as nginx is to run it.
fn sites(example: &Example) -> Sites {
    let sites = Sites::one(example.text);
    let sites = example.main.map_or(sites.clone(), |main| sites.main(main));
    example.included.iter().fold(sites, |sites, (path, text)| sites.file(*path, *text))
}

fn examples() -> impl Iterator<Item = (&'static str, &'static Example)> {
    RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good).map(|example| (rule.id, example)))
}

#[test]
fn a_bad_example_is_found_by_its_rule_alone_and_a_good_one_by_none() {
    for rule in RULES {
        assert!(!rule.bad.is_empty() && !rule.good.is_empty(), "{} has no examples", rule.id);
        for example in rule.bad {
            assert_eq!(found_in(example), [rule.id], "{}", example.file());
        }
        for example in rule.good {
            assert_eq!(found_in(example), [""; 0], "{}: {}", rule.id, example.text);
        }
    }
}

#[test]
fn nothing_is_told_twice_of_one_place() {
    for (rule, example) in examples() {
        let mut told: Vec<_> =
            findings(example).into_iter().map(|finding| (finding.code, finding.span())).collect();
        let all = told.len();
        told.dedup();
        assert_eq!(told.len(), all, "{rule}: {}", example.file());
    }
}

#[test]
fn every_rule_shows_what_looks_like_its_fault_and_is_none() {
    for rule in RULES {
        let shows = rule.good.iter().any(|example| example.is_near_miss);
        assert!(
            shows,
            "{}: mark a good example as `.near_miss()`: it looks like the fault and is none",
            rule.id
        );
    }
}

#[test]
fn real_nginx_accepts_every_example_but_those_it_lacks_a_module_for() {
    for nginx in Nginx::both() {
        for (rule, example) in examples() {
            // What is written for a newer nginx is not for the distribution's.
            if nginx.speaks(example.version) {
                let verdict = nginx.check(&sites(example));
                match example.refused {
                    Some(message) => verdict.assert_refused(message),
                    None => assert!(verdict.accepted, "{rule}: {}\n{verdict:?}", example.text),
                }
            }
        }
    }
}

#[test]
fn rules_stand_in_the_order_of_their_names() {
    assert!(RULES.is_sorted_by_key(|rule| rule.id));
}

#[test]
fn a_fragment_is_not_held_to_what_its_server_may_set() {
    let fragment = "location /sse/ { proxy_pass http://127.0.0.1:8080; } location /websocket { \
                    proxy_pass http://127.0.0.1:8080; }";
    assert_eq!(found(fragment, Version::branch(1, 22)), [""; 0]);
}

#[test]
fn what_certbot_includes_hides_nothing_but_tls() {
    let site = |path: &str| {
        format!(
            "server {{ listen 443 ssl; include /etc/letsencrypt/{path}; ssl_certificate a.pem; \
             location /ws/ {{ proxy_pass http://127.0.0.1:8080; proxy_set_header Upgrade $http_upgrade; \
             proxy_set_header Connection upgrade; }} }}"
        )
    };
    let told = |path: &str| found(&site(path), Version::branch(1, 22));
    assert_eq!(told("options-ssl-nginx.conf"), ["short-timeout", "websocket-http10"]);
    assert_eq!(told("options-nginx.conf"), [""; 0]);
    let two = "server { listen 443 ssl default_server; ssl_protocols TLSv1.2; }\n\
               server { listen 443 ssl; INCLUDE ssl_protocols TLSv1.2 TLSv1.3; }";
    let told = |include: &str| found(&two.replace("INCLUDE", include), Version::branch(1, 22));
    assert_eq!(told(""), ["tls-of-default-server"]);
    assert_eq!(told("include options-ssl-nginx.conf;"), [""; 0]);
}

#[test]
fn what_only_a_path_or_copied_headers_speak_for_is_told_as_such() {
    let severity = |location: &str, rule: &str| {
        let text = format!("server {{ listen 80; location {location} }}");
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("site.conf", text.as_str()));
        let (tree, _) = parse(file, &text);
        let found = lint::check(&Survey::new(&tree, &sources, &[], Version::branch(1, 22)));
        found.into_iter().find(|finding| finding.code == rule).map(|finding| finding.severity)
    };
    let pass = "proxy_pass http://127.0.0.1:8080;";
    let upgrade = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";
    let told = |path: &str, more: &str, rule| severity(&format!("{path} {{ {pass} {more} }}"), rule);
    let (warning, hint) = (Some(Severity::Warning), Some(Severity::Hint));
    assert_eq!(told("/ws", upgrade, "short-timeout"), warning);
    assert_eq!(told("/mqtt", upgrade, "short-timeout"), warning);
    assert_eq!(told("~ /api/v[0-9]+/(users/)?websocket$", upgrade, "short-timeout"), warning);
    assert_eq!(told("~ ^/[a-z]ws$", "proxy_read_timeout 1d;", "upgrade-lost"), None);
    for path in ["/chat", "/team-chat/", "/api/feed"] {
        assert_eq!(told(path, upgrade, "short-timeout"), hint, "{path}");
    }
    for path in ["/chat-history", "/live-blog", "/api/"] {
        assert_eq!(told(path, upgrade, "short-timeout"), None, "{path}");
    }
    assert_eq!(told("/notifications", "proxy_buffering off;", "short-timeout"), hint);
    assert_eq!(told("/notifications", "proxy_read_timeout 10m;", "stream-buffered"), hint);
    assert_eq!(told("/sse", "proxy_read_timeout 10m;", "stream-buffered"), warning);
    assert_eq!(told("/ws", "proxy_read_timeout 10m;", "upgrade-lost"), hint);
    assert_eq!(told("/ws", "proxy_read_timeout 1d;", "upgrade-lost"), Some(Severity::Error));
    assert_eq!(told("/ws", upgrade, "websocket-http10"), Some(Severity::Error));
    assert_eq!(told("/api/", upgrade, "websocket-http10"), warning);
}

#[test]
fn a_comment_says_what_a_location_is_for() {
    let location = |comment: &str| {
        format!("server {{ listen 80;\n{comment}\nlocation /x {{ proxy_pass http://127.0.0.1:8080; }} }}")
    };
    let told = |comment| found(&location(comment), Version::branch(1, 22));
    assert_eq!(told("# nginx-gen: type sse"), ["short-timeout", "stream-buffered"]);
    assert_eq!(told("# nginx-gen: type websocket"), ["short-timeout", "upgrade-lost", "websocket-http10"]);
    assert_eq!(told("# nginx-gen: type http"), [""; 0]);
}

#[test]
fn the_defaults_are_those_of_the_version() {
    let rule = lint::find("websocket-http10").unwrap();
    assert_eq!(found(rule.bad[0].text, Version::new(1, 29, 7)), [""; 0]);
    assert_eq!(found(rule.bad[0].text, Version::new(1, 29, 6)), [rule.id]);
}

#[test]
fn the_guides_own_files_are_told_what_was_measured() {
    let told = |site: &str, version| {
        let text = crate::support::repository::read(&format!("tests/guide/{site}.petties.world.conf"));
        found(&text, version)
    };
    let old = Version::branch(1, 22);
    let api = ["acme-unreachable", "no-op-request-header", "static-upgrade"];
    assert_eq!(told("api", old), api);
    assert_eq!(told("api-test", old), api);
    assert_eq!(told("ai", old), ["acme-unreachable", "location-order", "static-upgrade"]);
    assert!(told("ai", Version::branch(1, 28)).contains(&"http2-listen-deprecated"));
}

#[test]
fn a_comment_with_a_reason_allows_a_finding() {
    let told = |above: &str, behind: &str| {
        let head = "location /sse { proxy_pass http://127.0.0.1:8080; proxy_buffering off; }";
        found(&format!("server {{ listen 80;\n{above}\n{head} {behind}\n}}"), Version::branch(1, 22))
    };
    assert_eq!(told("", ""), ["short-timeout"]);
    assert_eq!(told("# nginx-gen: allow short-timeout: a heartbeat every 20 s", ""), [""; 0]);
    assert_eq!(told("# nginx-gen: allow short-timeout", ""), ["bad-suppression", "short-timeout"]);
    assert_eq!(told("# nginx-gen: allow short-timout: x", ""), ["bad-suppression", "short-timeout"]);
    let both = "# nginx-gen: allow short-timeout: x\n# nginx-gen: allow stream-buffered: x";
    assert_eq!(told(both, ""), ["unused-suppression"]);
    // It speaks of what is below it, not above.
    assert_eq!(told("", "\n# nginx-gen: allow short-timeout: x"), ["short-timeout", "unused-suppression"]);
    let inside = "server { listen 80;\nlocation /sse { # nginx-gen: allow short-timeout: x\n\
                  proxy_pass http://127.0.0.1:8080; proxy_buffering off; } }";
    assert_eq!(found(inside, Version::branch(1, 22)), [""; 0]);
}
