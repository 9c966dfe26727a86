//! Values that would mean something else to nginx if they were put into its text as they are.

use proptest::prelude::*;

/// What values are put together from.
pub(super) const PIECES: &[&str] = &[
    "\"",
    "'",
    "{",
    "}",
    ";",
    "$",
    "${",
    "$host",
    "${uri}",
    "$1",
    "\\",
    "\\\\",
    "\\n",
    "\\\"",
    "\n",
    "\r",
    "\t",
    "#",
    " #",
    " ",
    "\0",
    "é",
    "đ",
    "\u{202e}",
    "\\xff",
    "\\x00",
    "a",
    "B",
    "0",
    "/",
    ":",
    "*",
    ".",
    "//",
    "..",
    "%",
    "%2e",
    "=",
    "-",
    "_",
    "~",
    "(",
    ")",
    "(?<host>x)",
    "[",
    "|",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{10ffff}",
    "}\nserver {",
    "; return 200 x;",
    "\"; return 200 \"",
    "' { } '",
    "{{ x }}",
    "{% x %}",
    "{# x #}",
    "none",
    "on",
];

/// Long ones, around what nginx reads of one token and what templates leave room for.
pub(super) fn long() -> impl Iterator<Item = String> {
    let lengths = [3893, 3894, 4094, 4095, 9_000];
    lengths.into_iter().flat_map(|length| ["x", "\""].map(|piece| piece.repeat(length / piece.len())))
}

/// Some pieces in a row, now and then with a long stretch between them.
pub(super) fn value() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
        1 => (3700_usize..4100).prop_map(|length| "x".repeat(length)),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}
