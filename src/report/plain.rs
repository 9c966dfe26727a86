//! The usual finding without colour, written down as it stands: what the library draws, byte for byte, at a fraction of
//! its cost. Where there are many thousand findings, drawing takes longer than all else.

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Sources;

/// Up to this length the library shows a line whole, whatever stands below it.
const WIDTH: usize = 110;

/// More spaces than this at a line's beginning may be cut off.
const INDENT: usize = 18;

/// A label that marks a part of one line.
struct Mark<'d> {
    line: usize,
    /// The line's text.
    text: &'d str,
    /// The first column that is marked, from 0.
    from: usize,
    /// The column behind the last.
    to: usize,
    sign: &'static str,
    label: &'d str,
}

/// Lays a diagnostic out whose labels mark words of different lines of one file, all plain text, as nearly every one
/// does; `None` of any other.
pub(super) fn layout(diagnostic: &Diagnostic, sources: &Sources) -> Option<String> {
    let marks = marks(diagnostic, sources)?;
    let notes = notes(diagnostic)?;
    let primary = marks.iter().find(|mark| mark.sign == "^")?;
    let file = sources.file(diagnostic.span()?.file);
    let width = marks.last()?.line.to_string().len();
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let mut out = String::with_capacity(1024);
    let mut put = |parts: &[&str]| parts.iter().for_each(|part| out.push_str(part));
    let indent = " ".repeat(width);
    put(&[level, "[", diagnostic.code, "]: ", &diagnostic.message, "\n"]);
    let (line, column) = (primary.line.to_string(), (primary.from + 1).to_string());
    put(&[&indent, "--> ", file.name(), ":", &line, ":", &column, "\n", &indent, " |\n"]);
    let mut before = None;
    for mark in &marks {
        match mark.line - before.replace(mark.line).unwrap_or(mark.line) {
            0 | 1 => {}
            // A line alone between two is shown too.
            2 => put(&[format!("{:>width$} | {}", mark.line - 1, file.line(mark.line - 1)).trim_end(), "\n"]),
            _ => put(&["...\n"]),
        }
        let number = format!("{:>width$}", mark.line);
        let signs = [" ".repeat(mark.from), mark.sign.repeat(mark.to - mark.from)].concat();
        let space = if mark.label.is_empty() { "" } else { " " };
        put(&[&number, " | ", mark.text, "\n", &indent, " | ", &signs, space, mark.label, "\n"]);
    }
    put(&[&indent, " |\n"]);
    for (name, text) in notes {
        put(&[&indent, " = ", name, ": ", &text, "\n"]);
    }
    Some(out)
}

/// The labels in the order of their lines; none unless each has a line of its own.
fn marks<'d>(diagnostic: &'d Diagnostic, sources: &'d Sources) -> Option<Vec<Mark<'d>>> {
    let id = diagnostic.span()?.file;
    let file = sources.file(id);
    let marks = diagnostic.labels.iter().enumerate().map(|(nth, label)| {
        let start = file.position(label.span.start as usize);
        let text = file.line_at(label.span.start as usize);
        let from = start.column - 1;
        let to = from + label.span.range().len();
        let is_simple = label.span.file == id && from < to && to <= text.len();
        let is_bare = is_bare(text) && is_ascii(&label.text);
        let sign = if nth == 0 { "^" } else { "-" };
        (is_simple && is_bare).then_some(Mark { line: start.line, text, from, to, sign, label: &label.text })
    });
    let mut marks = marks.collect::<Option<Vec<_>>>()?;
    marks.sort_by_key(|mark| mark.line);
    let is_apart = |pair: &[Mark<'_>]| match pair[1].line - pair[0].line {
        0 => false,
        2 => is_bare(file.line(pair[0].line + 1)),
        _ => true,
    };
    (marks.windows(2).all(is_apart) && is_ascii(file.name())).then_some(marks)
}

/// What stands below the lines, never nothing; `None` where it takes more than a line each.
fn notes(diagnostic: &Diagnostic) -> Option<Vec<(&'static str, String)>> {
    let why = diagnostic.why.as_ref().map(|why| ("why", why.to_string()));
    let help = diagnostic.help.as_ref().map(|help| ("help", help.to_string()));
    let fix = diagnostic.fix.as_ref().map(|fix| ("fix", super::human::fix_told(fix)));
    let notes: Vec<_> = why.into_iter().chain(help).chain(fix).collect();
    let is_plain = notes.iter().all(|(_, text)| is_line(text)) && is_line(&diagnostic.message);
    (is_plain && !notes.is_empty()).then_some(notes)
}

/// Whether the library shows a line as it is.
fn is_bare(line: &str) -> bool {
    let indent = line.bytes().take_while(|byte| *byte == b' ').count();
    line.len() <= WIDTH && indent <= INDENT && !line.ends_with(' ') && is_ascii(line)
}

fn is_ascii(text: &str) -> bool {
    // Without an early end many bytes are looked at in one step.
    text.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~'))
}

/// Whether the library leaves a text as it is.
fn is_line(text: &str) -> bool {
    is_ascii(text) || text.chars().all(|c| matches!(c, ' '..='~' | '…') || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::layout;
    use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
    use crate::report::human::draw;
    use crate::text::{SourceFile, Sources, Span};

    /// Texts of lines that may be empty, long, indented, or hold what is not plain, with a line far down.
    fn text() -> impl Strategy<Value = String> {
        let line = prop_oneof![8 => "( {4})?[a-z_]{1,9}( [!-~]{1,9}){0,3};", 1 => "[ -~é\\t]{0,130}", 1 => "[ a]{0,3}", 1 => " {15,25}[a-z]{1,9};", 1 => ""];
        (prop::collection::vec(line, 1..15), 0_usize..120)
            .prop_map(|(lines, above)| "\n".repeat(above) + &lines.join("\n"))
    }

    fn words() -> impl Strategy<Value = String> {
        prop_oneof![6 => "[a-z` …%]{1,60}", 1 => "[ -~]{0,150}", 1 => "a\nb|é|\\PC{0,9}", 2 => ""]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_laid_out_is_what_the_library_draws(
            text in text(),
            labels in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, words()), 1..4),
            said in (words(), prop::option::of(words()), prop::option::of(words()), any::<bool>()),
            severity in prop::sample::select(vec![Severity::Error, Severity::Warning, Severity::Hint]),
        ) {
            let mut sources = Sources::new();
            let file = sources.add(SourceFile::new("/etc/nginx/a.conf", text.as_str()));
            let (message, why, help, is_fixed) = said;
            let mut told = Diagnostic::new(severity, "some-rule", message);
            for (at, length, label) in labels {
                let start = text.floor_char_boundary(at.index(text.len() + 1));
                let end = text.floor_char_boundary((start + length).min(text.len()));
                told = told.at(Span::new(file, start, end), label);
            }
            told.why = why.map(Into::into);
            told.help = help.map(Into::into);
            let edits = vec![Edit { span: Span::new(file, 0, 0), text: String::new() }];
            told = told.fix(is_fixed.then(|| Fix { what: "add it".to_owned(), edits }));
            if let Some(text) = layout(&told, &sources) {
                let mut drawn = Vec::new();
                draw(&mut drawn, &told, &[], &sources, false).expect("memory takes it");
                prop_assert_eq!(text, String::from_utf8(drawn).expect("it is text"));
            }
        }
    }

    #[test]
    fn the_usual_finding_is_laid_out() {
        let mut sources = Sources::new();
        let text = "server {\n    listen 80;\n\n\n    return 301 /a;\n}\n";
        let file = sources.add(SourceFile::new("a.conf", text));
        let at = |word: &str| {
            let start = text.find(word).expect("it is there");
            Span::new(file, start, start + word.len())
        };
        let told = Diagnostic::new(Severity::Hint, "some-rule", "nothing is wrong");
        let told =
            told.at(at("return 301 /a"), "").at(at("listen 80"), "because").why("it is so").help("wait");
        let expected = "\
hint[some-rule]: nothing is wrong
 --> a.conf:5:5
  |
2 |     listen 80;
  |     --------- because
...
5 |     return 301 /a;
  |     ^^^^^^^^^^^^^
  |
  = why: it is so
  = help: wait
";
        assert_eq!(layout(&told, &sources).as_deref(), Some(expected));
    }
}
