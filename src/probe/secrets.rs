//! Secrets that are sent and never told: every report has `***` in their place.

use crate::outcome::{Outcome, Verdict};

/// Values of headers that nobody is to read. It has no `Debug`, so that it cannot be printed by accident.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Keeps a value, and the token in it where a word such as `Bearer` stands before it.
    pub fn keep(&mut self, value: &str) {
        let token = value.rsplit(' ').next().unwrap_or_default();
        self.0.extend([value, token].into_iter().filter(|text| !text.is_empty()).map(str::to_owned));
        // The longest first: what is left of a value could tell of it.
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        self.0.dedup();
    }

    /// A text without them.
    pub fn redacted(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
    }

    /// Takes them out of all that an outcome says.
    pub fn redact(&self, outcome: &mut Outcome) {
        let clean = |text: &mut String| *text = self.redacted(text);
        clean(&mut outcome.expected);
        clean(&mut outcome.seen);
        match &mut outcome.verdict {
            Verdict::Passed => {}
            Verdict::Skipped(reason) => clean(reason),
            Verdict::Failed(diagnosis) => {
                diagnosis.causes.iter_mut().chain(&mut diagnosis.commands).for_each(clean);
                diagnosis.places.iter_mut().for_each(|label| label.text = self.redacted(&label.text).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use crate::outcome::{Diagnosis, Outcome, Route, Verdict};

    #[test]
    fn a_token_is_in_nothing_that_an_outcome_says() {
        let mut secrets = Secrets::default();
        secrets.keep("Bearer s3cret-token");
        let says = |words: &str| format!("{words} s3cret-token");
        let diagnosis =
            Diagnosis { causes: vec![says("of")], commands: vec![says("curl -H Bearer")], places: vec![] };
        let mut outcome = Outcome {
            check: "a",
            route: Route::default(),
            verdict: Verdict::Failed(diagnosis),
            expected: says("x"),
            seen: says("Authorization: Bearer"),
            took: std::time::Duration::ZERO,
            timeline: None,
        };
        secrets.redact(&mut outcome);
        assert!(!format!("{outcome:?}").contains("s3cret"), "{outcome:?}");
        assert_eq!(outcome.seen, "Authorization: ***");
    }

    #[test]
    fn nothing_is_kept_of_nothing() {
        let mut secrets = Secrets::default();
        secrets.keep("");
        assert_eq!(secrets.redacted("a b"), "a b");
    }
}
