//! Many files side by side; of those that say the same under different names one is judged in full, and the others for
//! what was found in it.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::Judge;
use crate::diagnostic::Diagnostic;
use crate::lint::{self, Rule, Survey};
use crate::nginx::check::{Target, check_names};
use crate::nginx::source::Configuration;
use crate::nginx::tree::Original;
use crate::text::FileId;

/// What is wrong with each of many configurations, in their order.
pub(super) fn judge_all(configurations: &[Configuration], judge: Judge<'_>) -> Vec<Diagnostic> {
    let repeated: HashSet<FileId> = configurations.iter().filter_map(|one| one.repeated).collect();
    let firsts = configurations.par_iter().filter(|one| repeated.contains(&one.file));
    let firsts: HashMap<FileId, First<'_>> =
        firsts.map(|first| (first.file, First::of(first, judge))).collect();
    let first_of = |one: &Configuration| one.repeated.and_then(|first| firsts.get(&first));
    let found = |one: &Configuration| match (firsts.get(&one.file), first_of(one)) {
        (Some(itself), _) => itself.found.clone(),
        (None, Some(first)) => first.found_in(one, judge),
        // It repeats none, or one that was left out since another file includes it.
        (None, None) => judge.judge(one),
    };
    configurations.par_iter().flat_map_iter(found).collect()
}

/// A configuration that others repeat.
struct First<'c> {
    configuration: &'c Configuration,
    original: Option<Original<'c>>,
    found: Vec<Diagnostic>,
}

impl<'c> First<'c> {
    fn of(first: &'c Configuration, judge: Judge<'c>) -> First<'c> {
        First {
            configuration: first,
            original: Original::of_file(first.root(judge.sources)),
            found: judge.judge(first),
        }
    }

    /// What is wrong with a configuration that repeats this one under other names.
    fn found_in(&self, twin: &Configuration, judge: Judge<'_>) -> Vec<Diagnostic> {
        self.renamed(twin, judge).unwrap_or_else(|| judge.judge(twin))
    }

    /// The same, where what was found in the first says enough.
    fn renamed(&self, twin: &Configuration, judge: Judge<'_>) -> Option<Vec<Diagnostic>> {
        let rule_of = |finding: &Diagnostic| lint::RULES.iter().find(|rule| rule.id == finding.code);
        let top = self.configuration.scope(judge.sources).context()?;
        let of_rules = self
            .found
            .iter()
            .map(|finding| Some((finding, rule_of(finding)?)))
            .collect::<Option<Vec<_>>>()?;
        let target = Target { version: judge.version, top };
        if !check_names(twin.root(judge.sources), target).is_empty() {
            return None;
        }
        let renaming = self.original.as_ref()?.to_file(twin.root(judge.sources), twin.file);
        let mut found = of_rules
            .into_iter()
            .filter(|(_, rule)| !rule.is_of_names())
            .map(|(finding, _)| lint::renamed(finding, &renaming))
            .collect::<Option<Vec<_>>>()?;
        let named: Vec<&Rule> = judge.rules.iter().copied().filter(|rule| rule.is_of_names()).collect();
        found.extend(lint::check_by(
            &named,
            &Survey::new(&twin.tree, judge.sources, &[], judge.version).inside(top),
        ));
        found.sort_by_key(|finding| (finding.span(), finding.code));
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Judge, judge_all};
    use crate::diagnostic::{Diagnostic, Label};
    use crate::lint::{Example, RULES};
    use crate::nginx::source::{Configuration, Memory, follow, parse_all};
    use crate::nginx::version::Version;
    use crate::text::Sources;

    /// Examples as files of their own, once as they are and twice under other names.
    fn load(examples: &[&Example], sources: &mut Sources) -> Vec<Configuration> {
        let texts = examples.iter().flat_map(|example| (0..3).map(|number| example.copy(number))).enumerate();
        let texts = texts.map(|(at, text)| (PathBuf::from(format!("/nowhere/{at}.conf")), text.into_bytes()));
        let parts = parse_all(sources, texts.collect());
        parts.into_iter().map(|part| follow(sources, &Memory::default(), part)).collect()
    }

    #[test]
    fn a_file_has_the_findings_it_has_alone() {
        let examples: Vec<&Example> =
            RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good)).collect();
        let mut twins = 0;
        // Of files of too many kinds nobody looks which repeat others.
        for some in examples.chunks(20) {
            let mut sources = Sources::new();
            let (together, alone) = (load(some, &mut sources), load(some, &mut sources));
            let judge = Judge { sources: &sources, version: Version::NEWEST, rules: RULES };
            twins += together.iter().filter(|one| one.repeated.is_some()).count();
            let places = |found: Vec<Diagnostic>| -> Vec<_> {
                let told = |finding: &Diagnostic| {
                    let label = |label: &Label| {
                        (sources.ends(label.span).1, sources.ends(label.span).2, label.text.clone())
                    };
                    let labels: Vec<_> = finding.labels.iter().map(label).collect();
                    (labels, Diagnostic { labels: vec![], fix: None, ..finding.clone() })
                };
                found.iter().map(told).collect()
            };
            let alone = alone.iter().flat_map(|one| judge.judge(one)).collect();
            assert_eq!(places(judge_all(&together, judge)), places(alone));
        }
        assert!(twins > 300, "{twins} files repeat others");
    }
}
