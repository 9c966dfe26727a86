//! Just enough of nginx's language to change single arguments and leave every other byte as it is.
//!
//! This is no parser: the rig must not depend on the one it is there to test.

use std::ops::Range;

/// What a statement ends with, and where.
enum End {
    Semicolon,
    Open(usize),
    Close,
}

/// A block that is still open.
struct Block {
    name: String,
    /// Behind its `{`.
    start: usize,
    /// The directives seen directly in it.
    holds: Vec<String>,
}

/// Replaces arguments: `change` gets a directive's name and one argument without its quotes, with the
/// argument's index from 0, and returns what is to stand there instead.
///
/// A `server` block that has no `listen` listens on 80 all the same, so one is put into it, on the line of
/// its `{`, and goes through `change` like any other.
pub(super) fn change(text: &str, mut change: impl FnMut(&str, usize, &str) -> Option<String>) -> String {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut blocks: Vec<Block> = Vec::new();
    for (words, end) in statements(text) {
        let name = words.first().map_or("", |word| &text[word.clone()]);
        for (index, word) in words.iter().skip(1).enumerate() {
            let changed = change(name, index, &text[word.clone()]);
            edits.extend(changed.map(|changed| (word.clone(), changed)));
        }
        if let (Some(block), false) = (blocks.last_mut(), name.is_empty()) {
            block.holds.push(name.to_owned());
        }
        match end {
            End::Semicolon => {}
            End::Open(start) => blocks.push(Block { name: name.to_owned(), start, holds: Vec::new() }),
            End::Close => {
                let silent = blocks.pop().filter(listens_by_default);
                let listen = silent.and_then(|block| Some((block.start, change("listen", 0, "80")?)));
                edits.extend(listen.map(|(at, listen)| (at..at, format!(" listen {listen};"))));
            }
        }
    }
    apply(text, edits)
}

/// Whether nginx adds a `listen` of its own; an include may bring one, so it is given the benefit of the doubt.
fn listens_by_default(block: &Block) -> bool {
    block.name == "server" && !block.holds.iter().any(|name| name == "listen" || name == "include")
}

fn apply(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in edits {
        out.push_str(&text[done..range.start]);
        out.push_str(&new);
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}

/// The words of each statement, without quotes. A last one that nothing ends is not among them: nginx
/// refuses such a file, and may do so for the text as it is.
fn statements(text: &str) -> Vec<(Vec<Range<usize>>, End)> {
    let bytes = text.as_bytes();
    let mut statements = Vec::new();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (word, next) = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b'}' => (None, at + 1),
            b'#' => (None, text[at..].find('\n').map_or(text.len(), |length| at + length)),
            b'"' | b'\'' => {
                let close = seek(bytes, at + 1, |other| other == byte);
                (Some(at + 1..close), close + 1)
            }
            _ => {
                let close = word_end(bytes, at);
                (Some(at..close), close)
            }
        };
        words.extend(word);
        let end = match byte {
            b';' => Some(End::Semicolon),
            b'{' => Some(End::Open(next)),
            b'}' => Some(End::Close),
            _ => None,
        };
        statements.extend(end.map(|end| (std::mem::take(&mut words), end)));
        at = next;
    }
    statements
}

/// The end of an unquoted word; the brace of `${name}` does not end it.
fn word_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        at = seek(bytes, at, |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{'));
        if bytes.get(at) != Some(&b'{') || at == start || bytes[at - 1] != b'$' {
            return at;
        }
        at += 1;
    }
}

/// The first byte from `at` on that is `wanted` and not behind a backslash, or the end.
fn seek(bytes: &[u8], mut at: usize, wanted: impl Fn(u8) -> bool) -> usize {
    while at < bytes.len() && !wanted(bytes[at]) {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::change;

    /// Shows what `change` sees: every argument becomes `name/index/argument`.
    fn seen(text: &str) -> String {
        change(text, |name, index, argument| Some(format!("{name}/{index}/{argument}")))
    }

    #[test]
    fn every_other_byte_stays() {
        let text = "# listen 80;\n\tlisten\r\n 'a;b' \"c\\\"d\" ; # x \\\n if ($a) { } é ü;";
        let shown = "# listen 80;\n\tlisten\r\n 'listen/0/a;b' \"listen/1/c\\\"d\" ; # x \\\n if if/0/($a) { } é é/0/ü;";
        assert_eq!(change(text, |_, _, _| None), text);
        assert_eq!(seen(text), shown);
    }

    #[test]
    fn a_word_goes_on_over_hashes_quotes_and_braced_variables() {
        assert_eq!(seen("a b#c d\"e ${f}g h}i j\\;k;"), "a a/0/b#c a/1/d\"e a/2/${f}g a/3/h}i a/4/j\\;k;");
        assert_eq!(seen("map $x{ default 1; }"), "map map/0/$x{ default default/0/1; }");
    }

    #[test]
    fn a_server_that_names_no_port_gets_its_port_80_on_the_same_line() {
        let eighty = |name: &str, _, argument: &str| {
            (name == "listen" && argument == "80").then(|| "40000".to_owned())
        };
        assert_eq!(change("server {\n  root x;\n}", eighty), "server { listen 40000;\n  root x;\n}");
        for untouched in ["server { include x; }", "upstream a { server b:80; }", "server { listen 81; }"] {
            assert_eq!(change(untouched, eighty), untouched);
        }
    }

    #[test]
    fn broken_text_is_left_to_nginx() {
        for broken in ["", "a", "\"", "'a", "a \\", "}}", "server {", "a ${", "listen 80"] {
            assert_eq!(change(broken, |_, _, _| Some("!".to_owned())), broken, "{broken:?}");
        }
    }
}
