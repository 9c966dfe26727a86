//! The `guide` profile against the operations guide's own site files, in `tests/guide`.

use std::collections::BTreeMap;

use nginx_gen::nginx::parser::parse;
use nginx_gen::nginx::tree::{Block, Directive};
use nginx_gen::text::{SourceFile, Sources};

use crate::support::command::{Project, nginx_gen};
use crate::support::repository;

const SITES: &[(&str, &str)] =
    &[("prod", "api.petties.world"), ("prod", "ai.petties.world"), ("test", "api-test.petties.world")];

/// How often each directive stands in each server and location. Comments, white space, quoting and order do
/// not count.
type Counted = BTreeMap<String, usize>;

#[test]
fn every_directive_of_the_guide_and_no_other() {
    let project = Project::petties();
    for (environment, site) in SITES {
        nginx_gen(&project).args(["render", environment, "--site", site, "-o", "out"]).assert().success();
        let rendered = counted(&project.read(&format!("out/{site}")));
        let guide = counted(&repository::read(&format!("tests/guide/{site}.conf")));
        assert!(guide.len() > 30, "{site}: too little to compare");
        assert_eq!(rendered, guide, "{site}");
    }
}

#[test]
fn a_lost_directive_would_be_seen() {
    let guide = repository::read("tests/guide/api.petties.world.conf");
    let without = guide.replacen("proxy_buffering off;", "", 1);
    assert_ne!(counted(&guide), counted(&without));
    let moved = guide.replacen("proxy_cache off;", "", 1).replacen(
        "access_log off;",
        "access_log off; proxy_cache off;",
        1,
    );
    assert_ne!(counted(&guide), counted(&moved));
}

#[test]
fn long_lived_locations_come_before_the_root() {
    let project = Project::petties();
    for (environment, site) in SITES {
        let text = nginx_gen(&project).args(["render", environment, "--site", site]).said();
        let root = text.find("location / {").unwrap();
        for path in ["/api/sse/", "/api/ws/", "/ws/"] {
            if let Some(at) = text.find(&format!("location {path} {{")) {
                assert!(at < root, "{site}: `{path}` comes after `/`");
            }
        }
    }
}

fn counted(text: &str) -> Counted {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("site", text));
    let (tree, faults) = parse(file, sources.file(file).text());
    assert_eq!(faults, []);
    let mut counted = Counted::new();
    count(tree.root(&sources), "", &mut counted);
    counted
}

fn count(block: Block<'_>, place: &str, counted: &mut Counted) {
    for directive in block {
        let words = std::iter::once(directive.name())
            .chain(directive.args().map(nginx_gen::nginx::tree::Argument::value));
        let line = format!("{place} > {}", words.collect::<Vec<_>>().join(" "));
        *counted.entry(line.clone()).or_default() += 1;
        if let Some(inner) = directive.block() {
            count(inner, &format!("{line}{}", listen(directive)), counted);
        }
    }
}

/// Tells the two servers of a site apart.
fn listen(directive: Directive<'_>) -> String {
    let port = directive.find("listen").and_then(|listen| listen.arg(0));
    port.map_or_else(String::new, |port| format!(" {}", port.value()))
}
