//! The condition of an `if` (`ngx_http_rewrite_if_condition`).

use crate::nginx::routing::pattern::Pattern;
use crate::nginx::tree::{Argument, Directive};

/// What an `if` asks.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// Something of a variable.
    Variable {
        /// Its name.
        name: String,
        /// What.
        test: Test,
    },
    /// `-f path` and its like; negated, it is that there is no such file that makes it hold.
    File { is_negated: bool },
}

/// What is asked of a variable.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// `$x`: neither empty nor `0`.
    True,
    /// `$x = text`, `$x != text`
    Equals { text: String, is_negated: bool },
    /// `$x ~ expression`, `~*`, `!~`, `!~*`
    Matches { pattern: Pattern, is_negated: bool },
}

impl Condition {
    /// Reads the condition of an `if`; `None` where nginx refuses it, or PCRE its expression.
    pub(super) fn of(directive: Directive<'_>) -> Option<Condition> {
        let mut words: Vec<String> = directive.args().map(Argument::value).map(Into::into).collect();
        let first = words.first_mut()?;
        *first = first.strip_prefix('(')?.to_owned();
        if first.is_empty() {
            words.remove(0);
        }
        let last = words.last_mut()?;
        *last = last.strip_suffix(')')?.to_owned();
        if last.is_empty() {
            words.pop();
        }
        Condition::of_words(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn of_words(words: &[&str]) -> Option<Condition> {
        let test = match *words {
            ["-f" | "-d" | "-e" | "-x", _] => return Some(Condition::File { is_negated: false }),
            ["!-f" | "!-d" | "!-e" | "!-x", _] => return Some(Condition::File { is_negated: true }),
            [_] => Test::True,
            [_, operator @ ("=" | "!="), text] => {
                Test::Equals { text: text.to_owned(), is_negated: operator == "!=" }
            }
            [_, operator @ ("~" | "~*" | "!~" | "!~*"), regex] => Test::Matches {
                pattern: Pattern::compile(regex, operator.ends_with('*')).ok()?,
                is_negated: operator.starts_with('!'),
            },
            _ => return None,
        };
        let name = words[0].strip_prefix('$').filter(|name| !name.is_empty())?.to_owned();
        Some(Condition::Variable { name, test })
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, Test};
    use crate::nginx::parser::parse;
    use crate::text::{SourceFile, Sources};

    fn read(text: &str) -> Option<Condition> {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("a", format!("if {text} {{ }}")));
        let (tree, _) = parse(file, sources.file(file).text());
        let directive = tree.root(&sources).find("if").unwrap();
        Condition::of(directive)
    }

    #[test]
    fn brackets_may_stand_alone() {
        for text in ["($a = b)", "( $a = b )", "($a = b )", "( $a = \"b\")"] {
            let Some(Condition::Variable { name, test: Test::Equals { text, is_negated: false } }) =
                read(text)
            else {
                panic!("{text} is a condition");
            };
            assert_eq!((name.as_str(), text.as_str()), ("a", "b"));
        }
        assert!(matches!(read("($a)"), Some(Condition::Variable { test: Test::True, .. })));
        assert!(matches!(read("(!-e $request_filename)"), Some(Condition::File { is_negated: true })));
        for wrong in ["$a", "($a", "(a)", "($a == b)", "($a ~ [)"] {
            assert!(read(wrong).is_none(), "{wrong} is none");
        }
    }
}
