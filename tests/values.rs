//! Durations and sizes: what nginx takes we take, what it refuses we refuse, and we read the same number.

mod oracle;

use nginx_gen::nginx::value::{Unit, parse_offset, parse_size, parse_time};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// Texts made of what durations and sizes are made of, some of them right.
fn samples(count: usize) -> Vec<String> {
    let number = prop::sample::select(vec!["0", "1", "07", "90", "1.5", "-1", "", "99999999999999999999"]);
    let units = ["", "", "y", "M", "w", "d", "h", "m", "s", "ms", "k", "K", "g", "G", "sec", "MB", " ", "  "];
    let part =
        (number, prop::sample::select(units.to_vec())).prop_map(|(number, unit)| format!("{number}{unit}"));
    let text = prop::collection::vec(part, 1..4).prop_map(|parts| parts.concat());
    let mut runner = TestRunner::deterministic();
    let one = |_| text.new_tree(&mut runner).expect("nothing is filtered").current();
    (0..count).map(one).collect()
}

fn agrees(directive: &str, ours: impl Fn(&str) -> bool) {
    for text in samples(150) {
        let theirs = oracle::accepts_http(&format!("{directive} \"{text}\";"));
        assert_eq!(ours(&text), theirs.is_ok(), "{directive} {text:?}: {theirs:?}");
    }
}

#[test]
fn milliseconds() {
    agrees("proxy_read_timeout", |text| parse_time(text, Unit::Milliseconds).is_ok());
}

#[test]
fn seconds() {
    agrees("open_file_cache_valid", |text| parse_time(text, Unit::Seconds).is_ok());
}

#[test]
fn sizes() {
    agrees("client_body_buffer_size", |text| parse_size(text).is_ok());
}

#[test]
fn offsets() {
    agrees("client_max_body_size", |text| parse_offset(text).is_ok());
}

#[test]
fn the_number_is_the_same() {
    let readable = samples(600).into_iter().filter_map(|text| {
        let seconds = parse_time(&text, Unit::Seconds).ok()?;
        (seconds < 1 << 31 && seconds > 0 && !text.starts_with(['-', '+', '@'])).then_some((text, seconds))
    });
    let readable: Vec<_> = readable.collect();
    assert!(readable.len() > 50, "{} samples", readable.len());
    let location = |(index, (text, _)): (usize, &(String, u64))| {
        format!("location = /{index} {{ expires \"{text}\"; return 200; }}\n")
    };
    let locations: String = readable.iter().enumerate().map(location).collect();
    let nginx = oracle::Nginx::start(&format!("server {{ listen unix:SOCKET; {locations} }}"));
    for (index, (text, seconds)) in readable.iter().enumerate() {
        let answer = nginx.get("a", &format!("/{index}"));
        assert!(answer.contains(&format!("max-age={seconds}\r")), "{text:?}: {answer}");
    }
}
