//! What of an environment is checked, and for how long: arguments that `test` and `probe` share.

use std::time::Duration;

use clap::builder::PossibleValuesParser;

use crate::checks::{CHECKS, Wanted};
use crate::diagnostic::Diagnostic;
use crate::environment::{Environment, Location, Site, nearest};

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

    /// Not this check: a CDN before nginx answers strangers itself, for instance; repeat for several
    #[arg(
        long = "skip",
        value_name = "CHECK",
        value_parser = PossibleValuesParser::new(CHECKS.iter().map(|check| check.id)),
        hide_possible_values = true
    )]
    skipped: Vec<String>,

    /// How many seconds an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=3600))]
    timeout: u16,
}

impl Asked {
    /// That the location that is asked for is one of the sites'.
    ///
    /// # Errors
    /// With those that there are.
    pub(super) fn known(&self, environment: &Environment, site: Option<&str>) -> Result<(), Diagnostic> {
        let Some(asked) = &self.location else { return Ok(()) };
        let has_name = |own: &&Site| site.is_none_or(|site| own.name() == site || own.has_name(site));
        let sites = environment.sites.iter().filter(has_name);
        let locations: Vec<&Location> = sites.flat_map(|site| &site.service.locations).collect();
        if locations.iter().any(|location| location.is_called(asked)) {
            return Ok(());
        }
        let mut known: Vec<String> = locations.iter().map(|one| format!("`{}`", one.path.value)).collect();
        known.sort();
        known.dedup();
        let message = format!("no location `{asked}` in environment `{}`", environment.name);
        let fault = Diagnostic::error("unknown-location", message);
        let near = nearest(asked, locations.iter().map(|location| location.path.as_str()));
        let near = near.map(|near| format!("did you mean `{near}`? "));
        Err(fault.help(format!("{}its locations: {}", near.unwrap_or_default(), known.join(", "))))
    }

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
            skipped: self.skipped.clone(),
            at_once,
        }
    }
}
