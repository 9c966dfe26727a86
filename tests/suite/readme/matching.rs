//! Lines against lines, where `...` stands for any lines, also none, and `…` for any text in a line.

/// The line that stands for others.
pub(super) const ANY: &str = "...";

/// Whether the whole of `actual` is what `expected` says. White space at the end of a line does not count.
pub(super) fn whole(expected: &[&str], actual: &[&str]) -> bool {
    let mut parts = expected.split(|line| line.trim() == ANY);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = strip(actual, first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(behind) = behind(rest, part) else { return false };
        rest = behind;
    }
    rest.len() >= last.len() && same(&rest[rest.len() - last.len()..], last)
}

/// Whether `excerpt` stands somewhere in `actual`.
pub(super) fn somewhere(excerpt: &[&str], actual: &[&str]) -> bool {
    let open: Vec<_> = [&[ANY], excerpt, &[ANY]].concat();
    whole(&open, actual)
}

/// Whether actual lines are what expected ones say.
fn same(actual: &[&str], expected: &[&str]) -> bool {
    actual.len() == expected.len()
        && actual.iter().zip(expected).all(|(actual, expected)| is(actual, expected))
}

fn is(actual: &str, expected: &str) -> bool {
    let mut parts = expected.trim_end().split('…');
    let Some(rest) = actual.trim_end().strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    let behind = parts.try_fold(rest, |rest, part| Some(&rest[rest.find(part)? + part.len()..]));
    behind.is_some_and(|rest| rest.ends_with(last))
}

fn strip<'a, 'b>(actual: &'a [&'b str], part: &[&str]) -> Option<&'a [&'b str]> {
    let (start, rest) = actual.split_at_checked(part.len())?;
    same(start, part).then_some(rest)
}

/// What is behind the first place where `part` stands. The first is enough: it leaves the most to the others.
fn behind<'a, 'b>(actual: &'a [&'b str], part: &[&str]) -> Option<&'a [&'b str]> {
    (0..=actual.len()).find_map(|at| strip(&actual[at..], part))
}

#[cfg(test)]
mod tests {
    use super::{somewhere, whole};

    fn matches(expected: &str, actual: &str) -> bool {
        whole(&expected.lines().collect::<Vec<_>>(), &actual.lines().collect::<Vec<_>>())
    }

    #[test]
    fn without_dots_all_lines_count() {
        assert!(matches("a\n\nb", "a\n\nb  "));
        for other in ["a", "a\nb", "a\n\nb\nc", " a\n\nb", ""] {
            assert!(!matches("a\n\nb", other), "{other:?}");
        }
    }

    #[test]
    fn dots_stand_for_any_lines() {
        for actual in ["a\nb", "a\nx\nb", "a\nx\ny\nb"] {
            assert!(matches("a\n...\nb", actual), "{actual:?}");
        }
        assert!(matches("...", "") && matches("...\nb", "b") && matches("a\n  ...\n", "a\nb"));
        assert!(matches("a\n...\nb\n...\nb", "a\nb\nc\nb"));
        assert!(!matches("a\n...\na", "a"));
        assert!(!matches("a\n...\nb\n...\nb", "a\nb"));
    }

    #[test]
    fn a_dot_of_three_stands_for_any_text_in_a_line() {
        assert!(matches("a … ms", "a 12 ms") && matches("a…", "a") && matches("…b…", "abc"));
        assert!(matches("after … ms, … in all", "after 3 ms, 4 in all"));
        assert!(!matches("a … ms", "a 12 s") && !matches("a…a", "a") && !matches("…b…", "ac"));
    }

    #[test]
    fn an_excerpt_may_stand_anywhere_but_in_one_piece() {
        let file = ["a", "b", "c", "d"];
        assert!(somewhere(&["b", "c"], &file) && somewhere(&["a", "...", "d"], &file));
        assert!(!somewhere(&["a", "c"], &file) && !somewhere(&["d", "...", "a"], &file));
    }
}
