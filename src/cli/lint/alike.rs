//! Many files side by side; of those that say the same under different names one is judged in full, and the others for
//! what was found in it.

use std::collections::HashMap;

use rayon::prelude::*;

use super::Judge;
use crate::diagnostic::Diagnostic;
use crate::lint::{self, Rule, Survey};
use crate::nginx::check::{Target, check_names};
use crate::nginx::source::{Configuration, Scope};
use crate::nginx::tree::Unnamed;

/// What is wrong with each of many configurations, in their order.
pub(super) fn judge_all(configurations: Vec<Configuration>, judge: Judge<'_>) -> Vec<Diagnostic> {
    let first_of = firsts(&configurations, judge);
    let (firsts, twins): (Vec<_>, Vec<_>) =
        configurations.into_iter().enumerate().partition(|(at, _)| first_of[*at] == *at);
    let first = |(at, first): (usize, Configuration)| {
        let scope = first.scope(judge.sources);
        (at, First { scope, found: judge.judge(first) })
    };
    let judged: HashMap<usize, First> = firsts.into_par_iter().map(first).collect();
    let twins = twins.into_par_iter().map(|(at, twin)| (at, judged[&first_of[at]].judge(twin, judge)));
    let twins: Vec<(usize, Vec<Diagnostic>)> = twins.collect();
    let mut found: Vec<_> = judged.into_iter().map(|(at, first)| (at, first.found)).chain(twins).collect();
    found.sort_unstable_by_key(|(at, _)| *at);
    found.into_iter().flat_map(|(_, found)| found).collect()
}

/// The first configuration that says what each says but for the names of its servers.
fn firsts(configurations: &[Configuration], judge: Judge<'_>) -> Vec<usize> {
    let unnamed: Vec<_> =
        configurations.par_iter().map(|one| Unnamed::file(&one.tree, judge.sources)).collect();
    let mut kinds = HashMap::new();
    let first = |(at, unnamed)| match unnamed {
        Some(unnamed) => *kinds.entry(unnamed).or_insert(at),
        None => at,
    };
    unnamed.into_iter().enumerate().map(first).collect()
}

/// A configuration that others are like.
struct First {
    scope: Scope,
    found: Vec<Diagnostic>,
}

impl First {
    /// What is wrong with a configuration that is like this one.
    fn judge(&self, twin: Configuration, judge: Judge<'_>) -> Vec<Diagnostic> {
        let is_of_rule = |finding: &Diagnostic| lint::RULES.iter().any(|rule| rule.id == finding.code);
        let Some(top) = self.scope.context().filter(|_| self.found.iter().all(is_of_rule)) else {
            return judge.judge(twin);
        };
        let target = Target { version: judge.version, top };
        if !check_names(twin.root(judge.sources), target).is_empty() {
            return judge.judge(twin);
        }
        let asks = |rule: &&&Rule| rule.is_of_names() || self.found.iter().any(|one| one.code == rule.id);
        let rules: Vec<&Rule> = judge.rules.iter().filter(asks).copied().collect();
        lint::check_by(&rules, &Survey::new(&twin.tree, judge.sources, &[], judge.version).inside(top))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Judge, firsts, judge_all};
    use crate::diagnostic::Diagnostic;
    use crate::lint::RULES;
    use crate::nginx::source::{Configuration, load_text};
    use crate::nginx::version::Version;
    use crate::text::Sources;

    /// Every example of every rule as a file of its own, once as it is and twice under other names.
    fn files() -> Vec<String> {
        let examples = RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good));
        examples.flat_map(|example| (0..3).map(|number| example.copy(number))).collect()
    }

    fn load(sources: &mut Sources) -> Vec<Configuration> {
        let files = files().into_iter().enumerate();
        files
            .map(|(at, text)| load_text(sources, &format!("{at}.conf"), text, Path::new("/nowhere")))
            .collect()
    }

    #[test]
    fn a_file_has_the_findings_it_has_alone() {
        let mut sources = Sources::new();
        let (together, alone) = (load(&mut sources), load(&mut sources));
        let judge = Judge { sources: &sources, version: Version::NEWEST, rules: RULES };
        let twins = firsts(&together, judge).iter().enumerate().filter(|(at, first)| at != *first).count();
        assert!(twins > 100, "{twins} files are like others");
        let places = |found: Vec<Diagnostic>| -> Vec<_> {
            let place = |finding: &Diagnostic| {
                let (file, start, _) = sources.ends(finding.span()?);
                Some((file.name().to_owned(), start, finding.code, finding.message.to_string()))
            };
            found.iter().map(place).collect()
        };
        let alone = alone.into_iter().flat_map(|one| judge.judge(one)).collect();
        assert_eq!(places(judge_all(together, judge)), places(alone));
    }
}
