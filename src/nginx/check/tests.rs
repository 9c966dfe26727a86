//! What is told, where it is more than nginx's own words.

use super::{Target, check};
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Context;
use crate::nginx::parser::parse;
use crate::nginx::version::Version;
use crate::text::{SourceFile, Sources};

fn found_in(top: Context, version: Version, text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("site.conf", text));
    let (tree, faults) = parse(file, text);
    assert!(faults.is_empty(), "{faults:?}");
    check(tree.root(&sources), Target { version, top })
}

fn found(text: &str) -> Vec<Diagnostic> {
    found_in(Context::Http, Version::new(1, 22, 1), text)
}

fn only(text: &str) -> Diagnostic {
    let mut found = found(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

fn help(text: &str) -> String {
    only(text).help.unwrap_or_default()
}

#[test]
fn the_nearest_name_is_offered() {
    assert_eq!(help("server { proxy_bufering off; }"), "did you mean `proxy_buffering`?");
    assert_eq!(help("server { Client_Max_Body_Size 1m; }"), "did you mean `client_max_body_size`?");
    assert_eq!(help("server { proxy-read-timeout 1m; }"), "did you mean `proxy_read_timeout`?");
    assert_eq!(help("server { return 200 $hots; }"), "did you mean `$host`?");
    assert_eq!(help("server { proxy_http_version 1.11; }"), "did you mean `1.1`?");
    assert_eq!(help("server { frobnicate; }"), "remove it, or load the module it belongs to");
}

#[test]
fn versions_are_named() {
    let http2 = only("server { http2 on; }");
    assert_eq!(http2.message, "unknown directive \"http2\"");
    assert_eq!(http2.why.unwrap(), "nginx has it since 1.25.1, and 1.22.1 is targeted");
    assert_eq!(http2.help.unwrap(), "write `listen … http2` instead");
    let ssl = found_in(Context::Http, Version::branch(1, 30), "server { ssl on; }").remove(0);
    assert_eq!(ssl.why.unwrap(), "nginx has it no longer since 1.25.1, and 1.30 is targeted");
    assert!(found_in(Context::Http, Version::branch(1, 26), "server { http2 on; }").is_empty());
}

#[test]
fn a_wrong_place_is_told_with_the_right_ones() {
    let fault = only("server { proxy_pass http://a; }");
    assert_eq!(fault.message, "\"proxy_pass\" directive is not allowed here");
    assert_eq!(
        fault.why.unwrap(),
        "nginx reads `proxy_pass` in `location`, `if` in `location` or `limit_except` only"
    );
}

#[test]
fn a_missing_semicolon_is_told_where_it_is_missing() {
    let swallowed = only("server {\n  server_name a\n  client_max_body_size 15M;\n}");
    assert_eq!(swallowed.code, "swallowed-directive");
    assert_eq!(swallowed.message, "`client_max_body_size` is read as an argument of `server_name`");
    let counted = only("server {\n  client_max_body_size 15M\n  proxy_read_timeout 1h;\n}");
    assert_eq!(counted.code, "wrong-argument-count");
    assert_eq!(counted.help.unwrap(), "end `client_max_body_size` with `;` before `proxy_read_timeout`");
    // Words of the directive itself may start a line, and so may quoted ones and those beside another.
    assert!(found("server { proxy_next_upstream error\n timeout; index a\n 'root'; }").is_empty());
}

#[test]
fn a_part_of_a_configuration_may_lean_on_the_rest() {
    let text = "server { return 200 $connection_upgrade; }";
    assert!(found(text).is_empty());
    let whole = found_in(Context::Main, Version::OLDEST, &format!("events {{ }} http {{ {text} }}"));
    assert_eq!(whole[0].message, "unknown \"connection_upgrade\" variable");
    let defined = "server { location ~ ^/(?<Id>\\d+) { set $x $id; return 200 $X; } js_set $own a.b; return 200 $own; }";
    assert!(found(defined).is_empty());
}

#[test]
fn directives_of_other_modules_are_left_alone() {
    assert!(
        found("server { more_set_headers 'A: b'; brotli on; access_by_lua_block { x = {} } }").is_empty()
    );
}

#[test]
fn every_context_is_checked_in_its_own_language() {
    let text =
        "stream { upstream a { server b:1; } server { listen 53 udp; proxy_pass a; } } events { use x; }";
    assert!(found_in(Context::Main, Version::branch(1, 28), text).is_empty());
    let fault = found_in(Context::Main, Version::branch(1, 28), "stream { server { location / { } } }");
    assert_eq!(fault[0].code, "wrong-context");
}
