//! What a try came to, so that `?` ends it where it goes wrong.

use std::future::Future;

use super::{Case, Order, Symptom, Transport};
use crate::client::Fault;
use crate::outcome::{Outcome, Verdict};
use crate::standin::Record;

/// What was seen where all is as promised.
pub type Seen<T = String> = Result<T, Miss>;

/// Why a promise was not seen to be kept.
#[derive(Debug)]
pub enum Miss {
    /// Something else was seen.
    Broken(String, Symptom),
    /// Nothing can be seen, for this reason.
    Unknown(String),
}

impl Miss {
    /// Something else was seen.
    pub fn broken(seen: impl Into<String>, symptom: Symptom) -> Miss {
        Miss::Broken(seen.into(), symptom)
    }

    /// An answer with another status than promised.
    pub fn status(status: u16) -> Miss {
        Miss::Broken(status.to_string(), Symptom::Status(status))
    }

    /// Nothing can be seen, for this reason.
    pub fn unknown(reason: impl Into<String>) -> Miss {
        Miss::Unknown(reason.into())
    }
}

impl From<Fault> for Miss {
    fn from(fault: Fault) -> Miss {
        Miss::Broken(fault.to_string(), Symptom::Fault(fault))
    }
}

/// What came of a header, in words.
pub(super) fn in_words(values: &[&str]) -> String {
    if values.is_empty() { "none".to_owned() } else { format!("`{}`", values.join("`, `")) }
}

impl<'c> Case<'c> {
    /// What was seen, where it came from the site's own back end.
    ///
    /// # Errors
    /// When it came from another one.
    pub fn from_own(&self, record: &Record, seen: String) -> Seen {
        match self.is_own_back_end(&record.stand_in) {
            true => Ok(seen),
            false => Err(Miss::Broken(seen, Symptom::Elsewhere)),
        }
    }

    /// What a stand-in wrote down of a request that was answered with a status.
    ///
    /// # Errors
    /// When none was asked: somebody else gave the answer.
    pub fn record(&self, order: &Order, status: u16) -> Seen<Record> {
        self.journal().get(&order.nonce).ok_or_else(|| {
            let symptom = if status < 300 { Symptom::Elsewhere } else { Symptom::Status(status) };
            Miss::broken(format!("{status}, though no back end was asked"), symptom)
        })
    }

    /// The outcome of a try.
    pub fn outcome(&self, via: Option<Transport>, expected: impl Into<String>, seen: Seen) -> Outcome {
        let (verdict, seen) = match seen {
            Ok(seen) => (Verdict::Passed, seen),
            Err(Miss::Unknown(reason)) => (Verdict::Skipped(reason), "nothing".to_owned()),
            Err(Miss::Broken(seen, symptom)) => {
                let told = super::error_log::said_of(self);
                let seen = told.map_or_else(|| seen.clone(), |told| format!("{seen}; nginx logs `{told}`"));
                (Verdict::Failed(super::diagnosis::diagnose(self, via, &symptom)), seen)
            }
        };
        Outcome {
            check: self.check.id,
            route: self.route(via),
            verdict,
            expected: expected.into(),
            seen,
            took: self.started.elapsed(),
            timeline: None,
        }
    }

    /// The outcomes of a try in each of some ways, one after the other.
    pub async fn in_each<F>(
        &self,
        ways: Vec<Transport>,
        expected: &str,
        attempt: impl Fn(Case<'c>, Transport) -> F,
    ) -> Vec<Outcome>
    where
        F: Future<Output = Seen>,
    {
        let mut outcomes = Vec::new();
        for way in ways {
            let case = self.anew();
            outcomes.push(case.outcome(Some(way), expected, attempt(case, way).await));
        }
        outcomes
    }
}
