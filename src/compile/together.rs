//! What shows only when all files of an environment are read as one, as nginx reads them: two that do not fit.

use std::collections::{BTreeMap, BTreeSet};

use super::{Compiled, Pipeline, name_raw_lines, permits};
use crate::diagnostic::{Diagnostic, Label};
use crate::lint::{self, Cover, Survey};
use crate::nginx::check::check;
use crate::nginx::source::joined;
use crate::nginx::tree::Tree;
use crate::render::Part;
use crate::text::{FileId, SourceFile, Sources, Span};

/// What is said of an environment as a whole.
#[derive(Debug, Default)]
pub struct Whole {
    /// The findings.
    pub findings: Vec<Diagnostic>,
    /// Which of the YAML's `allow` took findings away, by their places.
    pub permitted: Vec<Span>,
}

/// The files that were compiled, by their names: nginx includes them in that order.
#[derive(Debug, Default)]
pub(super) struct Together {
    files: BTreeMap<String, (FileId, Tree)>,
    /// Whether one of them is broken, so that nginx would not get to the others.
    is_broken: bool,
}

impl Together {
    /// Takes a file in; its text stays in the table.
    pub(super) fn add(&mut self, file: &Compiled, sources: &mut Sources) {
        self.is_broken |= !file.faults.is_empty();
        let kept = SourceFile::made(file.sources.file(file.file).name(), file.text());
        sources.put_back(Sources::alone(file.file, kept));
        self.files.insert(file.name.clone(), (file.file, file.tree.clone()));
    }

    /// What is said of two files or more. What lies in one has been told of it.
    pub(super) fn judge(&self, pipeline: &Pipeline<'_>, sources: &Sources) -> Whole {
        let mut whole = Whole::default();
        let Some(rules) = pipeline.rules.filter(|_| !self.is_broken && self.files.len() > 1) else {
            return whole;
        };
        let tree = joined(self.files.values().map(|(_, tree)| tree), sources);
        let mut found = check(tree.root(sources), pipeline.target);
        found.extend(lint::check_by(rules, &Survey::new(&tree, sources, &[], pipeline.target.version)));
        for mut finding in found {
            let files: BTreeSet<_> = finding.labels.iter().map(|label| label.span.file).collect();
            if files.len() < 2 {
                continue;
            }
            if let Some(permit) = self.permit(pipeline, &finding) {
                whole.permitted.push(permit);
                continue;
            }
            finding.fix = None;
            self.name_yaml(pipeline, sources, &mut finding);
            whole.findings.push(finding);
        }
        whole
    }

    /// Where the YAML allows it: for the file of the place that is named first.
    fn permit(&self, pipeline: &Pipeline<'_>, finding: &Diagnostic) -> Option<Span> {
        let part = self.part(pipeline, finding.span()?.file)?;
        let mut permits = permits::permits(pipeline.environment, part).into_iter();
        let allows =
            permits.find(|permit| permit.rule == finding.code && matches!(permit.covers, Cover::File))?;
        Some(allows.declared)
    }

    /// Adds the sites it is about, and what of the first place was written where.
    fn name_yaml(&self, pipeline: &Pipeline<'_>, sources: &Sources, finding: &mut Diagnostic) {
        let mut files: Vec<_> = finding.labels.iter().map(|label| label.span.file).collect();
        files.dedup();
        for (index, file) in files.into_iter().enumerate() {
            let Some(part) = self.part(pipeline, file) else { continue };
            if let Part::Site(site) = part {
                let span = site.server_names.first().map_or(site.span, |name| name.span);
                finding.labels.push(Label { span, text: "the site".into() });
            }
            if index == 0 {
                name_raw_lines(part, sources, file, std::slice::from_mut(finding));
                pipeline.name_template_lines(part, file, std::slice::from_mut(finding));
            }
        }
    }

    /// What a file was rendered from.
    fn part<'e>(&self, pipeline: &Pipeline<'e>, file: FileId) -> Option<Part<'e>> {
        let (name, _) = self.files.iter().find(|(_, (id, _))| *id == file)?;
        let site = pipeline.environment.sites.iter().find(|site| site.file_name() == *name);
        Some(site.map_or(Part::Environment, Part::Site))
    }
}
