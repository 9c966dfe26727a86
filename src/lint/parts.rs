//! A large configuration is judged some servers at a time, on several cores; of servers that say the same under
//! different names one is looked at, and the others only for what was found in it.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::subject::{Reach, Survey};
use super::{Rule, renamed};
use crate::diagnostic::Diagnostic;
use crate::nginx::tree::Original;

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
    let mut by_server: HashMap<usize, Found<'_>> = HashMap::new();
    for (_, first) in &twins {
        by_server
            .entry(*first)
            .or_insert_with(|| Found { of: Original::of_server(survey.server(*first)), by_rule: vec![] });
    }
    for (part, finding) in judged.iter().flat_map(|(part, found)| found.iter().map(move |one| (*part, one))) {
        let (concerned, finding_of_one) = match &pointed_at(survey, part, finding)[..] {
            [] => (part.clone().collect(), None),
            [server] => (vec![*server], Some(finding)),
            servers => (servers.to_vec(), None),
        };
        for server in concerned {
            by_server.entry(server).and_modify(|found| found.by_rule.push((finding.code, finding_of_one)));
        }
    }
    for found in by_server.values_mut() {
        found.by_rule.sort_by_key(|(code, _)| *code);
    }
    let of_twin = |(twin, first): &(usize, usize)| by_server[first].in_twin(rules, survey, *twin);
    let of_twins = twins.par_iter().flat_map_iter(of_twin).collect::<Vec<_>>();
    judged.into_iter().flat_map(|(_, found)| found).chain(of_twins).collect()
}

/// What was found in a server that has twins.
struct Found<'f> {
    of: Original<'f>,
    /// By the rules that found it; none of a rule that has to look into the twins itself.
    by_rule: Vec<(&'static str, Option<&'f Diagnostic>)>,
}

impl Found<'_> {
    /// What there is to find in a twin.
    fn in_twin(&self, rules: &[&Rule], survey: &Survey<'_>, twin: usize) -> Vec<Diagnostic> {
        if self.by_rule.is_empty() {
            return vec![];
        }
        let renaming = self.of.to_server(survey.server(twin));
        let of_rule = |found: &[(&'static str, Option<&Diagnostic>)]| -> Vec<Diagnostic> {
            let renamed = found.iter().map(|(_, finding)| renamed((*finding)?, &renaming));
            renamed.collect::<Option<_>>().unwrap_or_else(|| {
                let finder = rules.iter().filter(|rule| rule.id == found[0].0);
                finder.flat_map(|rule| rule.judge(&survey.part(twin..twin + 1))).collect()
            })
        };
        self.by_rule.chunk_by(|one, next| one.0 == next.0).flat_map(of_rule).collect()
    }
}

/// The servers of a part that a finding points at.
fn pointed_at(survey: &Survey<'_>, part: &Range<usize>, finding: &Diagnostic) -> Vec<usize> {
    let is_in = |server: &usize| {
        let span = survey.server(*server).span();
        let mut places = finding.labels.iter().map(|label| label.span);
        places.any(|place| place.file == span.file && span.range().contains(&(place.start as usize)))
    };
    part.clone().filter(is_in).collect()
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
