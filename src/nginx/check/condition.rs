//! The condition of an `if` (`ngx_http_rewrite_if_condition`).

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::tree::Directive;
use crate::text::Span;

/// What compares with a regular expression.
const MATCHES: [&str; 4] = ["~", "~*", "!~", "!~*"];

/// What looks for a file.
const FILE_TESTS: [&str; 8] = ["-f", "-d", "-e", "-x", "!-f", "!-d", "!-e", "!-x"];

pub(super) type Word<'t> = (Cow<'t, str>, Span);

/// The variable a condition starts with, and where: to nginx all of the word behind its `$` is the name.
pub(super) fn variable(directive: Directive<'_>) -> Option<Word<'_>> {
    let mut words: Vec<Word<'_>> = directive.args().map(|word| (word.value(), word.span())).collect();
    let (first, _) = bracketed(&mut words).ok()?;
    let (word, place) = words.into_iter().nth(first)?;
    let name = word.strip_prefix('$').filter(|name| !name.is_empty())?.to_owned();
    Some((name.into(), place))
}

/// The text that a condition compares with, or the path that it asks for: it may hold variables.
pub(super) fn compared(directive: Directive<'_>) -> Option<(&str, Span)> {
    let words = directive.args().rev().map(|word| (word.content(), word.span()));
    let mut words = words.skip_while(|(word, _)| *word == ")");
    let (text, place) = words.next()?;
    let (operator, _) = words.next()?;
    let operator = operator.strip_prefix('(').unwrap_or(operator);
    let reads = ["=", "!="].contains(&operator) || FILE_TESTS.contains(&operator);
    reads.then(|| (text.strip_suffix(')').unwrap_or(text), place))
}

/// What is said of a name that no one gives to a variable.
pub(super) fn odd_name(name: &str, place: Span, is_known: bool) -> Option<Diagnostic> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_group = matches!(name.as_bytes(), [b'1'..=b'9', ..]);
    if name.bytes().all(is_word) && !is_group {
        return None;
    }
    let fault = if is_known {
        Diagnostic::new(Severity::Warning, "bad-condition", format!("\"${name}\" is one variable to nginx"))
    } else {
        Diagnostic::error("bad-condition", format!("unknown \"{name}\" variable"))
    };
    let inner = name.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
    let (why, help) = match inner {
        Some(inner) => ("`if` reads no braces around a name", format!("write `${inner}`")),
        None if is_group => (
            "`if` reads no groups of an expression, only variables",
            format!("write `set $group ${name};` before it, and ask for `$group`"),
        ),
        None if name.contains(['=', '~', '!']) => (
            "without spaces around its operator all of it is read as the name of a variable",
            "put spaces around the operator".to_owned(),
        ),
        None => (
            "all of the first word is read as the name of one variable",
            "join what you ask for in a variable before it: `set $both \"$one$two\";`".to_owned(),
        ),
    };
    Some(fault.at(place, "").why(why).help(help))
}

/// Reads a condition; what it gives back is the regular expression in it, if any.
pub(super) fn read(directive: Directive<'_>) -> Result<Option<Word<'_>>, Box<Diagnostic>> {
    let mut words: Vec<Word<'_>> = directive.args().map(|word| (word.value(), word.span())).collect();
    let (first, last) = bracketed(&mut words)?;
    let Some(left) = words.get(first) else { return Ok(None) };
    let is_variable = left.0.len() > 1 && left.0.starts_with('$');
    if is_variable && first == last {
        return Ok(None);
    }
    if is_variable && first + 2 == last {
        let operator = &words[first + 1];
        return match &*operator.0 {
            "=" | "!=" => Ok(None),
            word if MATCHES.contains(&word) => Ok(Some(words.swap_remove(last))),
            _ => Err(Box::new(unexpected(operator))),
        };
    }
    let is_test = first + 1 == last && FILE_TESTS.contains(&&*left.0);
    if is_test { Ok(None) } else { Err(Box::new(invalid(left))) }
}

/// Takes the brackets off, and says which words are between them.
fn bracketed(words: &mut [Word<'_>]) -> Result<(usize, usize), Box<Diagnostic>> {
    let mut last = words.len().saturating_sub(1);
    let Some(open) = words.first_mut() else { return Ok((0, 0)) };
    let Some(rest) = open.0.strip_prefix('(') else { return Err(Box::new(invalid(open))) };
    let first = usize::from(rest.is_empty());
    if !rest.is_empty() {
        open.0 = rest.to_owned().into();
    }
    let close = &mut words[last];
    let Some(rest) = close.0.strip_suffix(')') else { return Err(Box::new(invalid(close))) };
    if rest.is_empty() {
        last = last.saturating_sub(1);
    } else {
        close.0 = rest.to_owned().into();
    }
    Ok((first, last))
}

fn unexpected(operator: &Word<'_>) -> Diagnostic {
    let message = format!("unexpected \"{}\" in condition", operator.0);
    let fault = Diagnostic::error("bad-condition", message).at(operator.1, "");
    let fault = fault.why("`if` compares with `=`, `!=`, `~`, `~*`, `!~` and `!~*`");
    match &*operator.0 {
        "==" => fault.help("write `=`"),
        "&&" | "||" | "and" | "or" | "AND" | "OR" => fault.help(
            "ask for one thing in each `if`, or join two in a `map`: `map \"$a:$b\" $both { default 0; \"1:1\" 1; }`",
        ),
        _ => fault.help("write one of these"),
    }
}

fn invalid(word: &Word<'_>) -> Diagnostic {
    let message = format!("invalid condition \"{}\"", word.0);
    let fault = Diagnostic::error("bad-condition", message).at(word.1, "");
    fault.why("`if` takes one variable, one comparison or one test of a file, in brackets").help(
        "write `if ($variable)`, `if ($variable = value)`, `if ($variable ~ \"regex\")` or `if (-f path)`",
    )
}
