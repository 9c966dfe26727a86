//! Unified diffs; in colour, the words that changed within a line are marked.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, InlineChange, TextDiff};

/// Lines shown around a change.
const CONTEXT: usize = 3;

struct Styles {
    header: Style,
    hunk: Style,
    removed: Style,
    added: Style,
}

impl Styles {
    fn new(styled: bool) -> Styles {
        let colour = |colour: AnsiColor| if styled { colour.on_default() } else { Style::new() };
        Styles {
            header: if styled { Style::new().bold() } else { Style::new() },
            hunk: colour(AnsiColor::Cyan),
            removed: colour(AnsiColor::Red),
            added: colour(AnsiColor::Green),
        }
    }
}

pub(super) fn write(
    out: &mut dyn Write,
    old: &str,
    new: &str,
    old_name: &str,
    new_name: &str,
    styled: bool,
) -> io::Result<()> {
    let styles = Styles::new(styled);
    let diff = TextDiff::from_lines(old, new);
    let header = styles.header;
    writeln!(out, "{header}--- {old_name}{header:#}\n{header}+++ {new_name}{header:#}")?;
    for group in diff.grouped_ops(CONTEXT) {
        let hunk = similar::udiff::UnifiedDiffHunk::new(group.clone(), &diff, true);
        writeln!(out, "{}{}{:#}", styles.hunk, hunk.header(), styles.hunk)?;
        for op in &group {
            for change in diff.iter_inline_changes(op) {
                line(out, &change, &styles, styled)?;
            }
        }
    }
    Ok(())
}

fn line(
    out: &mut dyn Write,
    change: &InlineChange<'_, str>,
    styles: &Styles,
    styled: bool,
) -> io::Result<()> {
    let (sign, style) = match change.tag() {
        ChangeTag::Delete => ('-', styles.removed),
        ChangeTag::Insert => ('+', styles.added),
        ChangeTag::Equal => (' ', Style::new()),
    };
    write!(out, "{style}{sign}{style:#}")?;
    for (emphasized, text) in change.iter_strings_lossy() {
        let style = if emphasized && styled { style.invert() } else { style };
        let body = text.trim_end_matches('\n');
        write!(out, "{style}{body}{style:#}")?;
    }
    if change.missing_newline() {
        write!(out, "\n\\ no newline at the end of the file")?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::write;

    fn diff(old: &str, new: &str, styled: bool) -> String {
        let mut out = Vec::new();
        write(&mut out, old, new, "a", "b", styled).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn plain_text_for_pipes() {
        let text = diff("one\ntwo\nthree\n", "one\n2\nthree\n", false);
        assert_eq!(text, "--- a\n+++ b\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n");
    }

    #[test]
    fn changed_words_are_marked_in_colour() {
        let text = diff("listen 80 a b c;\n", "listen 81 a b c;\n", true);
        assert!(text.contains("\u{1b}[7m"), "{text:?}");
    }

    #[test]
    fn a_missing_newline_is_named() {
        assert!(diff("a\n", "a", false).contains("no newline at the end"));
    }
}
