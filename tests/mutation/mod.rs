//! Changes of texts, the same for the same seed.

use nginx_gen::nginx::lexer::{Kind, Lexer};

/// Where changes come from: `SplitMix64`, so that a seed is one number and all a failure needs to name.
pub(crate) struct Mutator {
    state: u64,
}

/// What makes trouble where it is put.
const PIECES: &[&str] = &[
    "{",
    "}",
    ";",
    "{}",
    "};",
    "#",
    "\"",
    "'",
    "\\",
    "$",
    "${",
    "$a",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "é",
    "\u{feff}",
    "*",
    "/",
    ":",
    "0",
    "-1",
    "99999999999999999999",
    "1k",
    "on",
    "~",
    "=",
    "@",
    "%2e",
    "[::]",
    "unix:",
    "http://",
    "if ",
    "location ",
    "include *; ",
    "- ",
    ": ",
    "&a ",
    "*a ",
    "!!",
    "|\n",
];

impl Mutator {
    pub(crate) fn new(seed: u64) -> Mutator {
        Mutator { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let number = self.next() % u64::try_from(end).expect("a length has 64 bits at most");
        usize::try_from(number).expect("it is below a length")
    }

    /// One of these, which are not none.
    pub(crate) fn pick<'a, T: ?Sized + 'a>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// A text with a few of its bytes changed, or some of another one's put in.
    pub(crate) fn bytes(&mut self, text: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = text.to_vec();
        for _ in 0..=self.below(4) {
            let (from, to) = self.range(bytes.len());
            let put_in = match self.below(6) {
                0 => vec![],
                1 => bytes[from..to].repeat(2),
                2 => self.pick(PIECES).repeat(1 + self.below(3)).into_bytes(),
                3 => {
                    let (start, end) = self.range(other.len());
                    other[start..end].to_vec()
                }
                4 => bytes[from..to].iter().map(|byte| byte ^ 0x20).collect(),
                _ => vec![u8::try_from(self.below(256)).expect("it is below 256")],
            };
            let end = if self.below(2) == 0 { to } else { from };
            bytes.splice(from..end, put_in);
        }
        bytes
    }

    /// A short range of so many bytes.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let start = self.below(length + 1);
        (start, (start + self.below(12)).min(length))
    }

    /// nginx text with a few of its tokens left out, exchanged, repeated, or taken from another one.
    pub(crate) fn tokens(&mut self, text: &str, other: &str, words: &[&str]) -> String {
        let (mut tokens, others) = (tokens(text), tokens(other));
        for _ in 0..=self.below(2) {
            if tokens.is_empty() {
                break;
            }
            let at = self.below(tokens.len());
            match self.below(7) {
                0 => drop(tokens.remove(at)),
                1 => tokens.insert(at, tokens[at]),
                2 => {
                    let with = self.below(tokens.len());
                    tokens.swap(at, with);
                }
                3 if !others.is_empty() => tokens[at] = others[self.below(others.len())],
                4 if !others.is_empty() => tokens.insert(at, others[self.below(others.len())]),
                5 => tokens[at] = words[self.below(words.len())],
                _ => self.statement(&mut tokens, at),
            }
        }
        tokens.join(" ")
    }

    /// Puts the statement around a token somewhere else, there in place of nothing.
    fn statement(&mut self, tokens: &mut Vec<&str>, at: usize) {
        let is_end = |token: &&str| matches!(*token, ";" | "{" | "}");
        let start = tokens[..at].iter().rposition(is_end).map_or(0, |end| end + 1);
        let end = tokens[at..].iter().position(is_end).map_or(tokens.len(), |end| at + end + 1);
        let statement = tokens[start..end].to_vec();
        if self.below(2) == 0 {
            tokens.drain(start..end);
        }
        let ends: Vec<_> = (0..tokens.len()).filter(|&index| is_end(&tokens[index])).collect();
        let place = if ends.is_empty() { 0 } else { ends[self.below(ends.len())] + 1 };
        tokens.splice(place..place, statement);
    }
}

/// The tokens of nginx text, without its comments.
fn tokens(text: &str) -> Vec<&str> {
    let mut lexer = Lexer::new(text);
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next_token();
        match token.kind {
            Kind::End => return tokens,
            Kind::Comment => {}
            _ => tokens.push(&text[token.start..token.end]),
        }
    }
}
