//! One value, one token: how a value is spelt so that nginx reads back exactly it, and never more.
//!
//! Nothing a user writes may break out of the place a template gave it. [`quote`] is the only way a value gets
//! into nginx text; it quotes and escapes only where nginx needs it, so that regexes stay readable.

use std::borrow::Cow;
use std::fmt;

/// How a token is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quoting {
    /// Without quotes.
    Bare,
    /// `'…'`; nginx treats both quotes alike, variables are read in each.
    Single,
    /// `"…"`
    Double,
}

/// What a `$` in a value is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dollar {
    /// A fault: the value is text, and nginx has no escape for `$`.
    Forbidden,
    /// The start of a variable, `$name`, `${name}` or a capture such as `$1`.
    Variable,
    /// Whatever a regular expression makes of it.
    Regex,
}

/// Why a value cannot be written as one token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unprintable {
    /// It holds a NUL byte.
    Nul,
    /// It holds a `$` and is meant as text.
    Dollar,
    /// A `$` with no variable name behind it (`invalid variable name`).
    InvalidVariable {
        /// Offset of the `$` in the value.
        at: usize,
    },
    /// A `${name` that no `}` closes.
    UnclosedVariable {
        /// The name as far as it goes.
        name: String,
    },
    /// It is longer than nginx's buffer for one token.
    TooLong {
        /// Its length as a token, in bytes.
        length: usize,
        /// The most nginx takes, whatever follows the token.
        limit: usize,
    },
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unprintable::Nul => f.write_str("a NUL byte cannot stand in an nginx file"),
            Unprintable::Dollar => {
                f.write_str("nginx reads `$` as the start of a variable and has no escape for it")
            }
            Unprintable::InvalidVariable { .. } => {
                f.write_str("`$` is not followed by a variable name (letters, digits and `_`)")
            }
            Unprintable::UnclosedVariable { name } => {
                write!(f, "the closing bracket in `${{{name}` is missing")
            }
            Unprintable::TooLong { length, limit } => {
                write!(f, "the value takes {length} bytes, and nginx reads at most {limit} in one token")
            }
        }
    }
}

impl std::error::Error for Unprintable {}

/// The most bytes of a bare token that nginx reads whatever follows it. Before `;` or `{` it would be one more.
pub const BARE_LIMIT: usize = 4094;

/// The most bytes between quotes that nginx reads whatever follows. Before `;` or `{` it would be one more.
pub const QUOTED_LIMIT: usize = 4093;

/// Writes `value` as exactly one token that nginx reads back as exactly `value`.
///
/// # Errors
/// When no token does that: see [`Unprintable`].
///
/// ```
/// use nginx_gen::nginx::token::{Dollar, quote};
///
/// assert_eq!(quote("/api/", Dollar::Forbidden).unwrap(), "/api/");
/// assert_eq!(quote("", Dollar::Forbidden).unwrap(), r#""""#);
/// assert_eq!(quote("a; b", Dollar::Forbidden).unwrap(), r#""a; b""#);
/// assert_eq!(quote(r"\.(png|css)$", Dollar::Regex).unwrap(), r"\.(png|css)$");
/// assert!(quote("$5", Dollar::Forbidden).is_err());
/// ```
pub fn quote(value: &str, dollar: Dollar) -> Result<Cow<'_, str>, Unprintable> {
    // Nearly every value is a name, a number or a path: it needs no second look.
    if !value.is_empty() && value.len() <= BARE_LIMIT && value.bytes().all(is_plain) {
        return Ok(Cow::Borrowed(value));
    }
    if value.contains('\0') {
        return Err(Unprintable::Nul);
    }
    match dollar {
        Dollar::Forbidden if value.contains('$') => return Err(Unprintable::Dollar),
        Dollar::Variable => check_variables(value)?,
        Dollar::Forbidden | Dollar::Regex => {}
    }
    let quoting = choose(value);
    let body = escape(value, quoting);
    let limit = if quoting == Quoting::Bare { BARE_LIMIT } else { QUOTED_LIMIT };
    if body.len() > limit {
        return Err(Unprintable::TooLong { length: body.len(), limit });
    }
    Ok(match quoting {
        Quoting::Bare => body,
        Quoting::Single => format!("'{body}'").into(),
        Quoting::Double => format!("\"{body}\"").into(),
    })
}

/// Whether a byte means itself wherever it stands in a bare token.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/.:-_=*,+@%!?&|~<>()[]^".contains(&byte)
}

/// Checks that every `$` starts a variable as nginx reads them (`ngx_http_script_compile`).
///
/// # Errors
/// [`Unprintable::InvalidVariable`] and [`Unprintable::UnclosedVariable`], for the first that is wrong.
pub fn check_variables(value: &str) -> Result<(), Unprintable> {
    for (at, _) in value.match_indices('$') {
        let rest = &value[at + 1..];
        let (bracket, rest) = match rest.strip_prefix('{') {
            Some(inside) => (true, inside),
            None => (false, rest),
        };
        let name = &rest[..name_length(rest)];
        if bracket && !rest.is_empty() && !rest[name.len()..].starts_with('}') {
            return Err(Unprintable::UnclosedVariable { name: name.to_owned() });
        }
        if name.is_empty() {
            return Err(Unprintable::InvalidVariable { at });
        }
    }
    Ok(())
}

fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// Bare wherever nginx reads the value bare *and* a reader does too: quotes and braces inside a word are legal
/// but look like something else, and are therefore quoted, except for the braces of `${name}`.
fn choose(value: &str) -> Quoting {
    let bytes = value.as_bytes();
    let hazard = |(at, byte): (usize, &u8)| match byte {
        b' ' | b'\t' | b'\r' | b'\n' | b';' | b'"' | b'\'' => true,
        b'{' => !bytes[..at].ends_with(b"$") || bytes[..at].ends_with(b"\\$") || !closes(&value[at + 1..]),
        b'}' => !opened(&bytes[..at]),
        _ => false,
    };
    let is_bare = !value.is_empty() && bytes[0] != b'#' && !bytes.iter().enumerate().any(hazard);
    match is_bare {
        true => Quoting::Bare,
        false if value.contains('"') && !value.contains('\'') => Quoting::Single,
        false => Quoting::Double,
    }
}

/// A variable's name and `}` follow.
fn closes(text: &str) -> bool {
    let length = name_length(text);
    length > 0 && text[length..].starts_with('}')
}

/// `${` and a variable's name come before.
fn opened(before: &[u8]) -> bool {
    let name = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    name > 0 && before[..before.len() - name].ends_with(b"${")
}

fn escape(value: &str, quoting: Quoting) -> Cow<'_, str> {
    let special = |c: char| matches!(c, '\\' | '"' | '\'' | '\n' | '\t' | '\r');
    if !value.contains(special) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len() + 8);
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '"' if quoting == Quoting::Double => out.push_str("\\\""),
            '\'' if quoting == Quoting::Single => out.push_str("\\'"),
            '\\' if chars.peek().is_none_or(|&next| is_eaten(next)) => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether nginx would take a backslash before this character of the value away, or read the two as one.
fn is_eaten(next: char) -> bool {
    matches!(next, '\\' | '"' | '\'' | 't' | 'r' | 'n' | '\n' | '\t' | '\r')
}

/// What nginx makes of the text between the quotes (or of a bare word): `\" \' \\ \t \r \n` are decoded,
/// any other backslash stays.
pub fn decode(raw: &str) -> Cow<'_, str> {
    let Some(first) = raw.find('\\') else { return Cow::Borrowed(raw) };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..first]);
    let mut chars = raw[first..].chars().peekable();
    while let Some(c) = chars.next() {
        let decoded = match (c, chars.peek()) {
            ('\\', Some('t')) => '\t',
            ('\\', Some('r')) => '\r',
            ('\\', Some('n')) => '\n',
            ('\\', Some(&next @ ('"' | '\'' | '\\'))) => next,
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push(decoded);
        chars.next();
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Dollar, Unprintable, check_variables, decode, quote};
    use crate::nginx::parser::parse;
    use crate::nginx::tree::Directive;
    use crate::text::{SourceFile, Sources};

    /// The one argument nginx reads from a token, in front of `;` and in front of white space.
    fn read_back(token: &str) -> String {
        let mut sources = Sources::new();
        let text = format!("a {token};b {token} {token} {{c {token}\n;}}");
        let file = sources.add(SourceFile::new("a", text));
        let (tree, faults) = parse(file, sources.file(file).text());
        assert_eq!(faults, [], "{token}");
        let words: Vec<_> = tree.root(&sources).descendants().flat_map(Directive::args).collect();
        let values: Vec<_> = words.iter().map(|word| word.value()).collect();
        assert_eq!(values.len(), 4, "{token}");
        assert!(values.iter().all(|value| *value == values[0]), "{token}");
        values[0].to_string()
    }

    #[test]
    fn quotes_only_where_needed() {
        for (value, token) in [
            ("/api/", "/api/"),
            (r"^/api/v\d+/(.*)\.json$", r"^/api/v\d+/(.*)\.json$"),
            (r"^/\d{3}$", r#""^/\d{3}$""#),
            ("https://${host}/$uri", "https://${host}/$uri"),
            ("a#b", "a#b"),
            ("#b", "\"#b\""),
            ("a;b", "\"a;b\""),
            ("", "\"\""),
            ("say \"hi\"", "'say \"hi\"'"),
            ("it's \"so\"", r#""it's \"so\"""#),
            ("a\nb", r#""a\nb""#),
            (r"\t", r"\\t"),
            (r"a\", r"a\\"),
            ("}", "\"}\""),
            (r"\${x}", r#""\${x}""#),
        ] {
            assert_eq!(quote(value, Dollar::Regex).unwrap(), token);
            assert_eq!(read_back(token), value);
        }
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        assert_eq!(quote("a\0", Dollar::Regex), Err(Unprintable::Nul));
        assert_eq!(quote("a$b", Dollar::Forbidden), Err(Unprintable::Dollar));
        assert_eq!(quote("a$", Dollar::Variable), Err(Unprintable::InvalidVariable { at: 1 }));
        assert_eq!(quote("$-", Dollar::Variable), Err(Unprintable::InvalidVariable { at: 0 }));
        assert_eq!(quote("${}", Dollar::Variable), Err(Unprintable::InvalidVariable { at: 0 }));
        assert_eq!(quote("${", Dollar::Variable), Err(Unprintable::InvalidVariable { at: 0 }));
        let name = "a".to_owned();
        assert_eq!(quote("${a-b}", Dollar::Variable), Err(Unprintable::UnclosedVariable { name }));
        assert_eq!(check_variables("$a${b_1}$1-$2"), Ok(()));
        assert!(quote(&"x".repeat(4094), Dollar::Regex).is_ok());
        let too_long = Unprintable::TooLong { length: 4095, limit: 4094 };
        assert_eq!(quote(&"x".repeat(4095), Dollar::Regex), Err(too_long));
        assert!(quote(&" ".repeat(4093), Dollar::Regex).is_ok());
        assert!(quote(&" ".repeat(4094), Dollar::Regex).is_err());
    }

    #[test]
    fn other_backslashes_stay() {
        assert_eq!(decode(r#"\.\d\"\'\\\t\r\n\"#), "\\.\\d\"'\\\t\r\n\\");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_value_is_read_back(value in r#"([$\\{}"'#;a-n \t\r\n()/é]|\$\{[a-z]*\}|\PC){0,12}"#) {
            if let Ok(token) = quote(&value, Dollar::Regex) {
                prop_assert_eq!(read_back(&token), value);
            }
        }
    }
}
