//! The fuzz targets, over the files of this repository and a few thousand changes of them.
//!
//! What libFuzzer found (`fuzz/run`) is kept in `fuzz/kept`, and tried here too. `FUZZ_CASES` changes each target so
//! often, and `FUZZ_SEED` otherwise.

mod mutation;
#[allow(unreachable_pub, reason = "it is a library there, and a module here")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::panic::catch_unwind;
use std::path::Path;

use mutation::Mutator;
use nginx_gen::lint::RULES;

fn given(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// The files of a folder of the repository, without those of folders inside.
fn files(folder: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(path).expect("the folder is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("it can be read")).collect()
}

fn of_folders(folders: &[&str]) -> Vec<Vec<u8>> {
    folders.iter().flat_map(|folder| files(folder)).collect()
}

/// nginx text of every kind there is here.
fn nginx_texts() -> Vec<Vec<u8>> {
    let corpus =
        ["accept", "reject", "silent"].map(|verdict| files(&format!("tests/nginx-corpus/{verdict}")));
    let realtime = of_folders(&["tests/cases/realtime/bad", "tests/cases/realtime/good"]);
    let examples = RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good));
    let examples = examples.map(|example| example.text.as_bytes().to_vec());
    corpus.into_iter().flatten().chain(realtime).chain(examples).collect()
}

/// How a text is changed, with the help of another one.
type Change = fn(&mut Mutator, &[u8], &[u8]) -> Vec<u8>;

/// Words that nginx knows nothing of, or something else.
const WORDS: &[&str] =
    &["if", "location", "server", "include", "=", "~", "$a", "''", "on", "1k", "{", "}", ";"];

/// Tokens half of the time, where the text has any.
fn of_nginx(mutator: &mut Mutator, text: &[u8], other: &[u8]) -> Vec<u8> {
    match (std::str::from_utf8(text), std::str::from_utf8(other)) {
        (Ok(text), Ok(other)) if mutator.below(2) == 0 => mutator.tokens(text, other, WORDS).into_bytes(),
        _ => mutator.bytes(text, other),
    }
}

/// Tries texts as they are, what was kept, and so many changes of both.
fn hold(name: &str, target: fn(&[u8]), texts: Vec<Vec<u8>>, change: Change, cases: u64) {
    let texts = [texts, files(&format!("fuzz/kept/{name}"))].concat();
    let attempt = |what: &str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        assert!(catch_unwind(|| target(bytes)).is_ok(), "{name}, {what}: {text:?}");
    };
    for text in &texts {
        attempt("as it is kept", text);
    }
    let seed = given("FUZZ_SEED", 1);
    for case in 0..given("FUZZ_CASES", cases) {
        let mut mutator = Mutator::new(seed.wrapping_shl(32) + case);
        let text = &texts[mutator.below(texts.len())];
        let other = &texts[mutator.below(texts.len())];
        attempt(&format!("FUZZ_SEED={seed}, case {case}"), &change(&mut mutator, text, other));
    }
}

#[test]
fn any_bytes_are_read() {
    hold("parser", targets::parser, nginx_texts(), of_nginx, 4_000);
}

#[test]
fn what_is_sound_is_printed_as_what_it_is() {
    hold("printer", targets::printer, nginx_texts(), of_nginx, 4_000);
}

#[test]
fn any_bytes_are_judged() {
    hold("rules", targets::rules, nginx_texts(), of_nginx, 1_500);
}

#[test]
fn urls_are_followed_through_any_bytes() {
    let urls =
        ["https://a.example.org/a/../b?c", "a.org//x/%2e%2F", "ws://[::1]:8080/api/ws/1", "example.org"];
    let texts = nginx_texts().into_iter().enumerate();
    let texts = texts.map(|(index, text)| [urls[index % urls.len()].as_bytes(), b"\n", &text].concat());
    hold("route", targets::route, texts.collect(), Mutator::bytes, 1_500);
}

#[test]
fn environments_of_any_bytes_are_refused_or_rendered() {
    let texts = of_folders(&["environments", "tests/cases/environments"]);
    hold("environment", targets::environment, texts, Mutator::bytes, 600);
}
