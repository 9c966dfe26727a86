//! Routing: for random servers, locations and URLs, the real nginx answers from where we say it does.

mod oracle;

use std::fmt::Write as _;

use nginx_gen::nginx::parser::parse;
use nginx_gen::nginx::routing::{
    End, Locations, NameMatch, Request, Sent, Target, Upstream, choose, route, servers,
};
use nginx_gen::nginx::tree::Tree;
use nginx_gen::text::{SourceFile, Sources};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

const SERVERS: usize = 120;
const URLS: usize = 40;

/// A location to be; `nested` hold texts that are appended to a prefix.
#[derive(Clone, Debug)]
struct Sketch {
    modifier: &'static str,
    text: String,
    proxies: bool,
    nested: Vec<Sketch>,
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let segment =
        prop::sample::select(vec!["/", "a", "b", "/a", "/a/", "/b", "a/", "/b/", "/B", ".php", "/é", "/ "]);
    let path = prop::collection::vec(segment, 0..3).prop_map(|parts| parts.concat());
    let regexes = ["a", "/b$", "^/a/", "\\.php$", "B", "^/[ab]{1,2}$", "a(?=b)", "(.)\\1", "^/.$", "é", "//"];
    let regex = prop::sample::select(regexes.to_vec()).prop_map(str::to_owned);
    let fixed = (prop::sample::select(vec!["", "", "", "^~", "="]), path);
    let pattern = (prop::sample::select(vec!["~", "~*"]), regex);
    let head = prop_oneof![3 => fixed.boxed(), 1 => pattern.boxed()];
    let leaf = (head, any::<bool>()).prop_map(|((modifier, text), proxies)| Sketch {
        modifier,
        text,
        proxies,
        nested: Vec::new(),
    });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (inner.clone(), prop::collection::vec(inner, 0..3))
            .prop_map(|(outer, nested)| Sketch { nested, ..outer })
    })
}

/// The text of locations that nginx accepts: unequal ones, none in an exact one, prefixes within their own.
fn write_locations(sketches: &[Sketch], within: &str, below_regex: bool, next: &mut usize, out: &mut String) {
    let mut seen = std::collections::HashSet::new();
    for sketch in sketches {
        let is_regex = sketch.modifier.starts_with('~');
        let text = if is_regex { sketch.text.clone() } else { format!("{within}{}", sketch.text) };
        let text = if is_regex || text.starts_with('/') { text } else { format!("/{text}") };
        if (below_regex && !is_regex) || !seen.insert((is_regex, sketch.modifier == "=", text.clone())) {
            continue;
        }
        let id = *next;
        *next += 1;
        let text_token = text.replace('\\', "\\\\");
        writeln!(out, "location {} \"{text_token}\" {{ return 200 \"id{id}\";", sketch.modifier)
            .expect("a string takes all");
        if sketch.proxies && !is_regex {
            out.push_str("proxy_pass http://127.0.0.1:1;\n");
        }
        if sketch.modifier != "=" {
            let within = if is_regex { "" } else { &text };
            write_locations(&sketch.nested, within, below_regex || is_regex, next, out);
        }
        out.push_str("}\n");
    }
}

fn samples<T: std::fmt::Debug>(strategy: &impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("nothing is filtered").current()).collect()
}

fn target() -> impl Strategy<Value = String> {
    let pieces = [
        "/", "/", "/a", "/b", "a", "b", "/a/", "/b/", "//", "/.", "/..", "/../", "/./", "...", ".php", "%2e",
        "%2F", "%61", "%3f", "%23", "%25", "%2", "%00", "B", "?x=/a", "#f", "%C3%A9", "%20", "%0A", "+",
        "%2B",
    ];
    let any =
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..6).prop_map(|parts| parts.concat());
    let plain =
        prop::sample::select(vec!["", "a", "b", "ab", "a/b", "a/a", "a/", "b/B", "a.php", "a//b/../"]);
    let plain =
        (plain, prop::sample::select(vec!["", "", "?x"])).prop_map(|(path, args)| format!("{path}{args}"));
    prop_oneof![any, plain].prop_map(|rest| format!("/{rest}"))
}

fn read(text: &str) -> (Sources, Tree) {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("http", text));
    let (tree, faults) = parse(file, text);
    assert_eq!(faults, []);
    (sources, tree)
}

/// What tells an answer: `400`, `404`, `301 /a/`, or the `id` of a location.
fn told(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    match status {
        "200" => body.to_owned(),
        "301" => {
            let location = head.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap_or_default();
            let path = location.splitn(4, '/').nth(3).unwrap_or_default();
            format!("301 /{path}")
        }
        other => other.to_owned(),
    }
}

fn our_answer(merges: bool, locations: &Locations<'_>, raw: &str) -> String {
    let Ok(target) = Target::parse(raw, merges) else { return "400".to_owned() };
    let found = locations.find(target.path());
    let taker = locations.taker(target.path());
    assert_eq!(
        (taker.location, &taker.redirect),
        (found.location, &found.redirect),
        "with reasons and without"
    );
    match (found.redirect, found.location) {
        (Some(path), _) => {
            let args = target.args().filter(|args| !args.is_empty()).map(|args| format!("?{args}"));
            format!("301 {}{}", path.replace('é', "%C3%A9").replace(' ', "%20"), args.unwrap_or_default())
        }
        (None, Some(location)) => location.find("return").unwrap().arg(1).unwrap().value().into_owned(),
        (None, None) => "404".to_owned(),
    }
}

#[test]
fn locations_are_chosen_as_nginx_does() {
    compare_locations(true);
    compare_locations(false);
}

fn compare_locations(merges: bool) {
    let mut http = format!("root /nonexistent; merge_slashes {};\n", if merges { "on" } else { "off" });
    for (index, sketches) in samples(&prop::collection::vec(sketch(), 1..10), SERVERS).iter().enumerate() {
        writeln!(http, "server {{ listen unix:SOCKET; server_name s{index};").expect("a string takes all");
        write_locations(sketches, "", false, &mut 0, &mut http);
        http.push_str("}\n");
    }
    let nginx = oracle::Nginx::start(&http);
    let (sources, tree) = read(&http);
    let targets = samples(&target(), URLS);
    let mut answers = std::collections::HashMap::<String, usize>::new();
    for (index, server) in servers(tree.root(&sources)).into_iter().enumerate() {
        let locations = Locations::of(server);
        for target in &targets {
            let theirs = told(&nginx.get(&format!("s{index}"), target));
            let ours = our_answer(merges, &locations, target);
            assert_eq!(ours, theirs, "{target} in {}", sources.slice(server.span()));
            *answers.entry(theirs.chars().take(2).collect()).or_default() += 1;
        }
    }
    let kinds = ["id", "30", "40"].map(|kind| answers.get(kind).copied().unwrap_or(0));
    assert!(kinds[0] > 1000 && kinds[1] > 20 && kinds[2] > 100, "too little was tried: {answers:?}");
}

#[test]
fn servers_are_chosen_as_nginx_does() {
    let names = [
        "a.org",
        "b.a.org",
        "*.a.org",
        ".a.org",
        "*.b.a.org",
        "a.*",
        "b.a.*",
        "~^b\\.",
        "~ORG$",
        "~^(?<x>.+)\\.c$",
        "\"\"",
        "_",
        "A.Org",
        "org",
        ".org",
    ];
    let hosts = [
        "a.org",
        "b.a.org",
        "c.b.a.org",
        "x.a.org",
        "A.ORG",
        "a.org.",
        "a.org:80",
        "a.com",
        "b.a.com",
        "b.c",
        "x.c",
        "org",
        "x.org",
        "none",
        "_",
        "a.org.x",
    ];
    let server =
        (prop::collection::vec(prop::sample::select(names.to_vec()), 0..3), prop::bool::weighted(0.2));
    let server = server.prop_map(|(names, is_default)| (names, is_default));
    for set in samples(&prop::collection::vec(server, 1..7), 40) {
        let mut http = String::new();
        let mut has_default = false;
        for (index, (names, is_default)) in set.iter().enumerate() {
            let mark = if *is_default && !has_default { " default_server" } else { "" };
            has_default |= *is_default;
            writeln!(http, "server {{ listen unix:SOCKET{mark}; return 200 id{index};")
                .expect("a string takes all");
            if !names.is_empty() {
                writeln!(http, "server_name {};", names.join(" ")).expect("a string takes all");
            }
            http.push_str("}\n");
        }
        let nginx = oracle::Nginx::start(&http);
        let text = http.replace("unix:SOCKET", "80");
        let (sources, tree) = read(&text);
        for host in hosts {
            let theirs = told(&nginx.get(host, "/"));
            let request = Request { host, port: 80, address: None, target: "/", sent: Sent::default() };
            let chosen = choose(&servers(tree.root(&sources)), &request).unwrap();
            let ours = chosen.server.find("return").unwrap().arg(1).unwrap().value();
            assert_eq!(ours, theirs, "{host} by {:?} in {http}", chosen.by);
        }
    }
}

#[test]
fn the_upstream_is_sent_what_nginx_sends() {
    let passes = ["", "/", "/x", "/x/", "/é", "?q=1"];
    let locations = ["/", "/a", "/a/", "= /a/b", "^~ /b/"];
    let mut http = String::from("server { listen unix:SOCKETup; return 200 $request_uri; }\n");
    for pass in passes {
        writeln!(http, "server {{ listen unix:SOCKET; server_name s{};", pass.len())
            .expect("a string takes all");
        for location in locations {
            let uri = if pass.is_empty() { String::new() } else { format!(":{pass}") };
            writeln!(http, "location {location} {{ proxy_pass http://unix:SOCKETup{uri}; }}")
                .expect("a string takes all");
        }
        http.push_str("}\n");
    }
    let nginx = oracle::Nginx::start(&http);
    let (sources, tree) = read(&http.replace("unix:SOCKETup;", "81;").replace("unix:SOCKET;", "80;"));
    let mut compared = 0;
    for pass in passes {
        let host = format!("s{}", pass.len());
        for target in samples(&target(), 60) {
            let request =
                Request { host: &host, port: 80, address: None, target: &target, sent: Sent::default() };
            let Ok(Some(route)) = route(tree.root(&sources), &request) else { continue };
            let End::Content(Some(Upstream::Known { target: ours, .. })) = route.journey.end else {
                continue;
            };
            let theirs = told(&nginx.get(&host, &target));
            // The stand-in refuses what nginx sends on undecoded and broken.
            if theirs != "400" {
                assert_eq!(ours, theirs, "{target} with {pass:?} by {:?}", route.journey.found);
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "only {compared} were compared");
}

#[test]
fn a_redirect_to_the_slash_is_sent_by_the_exact_location_if_there_is_one() {
    let locations = |exact: &str| {
        format!(
            "location /a/ {{ internal; proxy_pass http://127.0.0.1:1; }} location = /a/ {{ {exact} return 200 x; }}"
        )
    };
    for (exact, status) in [("", "301 /a/"), ("internal;", "404")] {
        let text = format!("server {{ listen 80; server_name s; {} }}", locations(exact));
        let (sources, tree) = read(&text);
        let request = Request { host: "s", port: 80, address: None, target: "/a", sent: Sent::default() };
        let journey = route(tree.root(&sources), &request).unwrap().unwrap().journey;
        assert_eq!(matches!(journey.end, End::Slash { .. }), status != "404", "{:?}", journey.end);
        let nginx = oracle::Nginx::start(&text.replace("80", "unix:SOCKET"));
        assert_eq!(told(&nginx.get("s", "/a")), status);
    }
}

#[test]
fn slashes_are_merged_as_the_default_server_says() {
    // The request line is read before the server is known, unless TLS names it.
    let text = "server { listen 80; listen 443 ssl; server_name a; merge_slashes off; }
        server { listen 80; listen 443 ssl; server_name b; }";
    let (sources, tree) = read(text);
    let path = |port| {
        let request = Request { host: "b", port, address: None, target: "/x//y", sent: Sent::default() };
        route(tree.root(&sources), &request).unwrap().unwrap().target.path().to_vec()
    };
    assert_eq!((path(80), path(443)), (b"/x//y".to_vec(), b"/x/y".to_vec()));
    let nginx = oracle::Nginx::start(
        "server { listen unix:SOCKET; server_name a; merge_slashes off; }
        server { listen unix:SOCKET; server_name b; return 200 $uri; }",
    );
    assert_eq!(told(&nginx.get("b", "/x//y")), "/x//y");
}

#[test]
fn the_most_specific_address_comes_first() {
    let text =
        "server { listen 80; server_name a; return 200; } server { listen 127.0.0.1:80 default_server; }
        server { listen [::]:80; } server { listen 8000-8002; server_name r; } server { listen 443 ssl; }";
    let (sources, tree) = read(text);
    let all = servers(tree.root(&sources));
    let at = |address: Option<&str>, port, host| {
        let address = address.map(|address| address.parse().unwrap());
        let chosen = choose(&all, &Request { host, port, address, target: "/", sent: Sent::default() })?;
        Some((all.iter().position(|server| *server == chosen.server).unwrap(), chosen.by))
    };
    assert_eq!(at(None, 80, "a"), Some((0, NameMatch::Exact)));
    assert_eq!(at(Some("127.0.0.1"), 80, "a"), Some((1, NameMatch::Default)));
    assert_eq!(at(Some("10.0.0.1"), 80, "x"), Some((0, NameMatch::First)));
    assert_eq!(at(Some("::1"), 80, "a"), Some((2, NameMatch::First)));
    assert_eq!(at(None, 8001, "r"), Some((3, NameMatch::Exact)));
    assert_eq!(at(None, 81, "a"), None);
}
