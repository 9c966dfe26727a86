//! Makes the checks: those that apply, several at once, each bounded in time.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt, stream};

use super::list::is_reached;
use super::plan::{self, Wanted, is_gate, lacks};
use super::{Case, Context, Miss, Symptom};
use crate::environment::Site;
use crate::outcome::{Outcome, Progress, Verdict};

/// How a fault of TLS begins.
const NO_HANDSHAKE: &str = "no TLS handshake";

/// No check takes longer, unless single answers may; one that does has failed. All that a check waits for has a bound of its own:
/// this is for what hangs all the same, and no measure of how fast a machine is.
const LONGEST: Duration = Duration::from_mins(5);

/// Makes every wanted check of an environment, and gives the outcomes in the order of sites, locations and checks.
///
/// Of a site that is not reached nothing else is tried: that is told once, and every other check of it is skipped.
pub async fn run(context: &Context<'_>, wanted: &Wanted, progress: &dyn Progress) -> Vec<Outcome> {
    let cases = plan::cases(context, wanted);
    let (gates, others): (Vec<_>, Vec<_>) = cases.iter().enumerate().partition(|(_, case)| is_gate(case));
    let is_told = wanted.names(&is_reached::CHECK) && wanted.location.is_none();
    progress.planned(others.len() + if is_told { gates.len() } else { 0 });
    let mut made = at_once(wanted, gates, async |case| make(case).await).await;
    made.retain(|(_, outcomes)| is_told || why_closed(outcomes).is_some());
    let closed =
        |(index, outcomes): &(usize, Vec<Outcome>)| Some((cases[*index].site(), why_closed(outcomes)?));
    let closed: Vec<(&Site, String)> = made.iter().filter_map(closed).collect();
    for outcome in made.iter().flat_map(|(_, outcomes)| outcomes) {
        progress.planned(usize::from(!is_told));
        progress.finished(outcome);
    }
    let making = at_once(wanted, others, async |case| {
        let why = closed.iter().find(|(site, _)| case.site.is_some_and(|own| std::ptr::eq(own, *site)));
        let outcomes = match why {
            Some((_, why)) => vec![case.outcome(None, case.check.summary, Err(Miss::unknown(why)))],
            None => make(case).await,
        };
        progress.planned(outcomes.len().saturating_sub(1));
        for outcome in &outcomes {
            progress.finished(outcome);
        }
        outcomes
    });
    made.extend(making.await);
    made.sort_by_key(|(index, _)| *index);
    told_once(made.into_iter().flat_map(|(_, outcomes)| outcomes).collect())
}

/// What keeps a whole way of a site closed, HTTP/2 that is not offered for instance, is told of its first route alone.
fn told_once(mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let mut told = HashSet::new();
    for outcome in &mut outcomes {
        let is_of_way = outcome.seen.starts_with(NO_HANDSHAKE) && outcome.route.location.is_some();
        let of = (outcome.route.site.clone(), outcome.route.via, outcome.seen.clone());
        if outcome.verdict.is_failure() && is_of_way && !told.insert(of) {
            outcome.verdict = Verdict::Skipped(format!("told above: {}", outcome.seen));
        }
    }
    outcomes
}

/// Why nothing else of a site is tried, by what became of reaching it.
fn why_closed(outcomes: &[Outcome]) -> Option<String> {
    outcomes.iter().find_map(|outcome| match &outcome.verdict {
        Verdict::Passed => None,
        Verdict::Failed(_) => Some(format!("the site is not reached: {}", outcome.seen)),
        Verdict::Skipped(reason) => Some(reason.clone()),
    })
}

/// What became of cases, each with its index, as many at once as are wanted.
async fn at_once<'c>(
    wanted: &Wanted,
    cases: Vec<(usize, &'c Case<'c>)>,
    make: impl AsyncFn(&'c Case<'c>) -> Vec<Outcome>,
) -> Vec<(usize, Vec<Outcome>)> {
    let making = cases.into_iter().map(async |(index, case)| (index, make(case).await));
    stream::iter(making).buffer_unordered(wanted.at_once.max(1)).collect().await
}

/// Makes one check.
async fn make(case: &Case<'_>) -> Vec<Outcome> {
    let case = &Case { started: Instant::now(), ..*case };
    if let Some(reason) = lacks(case) {
        return vec![case.outcome(None, case.check.summary, Err(Miss::unknown(reason)))];
    }
    let making = AssertUnwindSafe((case.check.run)(case)).catch_unwind();
    let longest = LONGEST.max(case.patience() * 4);
    let miss = match tokio::time::timeout(longest, making).await {
        Ok(Ok(outcomes)) => return outcomes,
        Ok(Err(_)) => Miss::broken("the check itself broke", Symptom::Bug),
        Err(_) => Miss::broken(format!("no end after {} s", longest.as_secs()), Symptom::Silence),
    };
    vec![case.outcome(None, case.check.summary, Err(miss))]
}
