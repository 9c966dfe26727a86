//! The language: what the parser calls a fault nginx refuses in the same words, and nothing else.

mod oracle;

use nginx_gen::nginx::parser::parse;
use nginx_gen::text::{SourceFile, Sources};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// What nginx says when the language itself is broken; all else it says is about directives.
const SYNTAX: [&str; 3] = ["unexpected \"", "unexpected end of file", "too long parameter"];

const PIECES: [&str; 24] = [
    "server { ",
    "server_name ",
    "server_name ",
    "location / { ",
    "}",
    "}",
    ";",
    ";",
    ";",
    " ",
    "\n",
    "\r",
    "a",
    "b ",
    "'",
    "\"",
    "\\",
    "$",
    "${",
    "{",
    "#",
    ")",
    "\t",
    "é",
];

fn samples(count: usize) -> impl Iterator<Item = String> {
    let text = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..14);
    let text = text.prop_map(|pieces| {
        format!("http {{ {} server {{ server_name {} }} }}", oracle::HTTP, pieces.concat())
    });
    let mut runner = TestRunner::deterministic();
    (0..count).map(move |_| text.new_tree(&mut runner).expect("nothing is filtered").current())
}

fn our_faults(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("nginx.conf", text));
    let (_, faults) = parse(file, text);
    // nginx writes the first byte of a character only.
    faults.into_iter().map(|fault| fault.message.replace('é', "\u{fffd}")).collect()
}

#[test]
fn the_real_nginx_agrees() {
    let (mut sound, mut broken) = (0, 0);
    for text in samples(600) {
        let ours = our_faults(&text);
        let theirs = oracle::accepts(&text);
        let syntax = theirs.as_ref().err().filter(|told| SYNTAX.iter().any(|wording| told.contains(wording)));
        match (syntax, &theirs) {
            (Some(told), _) => {
                broken += 1;
                assert!(
                    ours.iter().any(|ours| told.contains(ours.as_str())),
                    "{text:?}: {told} but {ours:?}"
                );
            }
            (None, Ok(())) => {
                sound += 1;
                assert!(ours.is_empty(), "{text:?}: nginx accepts, but {ours:?}");
            }
            // nginx stopped at a directive, before or behind what we may have found.
            (None, Err(_)) => {}
        }
    }
    assert!(sound > 10 && broken > 200, "{sound} sound and {broken} broken texts say too little");
}
