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

/// What an expression captured.
#[derive(Clone, Debug, Default)]
pub(super) struct Captures {
    /// The groups by their numbers, the whole match at 0; those that took no part are empty.
    pub(super) groups: Vec<Vec<u8>>,
    /// The named ones.
    pub(super) named: Vec<(String, Vec<u8>)>,
}

/// PCRE gave up, and nginx answers 500.
#[derive(Clone, Copy, Debug)]
pub(super) struct GivesUp;

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

    /// Looks for it in a text, and gives what it captures; `None` when it does not match.
    pub(super) fn captures(&self, text: &[u8]) -> Result<Option<Captures>, GivesUp> {
        let Some(found) = self.regex.captures(text).map_err(|_| GivesUp)? else { return Ok(None) };
        // With `\K` a group may end before it starts.
        let group = |index| {
            let group = found.get(index).and_then(|group| text.get(group.start()..group.end()));
            group.unwrap_or_default().to_vec()
        };
        let names = self.regex.capture_names().iter().enumerate();
        let named = names.filter_map(|(index, name)| Some((name.clone()?, group(index)))).collect();
        Ok(Some(Captures { groups: (0..found.len()).map(group).collect(), named }))
    }
}
