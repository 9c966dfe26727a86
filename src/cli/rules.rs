//! The arguments of commands that run rules: which ones.

use super::explain;
use crate::diagnostic::Diagnostic;
use crate::lint::{self, Rule};

#[derive(Debug, clap::Args)]
pub(super) struct Chosen {
    /// Only this rule; repeat for several
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,

    /// All rules but this; repeat for several
    #[arg(long = "allow", value_name = "RULE")]
    allowed: Vec<String>,
}

impl Chosen {
    /// The rules to run.
    ///
    /// # Errors
    /// The names that no rule has, and that no rule is left.
    pub(super) fn rules(&self) -> Result<Vec<&'static Rule>, Vec<Diagnostic>> {
        let named = self.rules.iter().chain(&self.allowed);
        let unknown: Vec<_> =
            named.filter(|name| lint::find(name).is_none()).map(|name| explain::unknown(name)).collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let wanted = |rule: &&&Rule| {
            let is = |name: &String| name == rule.id;
            (self.rules.is_empty() || self.rules.iter().any(is)) && !self.allowed.iter().any(is)
        };
        let chosen: Vec<_> = lint::RULES.iter().filter(wanted).copied().collect();
        if chosen.is_empty() {
            let fault = Diagnostic::error("usage", "`--allow` names every rule that is to be run");
            return Err(vec![fault.help("leave one of the rules out of `--allow`")]);
        }
        Ok(chosen)
    }
}
