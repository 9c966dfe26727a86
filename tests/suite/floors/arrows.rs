//! Which modules a file uses.

/// A use of a top module.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Arrow {
    /// Where, counted from 1.
    pub(super) line: usize,
    /// The name after `crate::`.
    pub(super) to: String,
}

/// Every `crate::name` of a file, groups opened: `use crate::{a, b::c}` leads to `a` and to `b`.
///
/// Comments and strings do not count, and what stands under `#[cfg(test)]` may use everything.
pub(super) fn of(text: &str) -> Vec<Arrow> {
    let code = without_tests(&without_comments_and_strings(text));
    let mut arrows = Vec::new();
    for (at, path) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == '$') {
            continue;
        }
        let start = at + path.len();
        let offsets = match code[start..].trim_start().strip_prefix('{') {
            Some(group) => members(&code, code.len() - group.len()),
            None => vec![start],
        };
        arrows.extend(
            offsets.into_iter().map(|start| Arrow { line: line(&code, start), to: name(&code[start..]) }),
        );
    }
    arrows
}

/// Where the direct members of a group start; `start` is behind its brace.
fn members(code: &str, start: usize) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut depth, mut expected) = (0, true);
    for (at, char) in code[start..].char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expected = true,
            _ if expected && !char.is_whitespace() => {
                starts.push(start + at);
                expected = false;
            }
            _ => {}
        }
    }
    starts
}

fn line(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

fn name(code: &str) -> String {
    code.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
}

/// Blanks out each item under `#[cfg(test)]`: up to the end of its block, or to its semicolon.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut code = code.to_owned();
    while let Some(start) = code.find(MARK) {
        let end = item_end(&code, start + MARK.len());
        let blank = blank(&code[start..end]);
        code.replace_range(start..end, &blank);
    }
    code
}

fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0;
    for (at, char) in code[start..].char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(char, '}' | ';') {
            return start + at + 1;
        }
    }
    code.len()
}

/// Spaces for everything but line ends, so that lines stay where they are.
fn blank(text: &str) -> String {
    text.chars().map(|char| if char == '\n' { '\n' } else { ' ' }).collect()
}

/// Blanks out comments, strings and characters, whose braces would mislead.
fn without_comments_and_strings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (length, keep) = piece(rest);
        let (piece, next) = rest.split_at(length);
        out.push_str(&if keep { piece.to_owned() } else { blank(piece) });
        rest = next;
    }
    out
}

/// The length of what comes next, and whether it is code.
fn piece(rest: &str) -> (usize, bool) {
    let until =
        |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return (until("\n", 0), false);
    }
    if rest.starts_with("/*") {
        return (until("*/", 2), false);
    }
    if let Some(raw) = raw_string(rest) {
        return (raw, false);
    }
    match rest.chars().next() {
        Some('"') => (quoted(rest, '"'), false),
        // A character, unless it is a lifetime, which nothing closes.
        Some('\'') if rest.starts_with("'\\") || rest.chars().nth(2) == Some('\'') => {
            (quoted(rest, '\''), false)
        }
        // A word at once, so that the `r` within one does not begin a raw string.
        Some(char) if char.is_alphanumeric() || char == '_' => {
            (rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len()), true)
        }
        Some(char) => (char.len_utf8(), true),
        None => (0, true),
    }
}

/// The length of `r"…"`, `r#"…"#`, `br"…"`, when one starts here.
fn raw_string(rest: &str) -> Option<usize> {
    let open = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r')?;
    let inside = open.trim_start_matches('#');
    let close = format!("\"{}", "#".repeat(open.len() - inside.len()));
    let inside = inside.strip_prefix('"')?;
    let start = rest.len() - inside.len();
    Some(inside.find(&close).map_or(rest.len(), |at| start + at + close.len()))
}

/// The length of a quoted piece with its quotes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if char == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::of;

    /// `line name` of each arrow.
    fn arrows(text: &str) -> Vec<String> {
        of(text).into_iter().map(|arrow| format!("{} {}", arrow.line, arrow.to)).collect()
    }

    #[test]
    fn uses_paths_and_groups() {
        assert_eq!(
            arrows("use crate::text::Span;\n\nfn f() { crate::nginx::parse() }"),
            ["1 text", "3 nginx"]
        );
        let group = "pub(crate) use crate::{\n    a,\n    b::{c, d},\n    e as f,\n};";
        assert_eq!(arrows(group), ["2 a", "3 b", "4 e"]);
        assert_eq!(arrows("pub(in crate::lint) fn f() {}"), ["1 lint"]);
    }

    #[test]
    fn comments_strings_and_other_crates_do_not_count() {
        for none in [
            "//! See [`crate::report`].\n/* crate::a */",
            "let a = \"crate::a \\\" crate::b\";",
            "let a = r#\"crate::a \" crate::b\"#;",
            "use other_crate::a;",
            "macro_rules! m { () => { $crate::a } }",
        ] {
            assert_eq!(arrows(none), [""; 0], "{none}");
        }
        assert_eq!(arrows("fn f<'a>(x: &'a str, y: char) { y == '\"'; crate::a() }"), ["1 a"]);
    }

    #[test]
    fn tests_may_use_everything_and_lines_are_still_right() {
        let text = "#[cfg(test)]\nuse crate::a;\n#[cfg(test)]\nmod tests {\n  use crate::b;\n  fn f() { \"}\"; }\n}\nuse crate::c;";
        assert_eq!(arrows(text), ["8 c"]);
    }
}
