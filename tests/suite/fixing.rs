//! Any file that `lint --fix` mends: nginx takes it as before, nothing but what the fixes say has changed, and a
//! second run has nothing to do.

use std::collections::BTreeMap;

use nginx_gen::nginx::parser::parse;
use nginx_gen::text::{SourceFile, Sources};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::command::{Project, nginx_gen};
use crate::support::nginx::{Nginx, Sites};
use crate::support::pipeline::cases;

/// Lines of a location, of which any may be there.
const SETTINGS: [&str; 9] = [
    "proxy_set_header Host $host;",
    "proxy_set_header X-Accel-Buffering no;",
    "proxy_set_header Cache-Control no-cache;",
    "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;",
    "proxy_buffering on;",
    "proxy_http_version 1.0;",
    "proxy_read_timeout 1d;  # long",
    "# said by somebody",
    "location /deeper/ { return 204; }",
];

const TYPES: [&str; 4] =
    ["", "# nginx-gen: type sse", "# nginx-gen: type websocket", "# nginx-gen: type stream"];

const LISTENS: [&str; 5] = [
    "listen 443 ssl http2;",
    "listen 443 http2 ssl; # both",
    "listen 443 ssl http2; listen 8443 ssl http2;",
    "listen 443 ssl;",
    "listen 80; listen 443 ssl http2;",
];

fn location(at: usize, kind: usize, settings: &[usize], is_one_line: bool) -> String {
    let path = ["/sse/", "/ws/", "/x/"][at % 3];
    let mut seen = std::collections::BTreeSet::new();
    let lines = settings.iter().filter(|line| seen.insert(**line)).map(|line| SETTINGS[*line]);
    let lines: Vec<_> = lines.map(|line| line.replace("/deeper/", &format!("{path}deeper/"))).collect();
    let pass = "proxy_pass http://127.0.0.1:8080;";
    let has_comment = lines.iter().any(|line| line.contains('#'));
    if is_one_line && !has_comment {
        return format!("    {}\n    location {path} {{ {pass} {} }}\n", TYPES[kind], lines.join(" "));
    }
    let lines = lines.iter().fold(String::new(), |text, line| text + "        " + line + "\n");
    format!("    {}\n    location {path} {{\n        {pass}\n{lines}    }}\n", TYPES[kind])
}

fn server() -> impl Strategy<Value = String> {
    let locations = vec((0..TYPES.len(), vec(0..SETTINGS.len(), 0..7), any::<bool>()), 1..4);
    (0..LISTENS.len(), locations, any::<bool>()).prop_map(|(listen, locations, is_windows)| {
        let locations = locations.iter().enumerate();
        let locations: String =
            locations.map(|(at, (kind, settings, one))| location(at, *kind, settings, *one)).collect();
        let head = "    ssl_certificate /etc/ssl/a.pem;\n    ssl_certificate_key /etc/ssl/a.key;\n";
        let text =
            format!("server {{\n    {}\n    server_name a.example;\n{head}{locations}}}\n", LISTENS[listen]);
        if is_windows { text.replace('\n', "\r\n") } else { text }
    })
}

/// Every directive with the blocks around it, and how often it is there.
fn directives(text: &str) -> BTreeMap<String, i32> {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("a", text));
    let (tree, faults) = parse(file, text);
    assert_eq!(faults, [], "{text}");
    let mut all = BTreeMap::new();
    for directive in tree.root(&sources).descendants() {
        let words = |one: nginx_gen::nginx::tree::Directive<'_>| {
            let args = one.args().map(|arg| format!(" {}", arg.value()));
            format!("{}{}", one.name(), args.collect::<String>())
        };
        let around = directive.ancestors().map(|block| format!("{}: ", words(block)));
        *all.entry(format!("{}{}", around.collect::<String>(), words(directive))).or_default() += 1;
    }
    all
}

/// Whether a fix may take this directive out, or put it in.
fn is_said(directive: &str, is_added: bool) -> bool {
    let last = directive.rsplit(": ").next().unwrap_or_default();
    let is_listen = |has_http2: bool| last.starts_with("listen") && last.contains("http2") == has_http2;
    if is_added {
        let added = ["http2 on", "proxy_buffering off", "proxy_http_version 1.1"];
        return is_listen(false) || added.contains(&last);
    }
    let headers = ["proxy_set_header X-Accel-Buffering", "proxy_set_header Cache-Control"];
    is_listen(true)
        || ["proxy_buffering on", "proxy_http_version 1.0"].contains(&last)
        || headers.iter().any(|header| last.starts_with(header))
}

proptest! {
    #![proptest_config(cases(60))]
    #[test]
    fn a_mended_file_is_the_same_but_for_what_is_said(text in server()) {
        let project = Project::empty();
        project.write("a.conf", &text);
        let fix = || nginx_gen(&project).args(["lint", "--fix", "--nginx-version", "1.28", "a.conf"]).said();
        let said = fix();
        let mended = project.read("a.conf");
        let (before, after) = (directives(&text), directives(&mended));
        for directive in before.keys().chain(after.keys()) {
            let count = |all: &BTreeMap<String, i32>| all.get(directive).copied().unwrap_or_default();
            let change = count(&after) - count(&before);
            prop_assert!(change == 0 || is_said(directive, change > 0), "{directive}: {change}\n{mended}");
        }
        prop_assert_eq!(said.contains("fixed "), mended != text, "{}", said);
        fix();
        prop_assert_eq!(&project.read("a.conf"), &mended, "a second run changes it again");
        if mended != text {
            let accepts = |text: &str| Nginx::built().check(&Sites::one(text)).accepted;
            prop_assert!(!accepts(&text) || accepts(&mended), "{mended}");
        }
    }
}
