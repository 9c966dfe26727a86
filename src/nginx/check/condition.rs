//! The condition of an `if` (`ngx_http_rewrite_if_condition`).

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::nginx::tree::Directive;
use crate::text::Span;

/// What compares with a regular expression.
const MATCHES: [&str; 4] = ["~", "~*", "!~", "!~*"];

/// What looks for a file.
const FILE_TESTS: [&str; 8] = ["-f", "-d", "-e", "-x", "!-f", "!-d", "!-e", "!-x"];

type Word<'t> = (Cow<'t, str>, Span);

/// Reads a condition; what it gives back is the regular expression in it, if any.
pub(super) fn read(directive: Directive<'_>) -> Result<Option<Word<'_>>, Box<Diagnostic>> {
    let mut words: Vec<Word<'_>> = directive.args().map(|word| (word.value(), word.span())).collect();
    let (first, last) = bracketed(&mut words)?;
    let Some(left) = words.get(first) else { return Ok(None) };
    let is_variable = left.0.len() > 1 && left.0.starts_with('$');
    if is_variable && first == last {
        return compared_to_nothing(left).map_or(Ok(None), |fault| Err(Box::new(fault)));
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

/// `$host=a` is one word, and to nginx the name of a variable.
fn compared_to_nothing(word: &Word<'_>) -> Option<Diagnostic> {
    let name = &word.0[1..];
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!name.bytes().all(is_word)).then(|| {
        Diagnostic::error("bad-condition", format!("unknown \"{name}\" variable"))
            .at(word.1, "")
            .why("without spaces around its operator all of it is read as the name of a variable")
            .help("put spaces around the operator")
    })
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
