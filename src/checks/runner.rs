//! Makes the checks: those that apply, several at once, each bounded in time.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt, stream};

use super::{CHECKS, Case, Check, Context, Needs, Of, Symptom};
use crate::environment::Site;
use crate::outcome::{Outcome, Progress};

/// Which checks are wanted; all of them where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only of the site with this name.
    pub site: Option<String>,
    /// Only of locations with this path.
    pub location: Option<String>,
    /// Only these, by id.
    pub checks: Vec<String>,
    /// How many are made at once; at least one.
    pub at_once: usize,
}

/// No check takes longer, unless single answers may; one that does has failed.
const LONGEST: Duration = Duration::from_mins(1);

/// Makes every wanted check of an environment, and gives the outcomes in the order of sites, locations and checks.
pub async fn run(context: &Context<'_>, wanted: &Wanted, progress: &dyn Progress) -> Vec<Outcome> {
    let cases = cases(context, wanted);
    progress.planned(cases.len());
    let making = cases.iter().enumerate().map(async |(index, case)| {
        let outcomes = make(case).await;
        progress.planned(outcomes.len().saturating_sub(1));
        for outcome in &outcomes {
            progress.finished(outcome);
        }
        (index, outcomes)
    });
    let mut made: Vec<_> = stream::iter(making).buffer_unordered(wanted.at_once.max(1)).collect().await;
    made.sort_by_key(|(index, _)| *index);
    made.into_iter().flat_map(|(_, outcomes)| outcomes).collect()
}

/// Every check with every route it is made of.
fn cases<'c>(context: &'c Context<'c>, wanted: &Wanted) -> Vec<Case<'c>> {
    let is_wanted = |check: &&&Check| match wanted.checks.as_slice() {
        // What `probe` looks at from afar, `test` holds to more with its stand-ins.
        [] => check.needs != Needs::Deployment || context.deployment.journal.is_none(),
        ids => ids.iter().any(|id| id == check.id),
    };
    let checks: Vec<&'static Check> = CHECKS.iter().filter(is_wanted).copied().collect();
    let case = |check, site, location| Case { context, check, site, location, started: Instant::now() };
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
        for check in checks.iter().filter(|check| check.of == Of::Site && wanted.location.is_none()) {
            cases.push(case(*check, Some(site), None));
        }
        let locations = site.service.locations.iter();
        for location in
            locations.filter(|one| wanted.location.as_ref().is_none_or(|path| *path == one.path.value))
        {
            let made_of =
                |check: &&&Check| matches!(check.of, Of::Location(kinds) if kinds.contains(&location.kind));
            cases.extend(checks.iter().filter(made_of).map(|check| case(*check, Some(site), Some(location))));
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
fn lacks(case: &Case<'_>) -> Option<&'static str> {
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

/// Makes one check.
async fn make(case: &Case<'_>) -> Vec<Outcome> {
    let case = &Case { started: Instant::now(), ..*case };
    if let Some(reason) = lacks(case) {
        return vec![case.skipped(None, case.check.summary, reason)];
    }
    let making = AssertUnwindSafe((case.check.run)(case)).catch_unwind();
    let longest = LONGEST.max(case.patience() * 4);
    match tokio::time::timeout(longest, making).await {
        Ok(Ok(outcomes)) => outcomes,
        Ok(Err(_)) => vec![case.failed(None, case.check.summary, "the check itself broke", Symptom::Bug)],
        Err(_) => {
            let seen = format!("no end after {} s", longest.as_secs());
            vec![case.failed(None, case.check.summary, seen, Symptom::Silence)]
        }
    }
}
