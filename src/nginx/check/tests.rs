//! What is told, where it is more than nginx's own words.

use std::path::Path;

use super::{Target, check};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::Context;
use crate::nginx::parser::parse;
use crate::nginx::source::{Memory, load};
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
    only(text).help.unwrap_or_default().into_owned()
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
fn a_whole_configuration_has_events() {
    let whole = |text: &str| found_in(Context::Main, Version::NEWEST, text);
    let told = whole("worker_processes 1; http { }").remove(0);
    assert_eq!((told.severity, &*told.message), (Severity::Error, "no \"events\" section in configuration"));
    assert_eq!(whole("http { }").remove(0).severity, Severity::Hint);
    assert_eq!(whole("events { } http { }"), []);
    // A file that was not read may have it; so may the one that a file without `http` is included by.
    assert_eq!(whole("include more.conf; http { }"), []);
    assert_eq!(whole("worker_processes 1;"), []);
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
        "stream { upstream a { server b:1; } server { listen 53 udp; proxy_pass a; } } events { use epoll; }";
    assert!(found_in(Context::Main, Version::branch(1, 28), text).is_empty());
    let fault = found_in(
        Context::Main,
        Version::branch(1, 28),
        "stream { server { listen 1; proxy_pass a:1; location / { } } }",
    );
    assert_eq!(fault[0].code, "wrong-context");
}

#[test]
fn a_whole_configuration_has_a_certificate_for_whom_no_name_matches() {
    let certificate = "ssl_certificate a.pem; ssl_certificate_key a.key;";
    let told = |first: &str, second: &str| {
        let servers = format!("server {{ listen 443 ssl; {first} }} server {{ listen 443 ssl {second} }}");
        let whole = format!("events {{}} http {{ {servers} }}");
        let whole = found_in(Context::Main, Version::branch(1, 28), &whole);
        // In a part of it nobody knows which server is the default one.
        assert!(
            found_in(Context::Http, Version::branch(1, 28), &servers)
                .iter()
                .all(|fault| fault.code != "missing-certificate")
        );
        whole.into_iter().map(|fault| fault.message).collect::<Vec<_>>()
    };
    let refused = "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive";
    assert_eq!(told("server_name a;", &format!("; {certificate}")), [refused]);
    assert!(told("server_name a;", &format!("default_server; {certificate}")).is_empty());
    assert!(told(&format!("server_name a; {certificate}"), ";").is_empty());
    assert!(told("server_name a; ssl_reject_handshake on;", &format!("; {certificate}")).is_empty());
}

#[test]
fn tables_are_as_large_as_they_must_be() {
    let servers: Vec<_> =
        (0..600).map(|number| format!("server {{ server_name s{number}.example.org; }}")).collect();
    let servers = servers.concat();
    let whole = |settings: &str| {
        let text = format!("events {{}} http {{ {settings} {servers} }}");
        let found = found_in(Context::Main, Version::branch(1, 28), &text);
        found.into_iter().map(|fault| (fault.severity, fault.message)).collect::<Vec<_>>()
    };
    let crowded = "could not build optimal server_names_hash, you should increase either server_names_hash_max_size: 512 or \
                   server_names_hash_bucket_size: 64; ignoring server_names_hash_bucket_size";
    assert_eq!(whole(""), [(Severity::Warning, crowded.into())]);
    assert!(whole("server_names_hash_max_size 2048; server_names_hash_bucket_size 128;").is_empty());
    let long = "a".repeat(47);
    let part = found(&format!("server {{ server_name {long}; }} server {{ server_name b; }}")).remove(0);
    // A larger bucket may be set elsewhere.
    assert_eq!((part.severity, part.code), (Severity::Warning, "hash-too-small"));
    assert_eq!(part.help.unwrap(), "write `server_names_hash_bucket_size 128;` in `http`");
    assert!(found(&format!("server {{ server_name {long}; }}")).is_empty());
}

#[test]
fn a_whole_configuration_defines_what_it_asks_for() {
    let told = |http: &str| {
        let text = format!("events {{}} http {{ {http} }}");
        let found = found_in(Context::Main, Version::branch(1, 28), &text);
        found.into_iter().map(|fault| fault.message).collect::<Vec<_>>()
    };
    assert_eq!(told("access_log /a main;"), ["unknown log format \"main\""]);
    assert_eq!(told("server { limit_req zone=a burst=3; }"), ["zero size shared memory zone \"a\""]);
    assert_eq!(told("server { location / { proxy_cache a; } }"), ["\"proxy_cache\" zone \"a\" is unknown"]);
    let defined = "log_format main '$uri'; access_log /a main buffer=8k; access_log /b combined; access_log /c; \
                   limit_conn_zone $binary_remote_addr zone=a:1m; proxy_cache_path /c keys_zone=c:1m; \
                   server { limit_conn a 3; location / { proxy_cache c; } location /b { proxy_cache off; } }";
    assert!(told(defined).is_empty());
    // What nobody has read may define it, and so may any other file.
    assert!(told("access_log /a main; include other.conf;").is_empty());
    assert!(found("access_log /a main;").is_empty());
}

#[test]
fn what_other_modules_know_is_left_to_them() {
    for text in [
        "server { auth_jwt realm; add_header X $jwt_claim_sub; }",
        "server { location = /api { api write=on; } status_zone a; }",
        "server { location / { content_by_lua 'ngx.say(1)'; } }",
        "server { set_md5 $digest a; return 200 $digest; }",
        "geoip2 /GeoLite2.mmdb { $country default=US country iso_code; } server { return 200 $country; }",
        "server { location / { BasicRule wl:1; proxy_cache_purge a; app_protect_enable on; } }",
        "match alive { status 200; }",
    ] {
        let whole = format!("events {{ }} http {{ {text} }}");
        let mut found = found_in(Context::Main, Version::new(1, 22, 1), &whole);
        found.retain(|fault| fault.code != "plus-only");
        assert!(found.is_empty(), "{text}: {found:#?}");
    }
    assert_eq!(help("server { set_real_ip_form 10.0.0.1; }"), "did you mean `set_real_ip_from`?");
}

#[test]
fn variables_may_come_from_what_nobody_has_read() {
    let told = |main: &str, http: &str| {
        let text = format!("{main} events {{}} http {{ {http} server {{ return 200 $from_elsewhere; }} }}");
        let found = found_in(Context::Main, Version::branch(1, 28), &text);
        found.into_iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    for (main, http) in [
        ("", "include conf.d/*.conf;"),
        ("load_module modules/ngx_http_js_module.so;", ""),
        ("", "lua_package_path 'a';"),
        ("", "vhost_traffic_status_zone;"),
    ] {
        assert_eq!(told(main, http), [""; 0], "{main} {http}");
    }
    for (main, http) in [
        ("", ""),
        ("", "include mime.types;"),
        ("load_module modules/ngx_http_image_filter_module.so;", ""),
        ("", "include fastcgi_params; gzip on;"),
    ] {
        assert_eq!(told(main, http), ["unknown-variable"], "{main} {http}");
    }
}

#[test]
fn what_only_the_commercial_nginx_reads_is_told_once() {
    let text = "upstream a { zone a 64k; server 127.0.0.1:1 slow_start=30s route=b; state /a; sticky cookie c; } \
                server { location /api { api write=on; status_zone a; } health_check; } \
                limit_req_zone $uri zone=r:1m rate=1r/s sync; resolver 127.0.0.1 status_zone=b;";
    let fault = only(text);
    assert_eq!((fault.severity, fault.code), (Severity::Warning, "plus-only"));
    assert_eq!(fault.message, "invalid parameter \"slow_start=30s\"");
    assert_eq!(fault.labels[0].text, "only NGINX Plus reads `slow_start=` of `server`");
    assert_eq!(
        fault.why.unwrap(),
        "nginx 1.22.1 does not start with it; only the commercial NGINX Plus does, and 5 more places are for it alone"
    );
    let sticky = only("upstream a { server 127.0.0.1:1; sticky cookie c; }");
    assert_eq!(sticky.message, "unknown directive \"sticky\"");
    assert!(
        found_in(Context::Http, Version::branch(1, 30), "upstream a { server 127.0.0.1:1 route=b; }")
            .is_empty()
    );
}

/// `types { include mime.types; }`, whose file has a `types` of its own.
#[test]
fn a_file_brings_no_block_into_a_table() {
    let mut files = Memory::default();
    files.insert("/etc/nginx/nginx.conf", "events { } http { types { include mime.types; } }");
    files.insert("/etc/nginx/mime.types", "types { text/html html; }");
    let mut sources = Sources::new();
    let read = load(&mut sources, &files, Path::new("/etc/nginx/nginx.conf"), None).unwrap();
    let found = check(read.root(&sources), Target { version: Version::NEWEST, top: Context::Main });
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].message, "unexpected \"{\"");
    assert_eq!(sources.file(found[0].span().unwrap().file).name(), "/etc/nginx/mime.types");
}

/// Since 1.25.5 servers of `stream` share a socket, and the second of one name takes part in nothing.
#[test]
fn servers_of_stream_are_told_apart_by_name() {
    let stream = |text: &str| found_in(Context::Stream, Version::branch(1, 28), text);
    let server = |name: &str| format!("server {{ listen 1234; {name} proxy_pass 127.0.0.1:1; }}");
    let told = stream(&format!("{}{}", server(""), server("")));
    assert_eq!(told[0].message, "conflicting server name \"\" on 0.0.0.0:1234, ignored");
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(stream(&format!("{}{}", server("server_name a;"), server("server_name b;"))), []);
}
