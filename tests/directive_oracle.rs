//! The directive table against running nginx: contexts, counts and duplicates, name by name.
//!
//! Every eighth name is tried; `EVERY_DIRECTIVE=1` tries them all, as is right after the table was rewritten.

mod oracle;

use nginx_gen::nginx::directives::{Context, Spec, Value, lookup, names};
use nginx_gen::nginx::version::Version;

const VERSION: Version = Version::new(1, 22, 1);

/// The contexts of `http`, and what stands around a directive in each.
const PLACES: [(Context, &str, &str); 7] = [
    (Context::Http, "", ""),
    (Context::Server, "server {", "}"),
    (Context::Location, "server { location / {", "} }"),
    (Context::Upstream, "upstream u { server 127.0.0.1:1;", "}"),
    (Context::ServerIf, "server { if ($arg_a) {", "} }"),
    (Context::LocationIf, "server { location / { if ($arg_a) {", "} } }"),
    (Context::LimitExcept, "server { location / { limit_except GET {", "} } }"),
];

/// What the distribution's nginx is configured with; what it loads as modules is left out.
const LOADED: [&str; 5] =
    ["http_geoip", "http_image_filter", "http_perl", "http_xslt_filter", "http_degradation"];

fn sample() -> impl Iterator<Item = &'static str> {
    let step = if std::env::var_os("EVERY_DIRECTIVE").is_some() { 1 } else { 8 };
    names().filter(|name| lookup(name).iter().any(is_tried)).step_by(step)
}

fn is_tried(spec: &Spec) -> bool {
    let here = PLACES.iter().any(|(context, ..)| spec.contexts().contains(*context));
    // `include` opens files, and a block wants its body.
    let plain = !spec.is_block() && spec.name() != "include";
    here && plain && spec.is_in(VERSION) && !LOADED.contains(&spec.module()) && spec.module() != "http_v3"
}

fn told(before: &str, statement: &str, after: &str) -> String {
    oracle::accepts_http(&format!("{before}\n{statement}\n{after}")).err().unwrap_or_default()
}

fn in_parallel(work: impl Fn(&'static str) + Sync) {
    let names: Vec<_> = sample().collect();
    assert!(names.len() > 30, "too few names are tried");
    let middle = names.len() / 2;
    std::thread::scope(|scope| {
        scope.spawn(|| names[..middle].iter().for_each(|name| work(name)));
        names[middle..].iter().for_each(|name| work(name));
    });
}

#[test]
fn contexts_and_counts_are_those_of_nginx() {
    in_parallel(|name| {
        for (context, before, after) in PLACES {
            let specs = lookup(name).iter().filter(|spec| spec.is_in(VERSION));
            let here = specs.clone().find(|spec| spec.contexts().contains(context));
            let Some(spec) = here else {
                let told = told(before, &format!("{name};"), after);
                assert!(told.contains("is not allowed here"), "{name} in {context}: {told}");
                continue;
            };
            if spec.is_block() {
                continue;
            }
            for count in 0..6 {
                let told = told(before, &format!("{name}{};", " 1".repeat(count)), after);
                let refused = told.contains("invalid number of arguments in");
                // `internal` modules of some directives count for themselves, in the same words.
                assert!(
                    refused || spec.arity().accepts(count),
                    "{name} takes {count} in {context}, against {}: {told}",
                    spec.arity()
                );
                let unknown = told.contains("not allowed here") || told.contains("unknown directive");
                assert!(!unknown, "{name} in {context}: {told}");
                if refused && spec.arity().accepts(count) {
                    assert_eq!(spec.value(), Value::Special, "{name} does not take {count}: {told}");
                }
            }
        }
    });
}

/// A value each setter takes.
fn value(spec: &Spec) -> Option<&'static str> {
    Some(match spec.value() {
        Value::Flag => "on",
        Value::Number => "3",
        Value::Size | Value::Offset => "64k",
        Value::Msec | Value::Sec => "5s",
        Value::Complex | Value::ComplexSize => "1",
        Value::Buffers => "4 8k",
        Value::Enum(words) => words.iter().next()?,
        Value::Keyval => "a b",
        _ => return None,
    })
}

#[test]
fn duplicates_are_those_of_nginx() {
    in_parallel(|name| {
        for (context, before, after) in &PLACES[..3] {
            let specs = lookup(name).iter().filter(|spec| spec.is_in(VERSION));
            let Some(spec) = specs.clone().find(|spec| spec.contexts().contains(*context)) else { continue };
            let Some(value) = value(spec) else { continue };
            let once = told(before, &format!("{name} {value};"), after);
            // Some sizes depend on others: what fails alone says nothing about two.
            if !once.is_empty() {
                continue;
            }
            let twice = told(before, &format!("{name} {value}; {name} {value};"), after);
            let refused = twice.contains("directive is duplicate");
            assert_eq!(refused, spec.is_once(), "{name} in {context}: {twice}");
        }
    });
}
