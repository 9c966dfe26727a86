//! A large configuration is judged some servers at a time, on several cores; of servers that say the same under
//! different names one is looked at, and the others only for what was found in it.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::Rule;
use super::subject::{Reach, Survey};
use crate::diagnostic::Diagnostic;

/// As many servers as fit into a processor's first cache with their text.
const SERVERS: usize = 8;

/// What each rule finds, in no order.
pub(super) fn judge(rules: &[&Rule], survey: &Survey<'_>) -> Vec<Diagnostic> {
    let of = |reach| -> Vec<&Rule> { rules.iter().copied().filter(|rule| rule.reach == reach).collect() };
    let (near, named, far) = (of(Reach::Server), of(Reach::Name), of(Reach::Configuration));
    let whole = survey.whole();
    let (mut found, others) = rayon::join(
        || by_kinds(&near, survey),
        || -> Vec<_> {
            let named = parts(survey.count())
                .into_par_iter()
                .flat_map_iter(|part| all(&named, survey, part))
                .collect::<Vec<_>>();
            let far = far.par_iter().with_max_len(1).flat_map_iter(|rule| rule.judge(&whole));
            named.into_par_iter().chain(far).collect()
        },
    );
    found.extend(others);
    found
}

/// All servers, some at a time; one part where there are none.
fn parts(count: usize) -> Vec<Range<usize>> {
    (0..count.max(1)).step_by(SERVERS).map(|start| start..count.min(start + SERVERS)).collect()
}

/// What some rules find in some servers.
fn all<'r>(rules: &'r [&Rule], survey: &'r Survey<'_>, part: Range<usize>) -> Vec<Diagnostic> {
    let subject = survey.part(part);
    rules.iter().flat_map(|rule| rule.judge(&subject)).collect()
}

/// What rules find that ask for no name.
fn by_kinds(rules: &[&Rule], survey: &Survey<'_>) -> Vec<Diagnostic> {
    let Kinds { firsts, twins } = Kinds::of(survey);
    let judged: Vec<(&Range<usize>, Vec<Diagnostic>)> =
        firsts.par_iter().map(|part| (part, all(rules, survey, part.clone()))).collect();
    // The rules that found something in a server, for its twins.
    let mut finders: HashMap<usize, Vec<&Rule>> = twins.iter().map(|(_, first)| (*first, vec![])).collect();
    for (part, finding) in judged.iter().flat_map(|(part, found)| found.iter().map(move |one| (*part, one))) {
        let Some(finder) = rules.iter().find(|rule| rule.id == finding.code) else { continue };
        for server in concerned(survey, part, finding) {
            let Some(finders) = finders.get_mut(&server) else { continue };
            if !finders.iter().any(|known| known.id == finder.id) {
                finders.push(finder);
            }
        }
    }
    let of_twin = |(twin, first): &(usize, usize)| all(&finders[first], survey, *twin..twin + 1);
    let of_twins = twins.par_iter().flat_map_iter(of_twin).collect::<Vec<_>>();
    judged.into_iter().flat_map(|(_, found)| found).chain(of_twins).collect()
}

/// The servers of a part that a finding points at; all, where it points at none.
fn concerned(survey: &Survey<'_>, part: &Range<usize>, finding: &Diagnostic) -> Vec<usize> {
    let is_in = |server: &usize| {
        let span = survey.server(*server).span();
        let mut places = finding.labels.iter().map(|label| label.span);
        places.any(|place| place.file == span.file && span.range().contains(&(place.start as usize)))
    };
    let concerned: Vec<usize> = part.clone().filter(is_in).collect();
    if concerned.is_empty() { part.clone().collect() } else { concerned }
}

/// The servers of a configuration by what they say.
struct Kinds {
    /// The first of each kind, some that stand together at a time.
    firsts: Vec<Range<usize>>,
    /// The others, each with its first.
    twins: Vec<(usize, usize)>,
}

impl Kinds {
    fn of(survey: &Survey<'_>) -> Kinds {
        let mut kinds = Kinds { firsts: Vec::new(), twins: Vec::new() };
        // A location between two servers is of none, and has no twin.
        let is_apart = survey.whole().places.iter().any(|place| place.server.is_none());
        for server in 0..survey.count() {
            if let Some(first) = survey.twin_of(server).filter(|_| !is_apart) {
                kinds.twins.push((server, first));
                continue;
            }
            match kinds.firsts.last_mut() {
                Some(part) if part.end == server && part.len() < SERVERS => part.end += 1,
                _ => kinds.firsts.push(server..server + 1),
            }
        }
        if kinds.firsts.is_empty() {
            kinds.firsts.push(0..0);
        }
        kinds
    }
}
