//! Where templates may print values: as words of their own, whatever branches are taken.
//!
//! The formatter makes exactly one token of a value. It stays one only if nothing is glued to it and it does
//! not stand within quotes. Templates are held to that when they are loaded, so it needs no check for each
//! rendered file. The argument, by induction over any path through the template:
//!
//! - text between tags never ends within quotes, nor in a backslash; so behind every tag quotes are closed;
//! - text directly behind a `{% … %}` does not begin with a quote or `#`, whose meaning would depend on
//!   whether the path before it ended in the middle of a word;
//! - a comment may hold `{{ … }}`, in which the formatter leaves no line end, but no `{% … %}`;
//! - `{{ … }}` has white space before it, and white space, `;` or `{` behind it;
//! - a file is included on a line of its own, and tags do not trim white space.

use crate::diagnostic::Diagnostic;
use crate::text::{FileId, Span};

/// Checks a template's text.
pub(super) fn check(file: FileId, text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut fault = |start: usize, end: usize, message, help| {
        found.push(fault(Span::new(file, start, end), message, help));
    };
    let (mut at, mut state, mut before) = (0, State::Between, None);
    loop {
        let tag = next_tag(text, at);
        let end = tag.as_ref().map_or(text.len(), |tag| tag.start);
        if before == Some(Kind::Block) && text[at..end].starts_with(['"', '\'', '#']) {
            fault(
                at,
                at + 1,
                "text directly behind a block tag begins with a quote or `#`",
                "put white space before it",
            );
        }
        state = state.after(&text[at..end]);
        if state == State::Quoted || text[at..end].ends_with('\\') {
            fault(
                text.floor_char_boundary(end.saturating_sub(1)),
                end,
                "a tag within quotes, or behind a backslash",
                JOIN,
            );
            state = State::Between;
        }
        let Some(tag) = tag else { return found };
        let inner = tag.inner(text);
        if inner.starts_with(['-', '+']) || inner.ends_with(['-', '+']) {
            fault(tag.start, tag.end, "a tag that trims white space could glue two words together", UNTRIM);
        }
        match tag.kind {
            Kind::Print if !tag.stands_alone(text) => {
                fault(tag.start, tag.end, "a template prints a value within a word", JOIN);
            }
            Kind::Block if state == State::Comment => {
                fault(tag.start, tag.end, "a block tag within a comment", "put the tag on a line of its own");
            }
            Kind::Block if inner.trim_start().starts_with("include") && !tag.begins_line(text) => {
                fault(
                    tag.start,
                    tag.end,
                    "a file is included in the middle of a line",
                    "put the tag on a line of its own",
                );
            }
            _ => {}
        }
        (at, before) = (tag.end, Some(tag.kind));
    }
}

const JOIN: &str = "put the parts together inside the tag, `{{ \"http://\" ~ value }}`, with white space before and white space or `;` behind";
const UNTRIM: &str = "delete the `-` or `+`: lines that hold only a `{% … %}` vanish by themselves";

fn fault(span: Span, message: &'static str, help: &'static str) -> Diagnostic {
    Diagnostic::error("template-placement", message)
        .at(span, "")
        .why("every printed value is one token of nginx, in quotes where needed; within quotes, or glued to other text, it would mean something else")
        .help(help)
}

/// What nginx is in the middle of, as far as quotes and comments are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// White space, `;`, `{` or `}`: the next character starts a token.
    Between,
    Word,
    Quoted,
    Comment,
}

impl State {
    /// The state behind some text (`ngx_conf_read_token`).
    fn after(self, text: &str) -> State {
        let (mut state, mut open, mut escaped) = (self, '"', false);
        for character in text.chars() {
            state = match (state, character) {
                (State::Comment, '\n') => State::Between,
                (State::Comment, _) => State::Comment,
                (State::Quoted | State::Word, _) if escaped => state,
                (State::Quoted, quote) if quote == open => State::Word,
                (State::Quoted, _) => State::Quoted,
                (_, c) if c.is_ascii_whitespace() || c == ';' || c == '{' => State::Between,
                (State::Between, '#') => State::Comment,
                (State::Between, quote @ ('"' | '\'')) => {
                    open = quote;
                    State::Quoted
                }
                (State::Between, '}') => State::Between,
                _ => State::Word,
            };
            escaped = character == '\\' && !escaped;
        }
        state
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Print,
    Block,
    Comment,
}

/// A tag: its bytes, marks included.
struct Tag {
    start: usize,
    end: usize,
    kind: Kind,
}

impl Tag {
    fn inner<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start + 2..self.end - 2]
    }

    fn stands_alone(&self, text: &str) -> bool {
        let before = text[..self.start].chars().next_back();
        let behind = text[self.end..].chars().next();
        before.is_none_or(char::is_whitespace)
            && behind.is_none_or(|c| c.is_whitespace() || c == ';' || c == '{')
    }

    fn begins_line(&self, text: &str) -> bool {
        let line = text[..self.start].rfind('\n').map_or(0, |newline| newline + 1);
        text[line..self.start].trim().is_empty()
    }
}

/// The next tag from `at` on. An unclosed one is left to the engine to report.
fn next_tag(text: &str, at: usize) -> Option<Tag> {
    let kinds = [("{{", "}}", Kind::Print), ("{%", "%}", Kind::Block), ("{#", "#}", Kind::Comment)];
    let opened =
        kinds.iter().filter_map(|(open, close, kind)| Some((at + text[at..].find(open)?, *close, *kind)));
    let (start, close, kind) = opened.min_by_key(|(start, ..)| *start)?;
    let end = close_of(text, start + 2, close, kind)?;
    Some(Tag { start, end, kind })
}

/// Behind the closing mark; marks within a string of the tag do not count.
fn close_of(text: &str, from: usize, close: &str, kind: Kind) -> Option<usize> {
    let mut quote = None;
    for (offset, character) in text[from..].char_indices() {
        let quotes = kind != Kind::Comment && (character == '"' || character == '\'');
        if quote.is_none() && text[from + offset..].starts_with(close) {
            return Some(from + offset + close.len());
        } else if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && quotes {
            quote = Some(character);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::text::{SourceFile, Sources};

    fn faults(text: &str) -> usize {
        let mut sources = Sources::new();
        let id = sources.add(SourceFile::new("t", text));
        check(id, text).len()
    }

    #[test]
    fn values_stand_alone() {
        for good in [
            "a {{ b }};",
            "{{ a }}",
            "a {{ b }} {{ c }};",
            "{# {{a}}x #}",
            "a {{ \"}}\" ~ b }};",
            "{% if a %}x{% endif %}",
            "# it's {{ a }} 'x\nb {{ c }};",
            "a 'b' \"c d\" {{ e }};",
            "a b'c {{ d }};",
            "ssl{% if a %} http2{% endif %} x;",
            "a 'b\\' c' {{ d }};",
            "{% if a %}\n# x\n{% endif %}\n",
            "x {\n{% include \"a\" %}\n}",
        ] {
            assert_eq!(faults(good), 0, "{good}");
        }
    }

    #[test]
    fn values_that_would_not_stand_alone() {
        for bad in [
            "a{{ b }};",
            "a \"{{ b }}\";",
            "{{ a }}b",
            "{{ a }}{{ b }}",
            "{%- if a %}{% endif %}",
            "a {{ b -}};",
            "a \"b {{ c }} d\";",
            "{% if a %}\"{% endif %} {{ b }} \"",
            "# x {% if a %} y\n{% endif %}",
            "{% if a %}x {% endif %}\"a {{ b }} c\"",
            "a \\{% if b %} c{% endif %};",
            "a {% include \"b\" %}\n",
        ] {
            assert!(faults(bad) > 0, "{bad}");
        }
    }
}
