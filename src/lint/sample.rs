//! Texts that are asked for: that of a regular expression, and the paths of a location.

use std::iter::Peekable;
use std::str::Chars;

use super::subject::Place;
use crate::nginx::routing::{Kind, Outcome};
use crate::nginx::tree::Directive;

/// A short text that an expression matches as its author means it: its plain text, the first of every choice, nothing of
/// what may be left out, and a dot for a dot. None where it is more than that; whether it matches is for PCRE to say.
pub(super) fn sample(expression: &str) -> Option<String> {
    let text = expression.strip_prefix("(?i)").unwrap_or(expression);
    let mut rest = text.chars().peekable();
    let text = sequence(&mut rest)?;
    rest.next().is_none().then_some(text)
}

/// Up to the end, or the bracket that closes a group.
fn sequence(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    while rest.peek().is_some_and(|next| *next != ')') {
        if rest.next_if_eq(&'|').is_some() {
            // The other choices are read, and left.
            sequence(rest)?;
            return Some(text);
        }
        let piece = piece(rest)?;
        text.push_str(&repeated(piece, rest)?);
    }
    Some(text)
}

fn piece(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    Some(match rest.next()? {
        '^' | '$' => String::new(),
        '\\' => match rest.next()? {
            'd' => "1".to_owned(),
            'w' => "a".to_owned(),
            plain if plain.is_ascii_punctuation() => plain.to_string(),
            _ => return None,
        },
        '.' if matches!(rest.peek(), Some('*' | '+')) => "a".to_owned(),
        '[' => {
            let first = rest.next().filter(char::is_ascii_alphanumeric)?;
            rest.find(|next| *next == ']')?;
            first.to_string()
        }
        '(' => {
            if rest.next_if_eq(&'?').is_some() {
                rest.next_if_eq(&':')?;
            }
            let text = sequence(rest)?;
            rest.next_if_eq(&')')?;
            text
        }
        '*' | '+' | '?' | '{' => return None,
        plain => plain.to_string(),
    })
}

/// What is left of a piece by the sign behind it.
fn repeated(piece: String, rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let text = match rest.peek() {
        Some('?' | '*') => String::new(),
        Some('+') => piece,
        Some('{') => return None,
        _ => return Some(piece),
    };
    rest.next();
    // Lazy or possessive makes no difference to what can match.
    rest.next_if(|next| matches!(next, '?' | '+'));
    Some(text)
}

/// Paths that a location is there for.
pub(super) struct Samples(pub(super) Vec<String>);

impl Samples {
    /// The path itself and one below it; of an expression what it begins with, where it finds that. `None` where no
    /// path can be told.
    pub(super) fn of(place: &Place<'_>) -> Option<Samples> {
        Samples::of_location(place.location)
    }

    /// The same of a location that nothing more is known of.
    pub(super) fn of_location(location: Directive<'_>) -> Option<Samples> {
        let below = |path: &str| vec![path.to_owned(), format!("{path}x/y")];
        let samples = match Kind::of(location)? {
            Kind::Exact(path) => vec![path],
            Kind::Prefix { text, .. } => below(&text),
            Kind::Regex(pattern) => {
                let pattern = pattern?;
                let written = location.args().next_back()?.value();
                let text = written.trim_start_matches(['~', '*']).strip_prefix('^')?;
                let end = text.find(|c: char| "\\.[](){}*+?|$^".contains(c)).unwrap_or(text.len());
                let optional = text[end..].starts_with(['?', '*', '{']);
                let lead = &text[..end - usize::from(optional && end > 0)];
                let mut paths = below(lead);
                paths.retain(|path| pattern.test(path.as_bytes()) == Outcome::Matches);
                paths
            }
            Kind::Named(_) => return None,
        };
        (!samples.is_empty()).then_some(Samples(samples))
    }

    /// Whether all of them are so.
    pub(super) fn all(&self, is_so: impl Fn(&str) -> bool) -> bool {
        self.0.iter().all(|path| is_so(path))
    }
}

#[cfg(test)]
mod tests {
    use super::sample;

    #[test]
    fn the_plainest_text_is_taken() {
        let told = |text| sample(text).unwrap_or_default();
        assert_eq!(told(r"^https?://(www\.)?example\.(org|com)(:[0-9]+)?$"), "http://example.org");
        assert_eq!(told(r"(?i)https://[a-z0-9-]+\.a.org"), "https://a.a.org");
        assert_eq!(told(r"^https://.*\.?example.org"), "https://example.org");
        assert_eq!(told(r"(?:a|b(c))d+"), "ad");
    }

    #[test]
    fn what_is_more_than_that_is_left() {
        for text in [r"a{2}", r"(?=a)b", r"[^a]", r"\bx", "(a", "a)"] {
            assert_eq!(sample(text), None, "{text}");
        }
    }
}
