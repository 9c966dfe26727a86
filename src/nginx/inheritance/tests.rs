use super::{Effective, default, proxy_headers};
use crate::nginx::parser::parse;
use crate::nginx::tree::{Directive, Tree};
use crate::nginx::version::Version;
use crate::text::{SourceFile, Sources};

fn read(text: &str) -> (Sources, Tree) {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("a", text));
    let (tree, faults) = parse(file, text);
    assert_eq!(faults, []);
    (sources, tree)
}

/// The settings inside the last block of this name.
fn inside<'t>(sources: &'t Sources, tree: &'t Tree, name: &str) -> Effective<'t> {
    let blocks = tree.root(sources).descendants().filter(|directive| directive.is(name));
    Effective::inside(blocks.last().unwrap())
}

fn said(effective: &Effective<'_>, name: &str) -> Vec<String> {
    let setting = effective.get(name);
    let directives = setting.map(|setting| setting.directives).unwrap_or_default();
    directives.into_iter().map(|directive: Directive<'_>| format!("{directive:?}")).collect()
}

#[test]
fn the_nearest_level_that_says_anything_says_all() {
    let text = "http { proxy_set_header A 1; proxy_read_timeout 5s; server { proxy_set_header B 2; \
        proxy_set_header C 3; location / { location /a { proxy_set_header D 4; } } } }";
    let (sources, tree) = read(text);
    let location = inside(&sources, &tree, "location");
    assert_eq!(said(&location, "proxy_set_header"), ["proxy_set_header D 4"]);
    assert_eq!(location.value("proxy_read_timeout", Version::new(1, 22, 1)).unwrap(), "5s");
    assert!(location.get("proxy_read_timeout").unwrap().is_inherited);
    let hidden: Vec<_> = location.hidden("proxy_set_header").iter().map(|one| format!("{one:?}")).collect();
    assert_eq!(hidden, ["proxy_set_header B 2", "proxy_set_header C 3", "proxy_set_header A 1"]);
    let server = inside(&sources, &tree, "server");
    assert_eq!(said(&server, "proxy_set_header"), ["proxy_set_header B 2", "proxy_set_header C 3"]);
}

#[test]
fn the_top_of_a_fragment_is_a_level() {
    let (sources, tree) = read("proxy_set_header A 1; location / { gzip on; }");
    let location = inside(&sources, &tree, "location");
    assert_eq!(said(&location, "proxy_set_header"), ["proxy_set_header A 1"]);
    assert!(location.get("proxy_set_header").unwrap().is_inherited);
}

#[test]
fn what_answers_is_passed_to_an_if_and_no_further() {
    let text = "server { root /r; location / { alias /x; proxy_pass http://a; return 204; \
        location /b { if ($x) { gzip on; } } } }";
    let (sources, tree) = read(text);
    let nested =
        Effective::inside(tree.root(&sources).descendants().filter(|one| one.is("location")).last().unwrap());
    assert!(nested.get("proxy_pass").is_none() && nested.get("return").is_none());
    assert_eq!(said(&nested, "root"), ["alias /x"]);
    let (sources, tree) = read("location / { proxy_pass http://a; if ($x) { gzip on; } }");
    assert_eq!(said(&inside(&sources, &tree, "if"), "proxy_pass"), ["proxy_pass http://a"]);
}

#[test]
fn added_headers_can_be_merged_or_cut_off() {
    let text = |mode: &str| {
        format!("server {{ add_header A 1; add_header_inherit {mode}; location / {{ add_header B 2; }} }}")
    };
    let (sources, tree) = read(&text("merge"));
    assert_eq!(
        said(&inside(&sources, &tree, "location"), "add_header"),
        ["add_header A 1", "add_header B 2"]
    );
    let (sources, tree) = read(&text("on"));
    assert_eq!(said(&inside(&sources, &tree, "location"), "add_header"), ["add_header B 2"]);
    let (sources, tree) = read("server { add_header A 1; location / { add_header_inherit off; } }");
    assert_eq!(said(&inside(&sources, &tree, "location"), "add_header"), [""; 0]);
}

#[test]
fn nginx_sets_headers_by_itself() {
    let (sources, tree) = read("location / { proxy_set_header upgrade $http_upgrade; }");
    let location = inside(&sources, &tree, "location");
    let connection = |release| {
        let headers = proxy_headers(&location, release);
        let header = headers.iter().find(|header| header.name == "Connection").unwrap();
        (header.value.to_string(), headers.len())
    };
    assert_eq!(connection(Version::new(1, 22, 1)), ("close".to_owned(), 6));
    assert_eq!(connection(Version::new(1, 29, 7)), (String::new(), 6));
    assert_eq!(default("proxy_http_version", Version::new(1, 29, 6)), Some("1.0"));
    assert_eq!(default("proxy_http_version", Version::new(1, 29, 7)), Some("1.1"));
}
