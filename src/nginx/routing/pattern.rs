//! Regular expressions, by the library nginx itself uses.
//!
//! PCRE rather than a Rust engine: `$` before a final line feed, recursion, `\K` and the meaning of a dot on
//! bytes that are no UTF-8 all decide which location answers, and only PCRE has them exactly as nginx does.

use pcre2::bytes::{Regex, RegexBuilder};

/// A compiled expression of a `location` or a `server_name`.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
}

/// What came of matching.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It matches.
    Matches,
    /// It does not.
    Differs,
    /// PCRE gave up (too much backtracking); nginx answers 500 here.
    GivesUp,
}

/// Why an expression does not compile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// PCRE's own words.
    pub message: String,
    /// Where it stopped reading, in bytes.
    pub offset: usize,
}

impl Pattern {
    /// Compiles an expression as nginx does.
    ///
    /// # Errors
    /// With PCRE's message; nginx does not start either.
    pub fn compile(text: &str, ignores_case: bool) -> Result<Pattern, Fault> {
        let regex = RegexBuilder::new().caseless(ignores_case).build(text);
        regex.map(|regex| Pattern { regex }).map_err(|fault| {
            let offset = fault.offset().unwrap_or(text.len());
            let told = fault.to_string();
            let own = told.split_once(&format!("at offset {offset}: ")).map(|(_, own)| own.to_owned());
            Fault { message: own.unwrap_or(told), offset }
        })
    }

    /// How many groups it captures.
    pub fn groups(&self) -> usize {
        self.regex.captures_len() - 1
    }

    /// Looks for it in a text.
    pub fn test(&self, text: &[u8]) -> Outcome {
        match self.regex.is_match(text) {
            Ok(true) => Outcome::Matches,
            Ok(false) => Outcome::Differs,
            Err(_) => Outcome::GivesUp,
        }
    }
}
