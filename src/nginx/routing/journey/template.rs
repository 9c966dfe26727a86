//! A text with variables and captures in it, as nginx takes it apart (`ngx_http_script_compile`).

/// A part of such a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::nginx::routing) enum Part<'a> {
    /// What means itself.
    Text(&'a str),
    /// `$1` to `$9`.
    Capture(usize),
    /// `$name` or `${name}`.
    Variable(&'a str),
}

/// Takes a text apart. A `$` with no name behind it, with which nginx does not start, means itself.
pub(in crate::nginx::routing) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        let (part, behind) =
            after_dollar(&rest[dollar + 1..]).unwrap_or((Part::Text("$"), &rest[dollar + 1..]));
        if dollar > 0 {
            parts.push(Part::Text(&rest[..dollar]));
        }
        parts.push(part);
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn after_dollar(text: &str) -> Option<(Part<'_>, &str)> {
    if let Some(digit) = text.chars().next().and_then(|first| first.to_digit(10)).filter(|digit| *digit > 0) {
        return Some((Part::Capture(digit as usize), &text[1..]));
    }
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let inside = text.strip_prefix('{');
    let named = inside.unwrap_or(text);
    let (name, behind) = named.split_at(named.find(|character| !is_name(character)).unwrap_or(named.len()));
    let behind = if inside.is_some() { behind.strip_prefix('}')? } else { behind };
    (!name.is_empty()).then_some((Part::Variable(name), behind))
}

/// Splits at the first written `?`; what comes from a variable does not count.
pub(super) fn split_args<'a>(parts: &[Part<'a>]) -> (Vec<Part<'a>>, Option<Vec<Part<'a>>>) {
    for (index, part) in parts.iter().enumerate() {
        let Part::Text(text) = part else { continue };
        let Some((before, behind)) = text.split_once('?') else { continue };
        let path = parts[..index].iter().copied().chain([Part::Text(before)]);
        let args = [Part::Text(behind)].into_iter().chain(parts[index + 1..].iter().copied());
        return (path.collect(), Some(args.collect()));
    }
    (parts.to_vec(), None)
}

/// Whether a `?` is written in it.
pub(super) fn has_args(parts: &[Part<'_>]) -> bool {
    parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains('?')))
}

#[cfg(test)]
mod tests {
    use super::{Part, parts, split_args};

    #[test]
    fn variables_and_captures_are_told_from_text() {
        let expected =
            [Part::Text("/a"), Part::Capture(1), Part::Text("2"), Part::Variable("uri"), Part::Text("b")];
        assert_eq!(parts("/a$12${uri}b"), expected);
        assert_eq!(parts("$x$"), [Part::Variable("x"), Part::Text("$")]);
        assert_eq!(parts(""), []);
    }

    #[test]
    fn only_a_written_question_mark_starts_the_arguments() {
        let (path, args) = split_args(&parts("$uri/a?b=$1?c"));
        assert_eq!(path, [Part::Variable("uri"), Part::Text("/a")]);
        assert_eq!(args.unwrap(), [Part::Text("b="), Part::Capture(1), Part::Text("?c")]);
        assert_eq!(split_args(&parts("$uri")).1, None);
    }
}
