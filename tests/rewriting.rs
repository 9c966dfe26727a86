//! Rewriting: for random `rewrite`, `if`, `set`, `return` and `try_files`, the real nginxes answer what we say they do.
//!
//! `REWRITING_SEED=7` tries other ones, `REWRITING_SERVERS=2000` more of them.

mod judges;
mod oracle;
mod rewriting_sketch;

use std::collections::HashMap;
use std::path::Path;

use nginx_gen::nginx::inheritance::Effective;
use nginx_gen::nginx::parser::parse;
use nginx_gen::nginx::routing::{Doubt, End, Failure, Journey, Request, Route, Sent, Upstream, route};
use nginx_gen::text::{SourceFile, Sources};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use judges::JUDGES;
use rewriting_sketch::{Asked, asked, server, server_with_pages};

/// The requests that each server is sent.
const REQUESTS: usize = 12;

/// What every configuration starts with: no file is there, and `$x` and `$n` are made somewhere.
const HTTP: &str = "root /nonexistent; absolute_redirect off; proxy_http_version 1.1;
    server { listen unix:SOCKETup; return 200 \"$http_x_id $request_uri\"; }
    server { listen unix:SOCKETif; return 200 \"idif $request_uri\"; }
    server { listen unix:SOCKET; server_name ~^dummy(?<n>x)$; set $x 0; return 404; }\n";

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

fn runner(seed: usize) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(seed as u64).to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

#[test]
fn requests_end_where_nginx_lets_them() {
    let least =
        [("id", 200), ("301", 20), ("302", 20), ("500", 10), ("404", 20), ("200", 20), ("rewrites", 200)];
    compare_all(&server().boxed(), &least);
}

#[test]
fn answers_lead_to_the_pages_that_nginx_takes_for_them() {
    let least =
        [("id", 100), ("404", 100), ("418", 20), ("403", 50), ("302", 100), ("500", 20), ("pages", 800)];
    compare_all(&server_with_pages().boxed(), &least);
}

/// Compares random servers, and holds what was tried to so many of each kind.
fn compare_all(server: &BoxedStrategy<String>, least: &[(&str, usize)]) {
    let mut runner = runner(number("REWRITING_SEED", 1));
    let servers: Vec<_> = (0..number("REWRITING_SERVERS", 400))
        .map(|index| {
            let body = server.new_tree(&mut runner).expect("nothing is filtered").current();
            format!("server {{ listen unix:SOCKET; server_name s{index};\n{body}}}\n")
        })
        .collect();
    let asked: Vec<Asked> = (0..REQUESTS * servers.len())
        .map(|_| asked().new_tree(&mut runner).expect("nothing is filtered").current())
        .collect();
    for (binary, version) in JUDGES.iter() {
        // Before 1.30.1 nginx escapes captures wrongly and beyond its buffer; Debian's 1.22.1 is mended.
        let is_mended = version.to_string().starts_with("1.22");
        compare(binary, &servers, &asked, least, |asked| is_mended || !asked.is_quoted());
    }
}

fn compare(
    binary: &Path,
    servers: &[String],
    asked: &[Asked],
    least: &[(&str, usize)],
    is_fair: impl Fn(&Asked) -> bool,
) {
    let nginx = oracle::Nginx::start_of(binary, &format!("{HTTP}{}", servers.concat()));
    let mut seen = HashMap::<String, usize>::new();
    for (index, (server, asked)) in servers.iter().zip(asked.chunks(REQUESTS)).enumerate() {
        let text = format!("{HTTP}{server}").replace("listen unix:SOCKET;", "listen 80;");
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("http", text.as_str()));
        let (tree, faults) = parse(file, &text);
        assert_eq!(faults, []);
        let host = format!("s{index}");
        for asked in asked.iter().filter(|asked| is_fair(asked)) {
            let theirs = theirs(&nginx.ask(asked.line(&host).as_bytes()));
            let sent =
                Sent { method: Some(asked.method), is_tls: Some(false), headers: Some(&asked.headers) };
            let request = Request { host: &host, port: 80, address: None, target: &asked.target, sent };
            let route = route(tree.root(&sources), &request).expect("no target is bad").expect("one listens");
            // What a missing file is answered with may lead to a page; we do not know that it is missing.
            let is_file = matches!(route.journey.end, End::Content(None) | End::NotAllowed);
            if is_file && server.contains("error_page") {
                continue;
            }
            let ours = ours(&route.journey, asked);
            // The stand-in reads no space that ends a target.
            let (ours, theirs) = (ours.trim_end_matches(' '), theirs.trim_end_matches(' '));
            // It answers 400, which may be sent with the status of a page.
            let page = route.journey.status.map(|status| status.to_string());
            let is_refused_further_on = theirs == page.as_deref().unwrap_or("400")
                && ours.contains("id")
                && (page.is_none() || asked.is_odd());
            assert!(
                ours == theirs || is_refused_further_on,
                "{} answers\n  {theirs}\nto {asked:?}, and we say\n  {ours}\nby {:#?}\nin {server}",
                binary.display(),
                route.journey,
            );
            *seen.entry(theirs.chars().take(3).collect()).or_default() += 1;
            count_steps(&route, &mut seen);
        }
    }
    let count = |kind: &str| {
        seen.iter().filter(|(seen, _)| seen.starts_with(kind)).map(|(_, count)| count).sum::<usize>()
    };
    let few: Vec<_> = least.iter().filter(|(kind, least)| count(kind) < *least).collect();
    // What was tried was no mere row of refusals.
    assert!(few.is_empty(), "too little was tried of {few:?}: {seen:?}");
}

fn count_steps(route: &Route<'_>, seen: &mut HashMap<String, usize>) {
    let rewrites = route.journey.steps.iter().filter(|step| step.by.is("rewrite")).count();
    *seen.entry("rewrites".to_owned()).or_default() += rewrites;
    let pages = route.journey.steps.iter().filter(|step| step.by.is("error_page")).count();
    *seen.entry("pages".to_owned()).or_default() += pages;
}

/// What tells an answer of nginx: the status with where it redirects to or what it says.
fn theirs(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    let location = head.lines().find_map(|line| line.strip_prefix("Location: "));
    match (status, location) {
        (_, Some(location)) => format!("{status} {location}"),
        ("200", None) if body.starts_with("id") => body.to_owned(),
        (_, None) if body.starts_with("said ") || body.starts_with("id") => format!("{status} {body}"),
        _ => status.to_owned(),
    }
}

/// The same from us.
fn ours(journey: &Journey<'_>, asked: &Asked) -> String {
    for doubt in &journey.doubts {
        assert!(
            matches!(
                doubt,
                Doubt::File(..)
                    | Doubt::Tried(_)
                    | Doubt::NotSent(..)
                    | Doubt::Pages(..)
                    | Doubt::Index { .. }
            ),
            "all else is known: {doubt:?}"
        );
    }
    let told = of_end(journey, asked);
    let is_redirect = ["301 ", "302 ", "303 ", "307 ", "308 "].iter().any(|status| told.starts_with(status));
    if let Some((_, to)) = journey.redirect.as_ref().filter(|_| !is_redirect) {
        let own = if told.starts_with("id") { "200" } else { told.split(' ').next().unwrap_or_default() };
        let status = journey.status.map_or(own.to_owned(), |status| status.to_string());
        return format!("{status} {}", to.shown());
    }
    match journey.status.filter(|_| !is_redirect) {
        Some(200) if told.starts_with("id") => told,
        Some(status) if told.starts_with("id") => format!("{status} {told}"),
        Some(status) => format!("{status}{}", told.find(' ').map_or("", |at| &told[at..])),
        None => told,
    }
}

/// What a journey ends with, whatever the status.
fn of_end(journey: &Journey<'_>, asked: &Asked) -> String {
    let tries_files = journey.within.find("try_files").is_some();
    match &journey.end {
        End::Returned { status, text: Some(text), .. } => format!("{status} {}", text.shown()),
        End::Returned { status, text: None, .. } | End::Code(_, status) => status.to_string(),
        End::Redirected { status, to, .. } | End::PageElsewhere { status, to, .. } => {
            format!("{status} {}", to.shown())
        }
        End::Slash { to } => format!("301 {}", to.shown()),
        // No file takes it, and none is there.
        End::Content(None) | End::Failed(_, Failure::AliasRewritten)
            if asked.method == "PUT" && !tries_files =>
        {
            "405".to_owned()
        }
        // No file is there for a `POST`.
        End::NotAllowed if asked.method == "POST" || tries_files => "404".to_owned(),
        End::NotAllowed => "405".to_owned(),
        End::Internal | End::Content(None) => "404".to_owned(),
        End::Failed(..) => "500".to_owned(),
        End::Content(Some(Upstream::Known { target, base })) if base.ends_with("SOCKETif") => {
            format!("idif {target}")
        }
        End::Content(Some(Upstream::Known { target, .. })) => {
            format!("{} {}", id(journey), target)
        }
        End::Content(Some(Upstream::Variable { .. })) | End::Unknown(..) | End::NotTls => {
            panic!("all is known: {journey:#?}")
        }
    }
}

/// What the stand-in is told of the block that passed the request on.
fn id(journey: &Journey<'_>) -> String {
    let header = Effective::inside(journey.within).get("proxy_set_header").expect("all that pass on set one");
    header.directive().arg(1).expect("a header has a value").value().into_owned()
}
