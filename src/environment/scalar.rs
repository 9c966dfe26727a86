//! Reading single values: text, truth values, numbers, names of a closed set.
//!
//! YAML's surprises end here. A plain `yes`, `0x10`, `1_000` or `1:30` is never taken for another value
//! than the one written: it is used as written where that is valid, and refused with a message elsewhere.

use std::fmt;
use std::ops::Deref;

use super::fields::{Found, listed, nearest, wrong_type};
use super::node::{Node, Value, is_number, shorten};
use crate::diagnostic::Diagnostic;
use crate::text::Span;

/// A value with the place it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands in the YAML.
    pub span: Span,
}

impl<T> At<T> {
    /// `value` at `span`.
    pub fn new(value: T, span: Span) -> At<T> {
        At { value, span }
    }
}

impl<T> Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for At<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Runs `read` and keeps the place.
pub(super) fn at<T>(
    node: &Node,
    found: &mut Found,
    read: impl FnOnce(&Node, &mut Found) -> Option<T>,
) -> Option<At<T>> {
    read(node, found).map(|value| At::new(value, node.span))
}

/// The text of a scalar exactly as written, numbers and truth values included. `expected` (with its
/// article) is for the message when there is none.
pub(super) fn as_written<'n>(node: &'n Node, expected: &str, found: &mut Found) -> Option<&'n str> {
    if let Some(tag) = &node.tag {
        let fault = Diagnostic::error("bad-value", format!("`!{tag}` has no place here"))
            .at(node.span, format!("expected {expected}, without a tag"));
        found.push(fault.help("`!nginx` marks nginx variables in header values and redirect targets"));
        return None;
    }
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        Value::Null => {
            let fault = Diagnostic::error("wrong-type", format!("expected {expected}, found nothing"))
                .at(node.span, "no value here")
                .help("write a value, or delete the key");
            found.push(fault);
            None
        }
        _ => {
            found.push(wrong_type(node, expected));
            None
        }
    }
}

/// Text. A plain number or truth value is refused: other YAML readers would not see the same text.
pub(super) fn text<'n>(node: &'n Node, expected: &str, found: &mut Found) -> Option<&'n str> {
    let text = as_written(node, expected, found)?;
    let quoted = matches!(node.value, Value::Scalar { quoted: true, .. });
    if !quoted && (is_number(text) || matches!(text, "true" | "false")) {
        found.push(wrong_type(node, expected).help(format!("if the text is meant, quote it: `\"{text}\"`")));
        return None;
    }
    Some(text)
}

/// `true` or `false`, and nothing that merely looks like it.
pub(super) fn truth(node: &Node, found: &mut Found) -> Option<bool> {
    let text = as_written(node, "`true` or `false`", found)?;
    match text {
        "true" => Some(true),
        "false" => Some(false),
        other => {
            let fault = wrong_type(node, "`true` or `false`");
            let help = match other.to_lowercase().as_str() {
                "yes" | "on" | "y" | "1" | "true" => "write `true`",
                "no" | "off" | "n" | "0" | "false" => "write `false`",
                _ => "write `true` or `false`",
            };
            found.push(fault.help(help));
            None
        }
    }
}

/// A whole number in plain decimal digits, within `range`. `what` names it with its article: `a port`.
pub(super) fn whole_number(
    node: &Node,
    what: &str,
    range: std::ops::RangeInclusive<u64>,
    found: &mut Found,
) -> Option<u64> {
    let text = as_written(node, what, found)?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    if let Some(number) = number.filter(|number| range.contains(number)) {
        return Some(number);
    }
    let bounds = format!("{what} is a whole number from {} to {}", range.start(), range.end());
    let fault = Diagnostic::error("bad-value", format!("`{}` is not {what}", shorten(text)));
    let hint = match (digits, text.starts_with("0x") || text.starts_with("0o")) {
        (true, _) => "out of range",
        (_, true) => "not in decimal digits",
        _ => "not a whole number",
    };
    found.push(fault.at(node.span, hint).help(bounds));
    None
}

/// One of a closed set of words.
pub(super) fn one_of<T: Copy>(
    node: &Node,
    what: &str,
    words: &[(&'static str, T)],
    found: &mut Found,
) -> Option<T> {
    let text = as_written(node, what, found)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    let names = || words.iter().map(|(word, _)| *word);
    let fault =
        Diagnostic::error("bad-value", format!("`{}` is not {what}", shorten(text))).at(node.span, "unknown");
    found.push(match nearest(text, names()) {
        Some(meant) => fault.help(format!("did you mean `{meant}`? Known: {}", listed(names()))),
        None => fault.help(format!("known: {}", listed(names()))),
    });
    None
}
