//! Which checks are made of which routes.

use std::time::Instant;

use super::error_log::Mark;
use super::list::is_reached;
use super::{CHECKS, Case, Check, Context, Needs, Of};
use crate::environment::Site;

/// Which checks are wanted; all of them where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only of the site with this name.
    pub site: Option<String>,
    /// Only of locations with this path.
    pub location: Option<String>,
    /// Only these, by id.
    pub checks: Vec<String>,
    /// None of these.
    pub skipped: Vec<String>,
    /// How many are made at once; at least one.
    pub at_once: usize,
}

impl Wanted {
    /// Whether a check is among them.
    pub(super) fn names(&self, check: &Check) -> bool {
        let holds = |ids: &[String]| ids.iter().any(|id| id == check.id);
        (self.checks.is_empty() || holds(&self.checks)) && !holds(&self.skipped)
    }
}

/// Every check with every route it is made of.
pub(super) fn cases<'c>(context: &'c Context<'c>, wanted: &Wanted) -> Vec<Case<'c>> {
    let is_live = context.deployment.journal.is_none();
    // What `probe` looks at from afar, `test` holds to more with its stand-ins.
    let is_fit = |check: &Check| !wanted.checks.is_empty() || check.needs != Needs::Deployment || is_live;
    let is_wanted = |check: &&&Check| wanted.names(check) && is_fit(check);
    let checks: Vec<&'static Check> = CHECKS.iter().filter(is_wanted).copied().collect();
    let case = |check, site, location| Case {
        context,
        check,
        site,
        location,
        started: Instant::now(),
        mark: Mark::new(),
    };
    let is_partial = wanted.site.is_some() || wanted.location.is_some();
    let mut cases = Vec::new();
    for check in checks.iter().filter(|check| check.of == Of::Environment && !is_partial) {
        cases.push(case(*check, None, None));
    }
    let has_name = |site: &&Site| {
        let names = || site.server_names.iter().map(|name| name.as_str());
        wanted
            .site
            .as_deref()
            .is_none_or(|wanted| names().any(|name| name == wanted) || site.name() == wanted)
    };
    for site in context.environment.sites.iter().filter(has_name) {
        let first = cases.len();
        for check in checks.iter().filter(|check| check.of == Of::Site && wanted.location.is_none()) {
            cases.push(case(*check, Some(site), None));
        }
        let locations = site.service.locations.iter();
        for location in
            locations.filter(|one| wanted.location.as_ref().is_none_or(|wanted| one.is_called(wanted)))
        {
            let made_of =
                |check: &&&Check| matches!(check.of, Of::Location(kinds) if kinds.contains(&location.kind));
            cases.extend(checks.iter().filter(made_of).map(|check| case(*check, Some(site), Some(location))));
        }
        // Whatever is asked for: without it nothing else of a site that is away tells more.
        if cases.len() > first && !cases[first..].iter().any(is_gate) {
            cases.insert(first, case(&is_reached::CHECK, Some(site), None));
        }
    }
    // What cannot be made of any route is told once, not of each.
    let (lacking, mut cases): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| lacks(case).is_some());
    for check in checks.iter().filter(|check| lacking.iter().any(|case| case.check.id == check.id)) {
        cases.push(case(*check, None, None));
    }
    cases
}

/// Why a check cannot be made here, if so.
pub(super) fn lacks(case: &Case<'_>) -> Option<&'static str> {
    let deployment = case.deployment();
    let is_live = deployment.journal.is_none();
    match case.check.needs {
        Needs::Connection => None,
        Needs::StandIns => {
            is_live.then_some("it takes a stand-in for the back end: `nginx-gen test` has one")
        }
        Needs::Variants => {
            deployment.variants.is_none().then_some("it takes a second nginx: `nginx-gen test` has one")
        }
        Needs::Deployment => (!is_live).then_some("it is of a live deployment: `nginx-gen probe` makes it"),
    }
}

/// Whether a case decides if others of its site are made.
pub(super) fn is_gate(case: &Case<'_>) -> bool {
    case.check.id == is_reached::CHECK.id && case.site.is_some()
}
