//! What of an environment is checked, and for how long: arguments that `test` and `probe` share.

use std::time::Duration;

use clap::builder::PossibleValuesParser;

use crate::checks::{CHECKS, Wanted};

#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// Only locations with this path
    #[arg(long, value_name = "PATH")]
    location: Option<String>,

    /// Only this check; repeat for several
    #[arg(
        long = "check",
        value_name = "CHECK",
        value_parser = PossibleValuesParser::new(CHECKS.iter().map(|check| check.id)),
        hide_possible_values = true
    )]
    checks: Vec<String>,

    /// How many seconds an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=3600))]
    timeout: u16,
}

impl Asked {
    /// How long an answer may take.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout.into())
    }

    /// The checks, of one site or of all, so many at once.
    pub(super) fn wanted(&self, site: Option<&str>, at_once: usize) -> Wanted {
        Wanted {
            site: site.map(str::to_owned),
            location: self.location.clone(),
            checks: self.checks.clone(),
            at_once,
        }
    }
}
