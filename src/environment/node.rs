//! A YAML document as a tree in which every node and key knows its place.

use std::sync::Arc;

use crate::text::Span;

/// One value of a YAML document. Cloning is cheap: an alias shares the children of its anchor.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it stands; a block mapping or sequence is known by its first line.
    pub(super) span: Span,
    /// The tag written before it, without the leading `!`, such as `nginx` of `!nginx`.
    pub(super) tag: Option<Arc<str>>,
    /// How many nodes it stands for when every alias is written out.
    pub(super) size: usize,
    /// What it is.
    pub(super) value: Value,
}

/// What a node is. Scalars keep their text as written: nothing is resolved to a number or a truth value
/// here, so `no`, `0x10` and `1:30` cannot change their meaning on the way.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// An empty value, `~` or `null`, unquoted.
    Null,
    /// Text; `quoted` when it stood in quotes or in a block scalar.
    Scalar { text: Arc<str>, quoted: bool },
    /// A list.
    Sequence(Arc<[Node]>),
    /// A mapping.
    Mapping(Arc<[Entry]>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Arc<str>,
    pub(super) key_span: Span,
    pub(super) value: Node,
}

impl Node {
    /// What the node is, as a message would call it.
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".to_owned(),
            Value::Scalar { text, quoted: false } if is_number(text) => format!("the number `{text}`"),
            Value::Scalar { text, quoted: false } if matches!(&**text, "true" | "false") => {
                format!("the truth value `{text}`")
            }
            Value::Scalar { text, .. } => format!("the text `{}`", shorten(text)),
            Value::Sequence(_) => "a list".to_owned(),
            Value::Mapping(_) => "a mapping".to_owned(),
        }
    }
}

/// Whether YAML 1.2's core schema reads this plain text as a number.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts = digits.strip_prefix('.').unwrap_or(digits).starts_with(|c: char| c.is_ascii_digit());
    let hex = digits.strip_prefix("0x").is_some_and(|d| d.chars().all(|c| c.is_ascii_hexdigit()));
    let octal = digits.strip_prefix("0o").is_some_and(|d| d.chars().all(|c| c.is_digit(8)));
    starts && (digits.parse::<f64>().is_ok() || hex || octal)
}

/// The text, cut when it is too long or has line ends, for use within a message.
pub(super) fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    let one_line: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    let one_line = one_line.replace("\\\"", "\"").replace("\\'", "'");
    if text.chars().nth(MOST).is_some() { format!("{one_line}…") } else { one_line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_yaml_1_2() {
        for number in ["1", "-1", "1.30", ".5", "1e3", "0x1F", "0o17", "+7"] {
            assert!(is_number(number), "{number}");
        }
        for text in ["1:30", "1_000", "1h", "0xg", ".", "-", "", "1.2.3", "inf", "10.0.0.1"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn long_and_odd_texts_are_shown_on_one_line() {
        assert_eq!(shorten("a\nb\u{0}"), "a\\nb\\0");
        assert_eq!(shorten(&"x".repeat(100)).chars().count(), 61);
    }
}
