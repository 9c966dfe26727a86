//! Words that every report uses.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use crate::outcome::{Outcome, Route, Verdict};

/// `4 ms`, `1.3 s`.
pub(super) fn took(duration: Duration) -> String {
    match duration.as_millis() {
        0 if duration.is_zero() => "0 ms".to_owned(),
        0 => "under 1 ms".to_owned(),
        millis @ 1..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

/// Text without what would move a cursor, hide text or turn it round: some of it comes from servers.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if harmful(c) => write!(clean, "{}", c.escape_default()).expect("a String takes everything"),
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

/// How a verdict is called, in a word of four letters at most.
pub(super) fn verdict(verdict: &Verdict) -> (&'static str, Style) {
    match verdict {
        Verdict::Passed => ("ok", AnsiColor::Green.on_default()),
        Verdict::Failed(_) => ("FAIL", AnsiColor::Red.on_default().bold()),
        Verdict::Skipped(_) => ("skip", AnsiColor::Yellow.on_default()),
    }
}

/// `api.example.com /api/sse/`, or what stands for all sites.
pub(super) fn route(route: &Route) -> String {
    let site = if route.site.is_empty() { "all sites" } else { &route.site };
    match &route.location {
        Some(location) => printable(&format!("{site} {location}")).into_owned(),
        None => printable(site).into_owned(),
    }
}

/// What an outcome came to, in a line: what was seen, or why nothing was.
pub(super) fn result(outcome: &Outcome) -> Cow<'_, str> {
    match &outcome.verdict {
        Verdict::Skipped(reason) => printable(reason),
        _ => printable(&outcome.seen),
    }
}

/// A style, or none.
pub(super) fn styled(style: Style, styled: bool) -> Style {
    if styled { style } else { Style::new() }
}

/// Text cut to so many columns, `…` at its end where something is missing.
pub(super) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let mut width = 0;
    let fits = |c: &char| {
        width += c.width().unwrap_or(0);
        width < columns
    };
    Cow::Owned(text.chars().take_while(fits).chain((columns > 0).then_some('…')).collect())
}

/// Text with spaces behind it, up to so many columns.
pub(super) fn padded(text: &str, columns: usize) -> String {
    use unicode_width::UnicodeWidthStr;
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

/// The columns that the widest of some texts takes.
pub(super) fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    use unicode_width::UnicodeWidthStr;
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_people_say_them() {
        let said = |micros| took(Duration::from_micros(micros));
        assert_eq!(said(0), "0 ms");
        assert_eq!(said(300), "under 1 ms");
        assert_eq!(said(999_900), "999 ms");
        assert_eq!(said(1_260_000), "1.3 s");
    }

    #[test]
    fn what_a_server_says_does_not_reach_the_terminal() {
        assert_eq!(printable("plain “text”"), "plain “text”");
        assert_eq!(printable("a\u{1b}[2Jb\r\n\u{202e}c"), "a\\u{1b}[2Jb\\r\\n\\u{202e}c");
    }

    #[test]
    fn text_is_cut_by_columns_not_characters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }
}
