//! Cuts nginx text into tokens, byte for byte as nginx does (`ngx_conf_read_token`).
//!
//! The rules that surprise: white space is space, tab, CR and LF only; `#` and quotes mean something only
//! where a token starts; `${` does not open a block but `$x{` does; a backslash guards the next byte from
//! ending the token, whatever it is; a byte-order mark is part of the first word; CR alone ends no comment.

use crate::nginx::token::Quoting;

/// The bytes nginx holds of one token (`NGX_CONF_BUFFER`): what is longer it refuses.
const BUFFER: usize = 4096;

/// How many faults are kept.
const MAX_FAULTS: usize = 100;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A name or an argument, bare or quoted.
    Word(Quoting),
    /// `;`
    Semicolon,
    /// `{`
    Open,
    /// `}`, where a token may start.
    Close,
    /// From `#` up to the line feed or a CR before it, neither included.
    Comment,
    /// The end of the text; it repeats.
    End,
}

/// A token and where it stands, quotes included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

/// What nginx refuses already while it reads tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Something other than white space, `;`, `{` or `)` follows a closing quote.
    Glued {
        /// Offset of what follows.
        at: usize,
        /// Offset of the quote that opened the word.
        quote: usize,
    },
    /// A quoted word runs to the end of the file.
    Unclosed {
        /// Offset of the quote that opened it.
        quote: usize,
    },
    /// A quoted word with no closing quote within nginx's buffer.
    LongQuoted {
        /// Offset of the quote that opened it.
        quote: usize,
    },
    /// A bare word, a closed quoted word or a comment larger than nginx's buffer.
    Long {
        /// Offset of its first byte, behind the quote where there is one.
        start: usize,
        /// Offset behind its last byte.
        end: usize,
    },
}

/// Reads tokens one after the other, and goes on behind each fault.
#[derive(Debug)]
pub struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    faults: Vec<Fault>,
}

impl<'t> Lexer<'t> {
    /// A lexer at the start of this text.
    pub fn new(text: &'t str) -> Lexer<'t> {
        Lexer { text: text.as_bytes(), at: 0, faults: Vec::new() }
    }

    /// The faults met so far.
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// Goes on reading at this offset, after a caller has read what is not nginx's language.
    pub fn resume(&mut self, at: usize) {
        self.at = at;
    }

    /// The next token; past the last one, [`Kind::End`] again and again.
    pub fn next_token(&mut self) -> Token {
        self.skip_space();
        let start = self.at;
        let kind = match self.text.get(start) {
            None => Kind::End,
            Some(b';') => self.single(Kind::Semicolon),
            Some(b'{') => self.single(Kind::Open),
            Some(b'}') => self.single(Kind::Close),
            Some(b'#') => self.comment(),
            Some(b'"') => self.quoted(b'"', Quoting::Double),
            Some(b'\'') => self.quoted(b'\'', Quoting::Single),
            Some(_) => self.bare(),
        };
        let end = if kind == Kind::Comment { self.comment_end(start) } else { self.at };
        Token { kind, start, end }
    }

    /// Past a few there is nothing to learn, and a broken file of a GiB must not fill the memory.
    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }

    fn single(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn skip_space(&mut self) {
        while self.text.get(self.at).is_some_and(|&byte| is_space(byte)) {
            self.at += 1;
        }
    }

    fn comment(&mut self) -> Kind {
        let start = self.at;
        self.at = self.line_end(start);
        self.check_length(start, self.at);
        Kind::Comment
    }

    fn comment_end(&self, start: usize) -> usize {
        let comment = &self.text[start..self.at];
        start + comment.len() - usize::from(comment.ends_with(b"\r"))
    }

    fn bare(&mut self) -> Kind {
        let start = self.at;
        let mut at = start;
        loop {
            at += plain_length(&self.text[at.min(self.text.len())..]);
            match self.text.get(at) {
                Some(b'\\') => at += 2,
                Some(b'$') => at = self.skip_braces(at + 1),
                _ => break,
            }
        }
        self.at = at.min(self.text.len());
        self.check_length(start, self.at);
        Kind::Word(Quoting::Bare)
    }

    /// Behind `$`, any number of `{` belongs to the word.
    fn skip_braces(&self, mut at: usize) -> usize {
        while self.text.get(at) == Some(&b'{') {
            at += 1;
        }
        at
    }

    fn quoted(&mut self, quote: u8, quoting: Quoting) -> Kind {
        let start = self.at;
        let limit = self.text.len().min(start + 1 + BUFFER);
        match find_close(self.text, start + 1, limit, quote) {
            Some(close) if self.text.get(close + 1).is_none_or(|&byte| may_follow_quote(byte)) => {
                self.at = close + 1;
                self.check_length(start + 1, close + 1);
            }
            Some(close) => {
                self.fault(Fault::Glued { at: close + 1, quote: start });
                self.recover_quoted(start, close + 1, quote);
            }
            None if limit == self.text.len() => {
                self.fault(Fault::Unclosed { quote: start });
                self.recover_quoted(start, limit, quote);
            }
            None => {
                self.fault(Fault::LongQuoted { quote: start });
                self.recover_quoted(start, limit, quote);
            }
        }
        Kind::Word(quoting)
    }

    /// A quote was most likely forgotten where a quoted word spans lines: it is taken to end on its first line,
    /// before a final `;` or `{`. `read` is where nginx gave up; only what lies before it is searched twice.
    fn recover_quoted(&mut self, start: usize, read: usize, quote: u8) {
        let line = match position(&self.text[start..read], b'\n') {
            Some(length) => &self.text[start..start + length],
            None if find_close(self.text, start + 1, read, quote).is_some() => {
                self.at = read;
                return;
            }
            None => &self.text[start..self.line_end(read)],
        };
        self.at = start + without_terminator(line).len();
    }

    fn line_end(&self, start: usize) -> usize {
        position(&self.text[start..], b'\n').map_or(self.text.len(), |length| start + length)
    }

    /// nginx must hold the bytes from `start` on until it reads something that ends the token: the byte at
    /// `end`, and the one behind it too when `end` is a space (`start` moves only where the next one is read).
    fn check_length(&mut self, start: usize, end: usize) {
        let length = end - start;
        if length < BUFFER - 1 {
            return;
        }
        let next = self.text.get(end).copied();
        let is_comment = self.text[start] == b'#';
        let space_too = !is_comment && next.is_some_and(is_space) && end + 1 < self.text.len();
        if length > BUFFER || (length == BUFFER && next.is_some()) || (length == BUFFER - 1 && space_too) {
            self.fault(Fault::Long { start, end });
        }
    }
}

fn position(text: &[u8], wanted: u8) -> Option<usize> {
    text.iter().position(|&byte| byte == wanted)
}

/// A line without white space, `;` or `{` at its end.
fn without_terminator(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_end();
    let word = line.strip_suffix(b";").or_else(|| line.strip_suffix(b"{")).unwrap_or(line);
    word.trim_ascii_end()
}

/// The closing quote from `at` up to `limit`; a backslash guards the byte behind it.
fn find_close(text: &[u8], mut at: usize, limit: usize, quote: u8) -> Option<usize> {
    while at < limit {
        match text[at] {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// Space, tab, CR or LF: nothing else is white space to nginx.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn may_follow_quote(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b';' | b'{' | b')')
}

/// How many bytes from the start simply belong to a bare word. Nearly all bytes do: this loop is the parser's pace.
fn plain_length(text: &[u8]) -> usize {
    text.iter().position(|&byte| IS_SPECIAL[usize::from(byte)]).unwrap_or(text.len())
}

/// The bytes that end a bare word, or guard others from ending it.
static IS_SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let special = b" \t\r\n;{\\$";
    let mut index = 0;
    while index < special.len() {
        table[special[index] as usize] = true;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::{Fault, Kind, Lexer};

    /// The tokens as written, comments too.
    fn tokens(text: &str) -> Vec<&str> {
        let mut lexer = Lexer::new(text);
        let mut found = Vec::new();
        loop {
            let token = lexer.next_token();
            if token.kind == Kind::End {
                assert_eq!(lexer.into_faults(), [], "{text}");
                return found;
            }
            found.push(&text[token.start..token.end]);
        }
    }

    fn faults(text: &str) -> Vec<Fault> {
        let mut lexer = Lexer::new(text);
        while lexer.next_token().kind != Kind::End {}
        lexer.into_faults()
    }

    #[test]
    fn marks_count_only_where_a_token_starts() {
        assert_eq!(tokens("a#b c\"d e'f g}h;"), ["a#b", "c\"d", "e'f", "g}h", ";"]);
        assert_eq!(tokens("a #b c\nd;"), ["a", "#b c", "d", ";"]);
        assert_eq!(tokens("a}b } c"), ["a}b", "}", "c"]);
    }

    #[test]
    fn white_space_is_four_bytes() {
        assert_eq!(tokens("a\tb\rc\nd e"), ["a", "b", "c", "d", "e"]);
        assert_eq!(tokens("a\u{b}b\u{c}c\u{a0}d"), ["a\u{b}b\u{c}c\u{a0}d"]);
        assert_eq!(tokens("# a\r\nb # c\rd"), ["# a", "b", "# c\rd"]);
    }

    #[test]
    fn a_dollar_guards_braces_and_a_backslash_anything() {
        assert_eq!(tokens("${a}b{"), ["${a}b", "{"]);
        assert_eq!(tokens("$a{"), ["$a", "{"]);
        assert_eq!(tokens("a${{{b;"), ["a${{{b", ";"]);
        assert_eq!(tokens(r"a\ b\;c\{d;"), [r"a\ b\;c\{d", ";"]);
        assert_eq!(tokens(r"\${x"), [r"\$", "{", "x"]);
        assert_eq!(tokens(r"\é \"), [r"\é", r"\"]);
    }

    #[test]
    fn quotes_hold_anything_but_themselves() {
        assert_eq!(tokens(r#""a;{}#' \" b" 'c"\'';"#), [r#""a;{}#' \" b""#, r#"'c"\''"#, ";"]);
        assert_eq!(tokens(r#"("$a" = "b") {"#), [r#"("$a""#, "=", r#""b""#, ")", "{"]);
    }

    #[test]
    fn a_forgotten_quote_costs_one_line() {
        let text = "a \"b;\nc \"d\";\n";
        assert_eq!(faults(text), [Fault::Glued { at: 9, quote: 2 }]);
        assert_eq!(faults("a 'b'c;"), [Fault::Glued { at: 5, quote: 2 }]);
        assert_eq!(faults("a \"b;\nc d;\n"), [Fault::Unclosed { quote: 2 }]);
    }

    #[test]
    fn limits_are_those_measured_on_nginx() {
        let bare = |length: usize, behind: &str| faults(&format!("a {}{behind}", "x".repeat(length))).len();
        assert_eq!((bare(4095, "; b;"), bare(4096, "; b;")), (0, 1));
        assert_eq!((bare(4094, " ; b;"), bare(4095, " ; b;")), (0, 1));
        let quoted =
            |length: usize, behind: &str| faults(&format!("a '{}'{behind}", "x".repeat(length))).len();
        assert_eq!((quoted(4094, ";b;"), quoted(4095, ";b;")), (0, 1));
        assert_eq!((quoted(4093, " ;b;"), quoted(4094, " ;b;")), (0, 1));
        let comment =
            |length: usize, behind: &str| faults(&format!("#{}{behind}", "x".repeat(length - 1))).len();
        assert_eq!((comment(4095, "\nb;"), comment(4096, "\nb;")), (0, 1));
        assert_eq!((comment(4096, ""), comment(4097, "")), (0, 1));
    }
}
