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

impl Pattern {
    /// Compiles an expression as nginx does.
    ///
    /// # Errors
    /// With PCRE's message; nginx does not start either.
    pub fn compile(text: &str, ignores_case: bool) -> Result<Pattern, String> {
        let regex = RegexBuilder::new().caseless(ignores_case).build(text);
        regex.map(|regex| Pattern { regex }).map_err(|fault| fault.to_string())
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
