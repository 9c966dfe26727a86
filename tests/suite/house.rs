//! What holds for every file of the program.

use crate::support::repository;

/// A file that needs more than this holds more than one concept.
const MOST_LINES: usize = 450;

#[test]
fn files_are_small_enough_to_hold_one_concept() {
    let long: Vec<_> = (repository::sources().into_iter())
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|&(_, lines)| lines > MOST_LINES)
        .map(|(path, lines)| format!("{path} has {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split these, {MOST_LINES} lines is the most:\n{}", long.join("\n"));
}

#[test]
fn nothing_is_left_open() {
    let mut open = Vec::new();
    for (path, text) in repository::sources() {
        let lines = text.lines().enumerate();
        let found =
            lines.filter(|(_, line)| ["todo!(", "unimplemented!("].iter().any(|mark| line.contains(mark)));
        open.extend(found.map(|(index, line)| format!("{path}:{}: {}", index + 1, line.trim())));
    }
    assert!(open.is_empty(), "finish these:\n{}", open.join("\n"));
}
