//! Random servers that rewrite, and random requests to them.

use proptest::prelude::*;
use proptest::sample::select;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Asked {
    /// It as it is sent.
    pub(crate) fn line(&self, host: &str) -> String {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        format!(
            "{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{}\r\n",
            self.method,
            self.target,
            headers.collect::<String>()
        )
    }

    /// Whether a server further on may refuse what is made of it.
    pub(crate) fn is_odd(&self) -> bool {
        self.is_quoted() || !self.target.is_ascii()
    }

    /// Whether captures of it may be escaped.
    pub(crate) fn is_quoted(&self) -> bool {
        self.target.contains(['%', '+'])
    }
}

pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    let pieces =
        ["a", "b", "/", "/a", "/b", "c", "ab", "x", ".php", "/a/", "+", "%20", "%2B", "%26", "B", "//", "é"];
    let path =
        prop::collection::vec(select(pieces.to_vec()), 0..5).prop_map(|parts| format!("/{}", parts.concat()));
    let usual =
        select(vec!["/", "/a", "/a/b", "/b", "/b/", "/c", "/x.php", "/a/c", "/b/x", "/a/b/c.php", "/ab"]);
    let args = select(vec!["", "", "?", "?x=1", "?x=b&y=2", "?y=%20&X=a+b", "?x=0", "?x=/a?b"]);
    let method = select(vec!["GET", "GET", "GET", "POST", "PUT"]);
    let header = select(vec![
        ("X-H", "ab"),
        ("X-H", "0"),
        ("Upgrade", "websocket"),
        ("Cookie", "j=1; k=v"),
        ("Cookie", "K = w"),
    ]);
    let headers = prop::collection::vec(header, 0..3).prop_map(|mut headers| {
        // nginx joins several of a name as from 1.23 on, and refuses some.
        headers.sort_unstable();
        headers.dedup_by_key(|header| header.0);
        headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    });
    let path = prop_oneof![path, usual.prop_map(str::to_owned)];
    (method, path, args, headers).prop_map(|(method, path, args, headers)| Asked {
        method,
        target: format!("{path}{args}"),
        headers,
    })
}

/// The inside of a server.
pub(crate) fn server() -> impl Strategy<Value = String> {
    let locations = prop::collection::vec(location(), 1..6).prop_map(|locations| {
        let mut seen = std::collections::HashSet::new();
        let unequal = locations.into_iter().filter(|(head, _)| seen.insert(head.trim_start_matches("^~ ")));
        unequal
            .enumerate()
            .map(|(index, (head, body))| block(head, &body.replace("ID", &index.to_string())))
            .collect()
    });
    let own = prop_oneof![2 => Just(String::new()), 3 => directives(Level::Server, 0..4)];
    let locations = locations.prop_map(|blocks: Vec<String>| blocks.concat());
    (own, locations).prop_map(|(own, locations)| format!("{own}{locations}"))
}

/// The inside of a server whose answers lead to pages; no file answers, for none is there.
pub(crate) fn server_with_pages() -> impl Strategy<Value = String> {
    let locations = prop::collection::vec(location_with_pages(), 2..7).prop_map(|mut locations| {
        locations.push(("/", "proxy_pass http://unix:SOCKETup;\nproxy_set_header X-Id idID;\n".to_owned()));
        let mut seen = std::collections::HashSet::new();
        let unequal = locations.into_iter().filter(|(head, _)| seen.insert(head.trim_start_matches("^~ ")));
        let blocks = unequal.enumerate();
        blocks.map(|(index, (head, body))| block(head, &body.replace("ID", &index.to_string()))).collect()
    });
    let locations = locations.prop_map(|blocks: Vec<String>| blocks.concat());
    (pages(1..4), directives(Level::Server, 0..2), locations)
        .prop_map(|(pages, own, locations)| format!("{pages}{own}{locations}"))
}

fn location_with_pages() -> impl Strategy<Value = (&'static str, String)> {
    let heads = ["/", "/a", "/a/", "/b", "= /c", "/b/", "~* (?<n>\\.php)$", "@n", "@m", "~ ^/(x|B)"];
    let files = prop_oneof![4 => Just(String::new()), 1 => try_files()];
    let extra = prop_oneof![4 => Just(""), 1 => Just("internal;\n")];
    let answer = prop_oneof![1 => Just(String::new()), 2 => returns()];
    let pages = prop_oneof![3 => Just(String::new()), 1 => pages(1..3)];
    (select(heads.to_vec()), directives(Level::Location(false), 0..2), files, extra, answer, pages).prop_map(
        |(head, own, files, extra, answer, pages)| {
            let pass = "proxy_pass http://unix:SOCKETup;\nproxy_set_header X-Id idID;\n";
            (head, format!("{extra}{pages}{own}{answer}{pass}{files}"))
        },
    )
}

fn pages(count: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let statuses = ["404", "403", "500", "503", "403 404 500", "301", "302 307 404", "404 500"];
    let leads_to = [
        "/b",
        "/c?x=1",
        "/x.php",
        "@n",
        "@m",
        "@missing",
        "$uri",
        "/a/$1?y=$args",
        "http://h$uri",
        "/a?$args",
    ];
    let overwrites = ["", "", "", "=", "=200", "=418", "=301"];
    let page = (select(statuses.to_vec()), select(overwrites.to_vec()), select(leads_to.to_vec()))
        .prop_map(|(statuses, overwrite, to)| format!("error_page {statuses} {overwrite} {to};\n"));
    let recursive = select(vec!["", "", "recursive_error_pages on;\n"]);
    (prop::collection::vec(page, count), recursive)
        .prop_map(|(pages, recursive)| format!("{}{recursive}", pages.concat()))
}

fn block(head: &str, body: &str) -> String {
    format!("location {head} {{\n{body}}}\n")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Server,
    /// A location; whether `proxy_pass` may have a URI there.
    Location(bool),
}

fn location() -> impl Strategy<Value = (&'static str, String)> {
    let heads = [
        "/",
        "/",
        "/a",
        "/a/",
        "/b",
        "= /c",
        "^~ /b/",
        "/b/",
        "~ ^/a/(.*)",
        "~* (?<n>\\.php)$",
        "~ (c)",
        "@n",
        "@n",
        "~ ^/(x|B)",
    ];
    select(heads.to_vec()).prop_flat_map(|head| {
        let is_prefix = !head.starts_with(['~', '@']);
        let own = directives(Level::Location(is_prefix), 0..5);
        let nested = match head {
            "/a" | "/a/" => prop_oneof![
                3 => Just(String::new()),
                1 => directives(Level::Location(false), 1..3).prop_map(|body| block("~ (.)b", &body.replace("ID", "nest"))),
            ]
            .boxed(),
            _ => Just(String::new()).boxed(),
        };
        let extra = prop_oneof![6 => Just(""), 1 => Just("internal;\n"), 1 => Just(alias_for(head))];
        (own, pass(is_prefix), try_files(), extra, nested)
            .prop_map(move |(own, pass, files, extra, nested)| (head, format!("{extra}{own}{pass}{files}{nested}")))
    })
}

fn alias_for(head: &str) -> &'static str {
    if head.starts_with('/') { "alias /nonexistent/;\n" } else { "" }
}

fn pass(with_uri: bool) -> impl Strategy<Value = String> {
    let uris = if with_uri {
        vec!["", "", ":/", ":/up", ":/up/", ":$uri", ":/v$is_args$args", ":/w/$1"]
    } else {
        vec!["", "", ":/w/$1", ":$request_uri"]
    };
    let pass = select(uris)
        .prop_map(|uri| format!("proxy_pass http://unix:SOCKETup{uri};\nproxy_set_header X-Id idID;\n"));
    prop_oneof![1 => Just(String::new()), 4 => pass]
}

fn try_files() -> impl Strategy<Value = String> {
    let fallback = select(vec![
        "@n",
        "@n",
        "@missing",
        "/b",
        "/a?x=$uri",
        "=404",
        "=503",
        "$uri/index.html",
        "/b$1",
        "/c$is_args$args",
        "/x.php",
    ]);
    let files = select(vec!["$uri", "$uri $uri/", "/none", "$uri.html /none/"]);
    let files = (files, fallback).prop_map(|(files, fallback)| format!("try_files {files} {fallback};\n"));
    prop_oneof![3 => Just(String::new()), 1 => files]
}

fn directives(level: Level, count: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(directive(level), count).prop_map(|parts| parts.concat())
}

fn directive(level: Level) -> impl Strategy<Value = String> {
    prop_oneof![
        5 => rewrite(),
        1 => returns(),
        2 => set(),
        4 => condition(level),
        1 => Just("break;\n".to_owned()),
    ]
}

/// What a `rewrite` writes.
const REPLACEMENTS: &[&str] = &[
    "/b$1",
    "/a/$1",
    "$1",
    "/c",
    "/c?x=$1",
    "/c?x=$1?",
    "/b/$2?",
    "/$n",
    "/a/$n?n=$n",
    "http://h/$1",
    "https://h$uri",
    "$scheme://h/$1?z",
    "/$arg_x",
    "/c?$args",
    "/b$is_args$args?",
    "/%61$1",
    "$uri",
    "/$x",
    "/a$1?",
    "/x.php?p=$1&q",
    "/b/$request_method$1",
    "http://h/%3Fa$1?",
];

fn rewrite() -> impl Strategy<Value = String> {
    let regexes = [
        "^/a(.*)$",
        "^/(.*)/b(.*)$",
        "/b",
        "^(.*)$",
        "^/(?<n>[ab]+)",
        "(a)?(b)",
        "^/x",
        "\\.php$",
        "c",
        "(?i)^/B(.?)(q)?",
    ];
    let flags = ["", "", "last", "last", "break", "break", "redirect", "permanent"];
    (select(regexes.to_vec()), select(REPLACEMENTS), select(flags.to_vec()))
        .prop_map(|(regex, replacement, flag)| format!("rewrite \"{regex}\" \"{replacement}\" {flag};\n"))
}

fn returns() -> impl Strategy<Value = String> {
    let returned = [
        "404",
        "403",
        "204",
        "500",
        "301 /r$1",
        "302 http://h$uri?$args",
        "307 $scheme://$host$request_uri",
        "https://h/$1",
        "403 \"said no $document_uri\"",
        "308 /q",
    ];
    let told = "200 \"said $uri|$args|$1|$2|$x|$n|$is_args|$request_uri|$arg_x|$http_host\"";
    prop_oneof![1 => Just(told), 2 => select(returned.to_vec())].prop_map(|text| format!("return {text};\n"))
}

fn set() -> impl Strategy<Value = String> {
    let values = [
        "0",
        "1",
        "$1",
        "$uri",
        "a$1-b",
        "\"\"",
        "$arg_x",
        "$http_x_h",
        "$cookie_k",
        "$x$1",
        "$query_string",
    ];
    let names = ["$x", "$x", "$x", "$n", "$args"];
    (select(names.to_vec()), select(values.to_vec()))
        .prop_map(|(name, value)| format!("set {name} {value};\n"))
}

/// What an `if` asks. Not for `$request_filename`: under an `alias`, and when a `rewrite` has made the path shorter
/// than the location, nginx 1.28.3 reads beyond it and may die.
const CONDITIONS: &[&str] = &[
    "$request_method = POST",
    "$http_x_h",
    "$http_x_h ~ (.)b",
    "$uri ~* ^/A",
    "$args",
    "$arg_x = 1",
    "$arg_x != 1",
    "$x",
    "$x = $arg_x",
    "$request_uri ~ (a)(.*)",
    "$scheme = http",
    "$host ~ ^s(?<n>.)",
    "!-f /nonexistent$uri",
    "-e /nonexistent$uri",
    "$uri !~ b",
    "$http_upgrade !~* WebSocket",
    "$cookie_k = v",
    "$n",
    "$request_method !~ ^(GET|HEAD)$",
    "$uri ~ \"^/(.)/?(.*)$\"",
    "$https",
    "$x = \"a$1b\"",
    "$server_name ~ \"(\\d)\"",
    "$is_args",
];

fn condition(level: Level) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![3 => rewrite(), 1 => returns(), 2 => set(), 1 => Just("break;\n".to_owned())];
    // nginx allows no `if` in an `if`.
    let inside = prop::collection::vec(leaf, 0..3);
    let inside = inside.prop_map(|parts| parts.concat());
    let passes = match level {
        Level::Server => Just(String::new()).boxed(),
        Level::Location(_) => prop_oneof![
            3 => Just(String::new()),
            1 => Just("proxy_pass http://unix:SOCKETif;\n".to_owned()),
        ]
        .boxed(),
    };
    (select(CONDITIONS), inside, passes)
        .prop_map(|(condition, inside, passes)| format!("if ({condition}) {{\n{inside}{passes}}}\n"))
}
