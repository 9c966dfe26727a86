//! For people and for programs.

use nginx_gen::report::outcomes::{Format, Screen, write};

use super::{outcome, printed, proof};
use nginx_gen::outcome::Verdict;
use nginx_gen::text::Sources;

const PIPE: Screen = Screen { styled: false, columns: None };

#[test]
fn a_pipe_gets_a_line_an_outcome_and_then_what_failed() {
    insta::assert_snapshot!(printed(Format::Human, PIPE));
}

#[test]
fn a_terminal_gets_a_block_a_route() {
    let screen = Screen { styled: false, columns: Some(80) };
    let printed = printed(Format::Human, screen);
    let table = printed.split("\n\nerror").next().unwrap();
    insta::assert_snapshot!(table);
    assert!(table.lines().skip(4).all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn programs_get_one_object() {
    insta::assert_snapshot!(printed(Format::Json, PIPE));
}

#[test]
fn the_summary_counts() {
    let (mut proof, _) = proof();
    assert_eq!(proof.summary(), "prod: 4 checks passed, 1 failed, 1 skipped in 3.1 s");
    proof.outcomes.truncate(1);
    assert_eq!(proof.summary(), "prod: 1 check passed in 3.1 s");
}

#[test]
fn what_a_server_says_cannot_move_the_cursor() {
    let (mut proof, sources) = proof();
    let verdict = Verdict::Failed(nginx_gen::outcome::Diagnosis::default());
    proof.outcomes = vec![outcome("a.example.com", None, None, "x", verdict, "\u{1b}[2Jgone\r\n", 1)];
    for columns in [None, Some(100)] {
        let mut out = Vec::new();
        write(&mut out, Format::Human, &proof, &sources, Screen { styled: false, columns }).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(['\u{1b}', '\r']), "{text:?}");
        assert!(text.contains("\\u{1b}[2Jgone"), "{text}");
    }
}

#[test]
fn colours_change_no_text() {
    let plain = printed(Format::Human, PIPE);
    let styled = printed(Format::Human, Screen { styled: true, columns: None });
    assert_ne!(plain, styled);
    let stripped = anstream::adapter::strip_str(&styled).to_string();
    // The lines of a diagnostic are drawn with the same characters in colour.
    assert_eq!(stripped, plain);
}

#[test]
fn nothing_to_say_is_said_without_a_line() {
    let mut out = Vec::new();
    let proof = nginx_gen::report::outcomes::Proof::default();
    write(&mut out, Format::Human, &proof, &Sources::new(), PIPE).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "");
}
