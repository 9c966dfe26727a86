//! The one pipeline of every command: load → render → parse → lint.

mod declared;
mod origins;
mod permits;
mod together;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::environment::{self, At, Environment, Project, Site};
use crate::lint::{self, Promise, Rule, Survey};
use crate::nginx::check::{Target, check_all};
use crate::nginx::directives::Context;
use crate::nginx::parser;
use crate::nginx::tree::Tree;
use crate::render::profile::Profile;
use crate::render::{Part, Rendered, Renderer, environment_file_name};
use crate::text::{FileId, SourceFile, Sources, Span};
use together::Together;

pub use origins::Parsed;
pub use permits::Permits;
pub use together::Whole;

/// How many files are rendered at a time: enough for every core, and little memory.
const BATCH: usize = 256;

/// Up to this many files are rendered by one core: starting the others takes longer.
const FEW: usize = 8;

/// A file that was rendered and parsed.
#[derive(Debug)]
pub struct Compiled {
    /// Its name in sites-available.
    pub name: String,
    /// The table that holds its text.
    pub sources: Sources,
    /// Its id there.
    pub file: FileId,
    /// Its directives; none when nobody asked for the rules and the templates are the program's own.
    pub tree: Tree,
    /// What keeps it from being used: broken syntax, or a value that would not stay in its place.
    pub faults: Vec<Diagnostic>,
    /// What the rules say of it, when they were asked.
    pub findings: Vec<Diagnostic>,
    /// Which of the YAML's `allow` took findings away, by their places.
    pub permitted: Vec<Span>,
}

impl Compiled {
    /// The text.
    pub fn text(&self) -> &str {
        self.sources.file(self.file).text()
    }
}

/// Loads an environment, and holds the names of rules in it to those there are.
///
/// # Errors
/// Every fault of the YAML.
pub fn read(project: &Project, name: &str, sources: &mut Sources) -> Result<Environment, Vec<Diagnostic>> {
    let environment = environment::load(project, name, sources)?;
    let unknown = permits::unknown_rules(&environment);
    if unknown.is_empty() { Ok(environment) } else { Err(unknown) }
}

/// Loads an environment that has an nginx.
///
/// # Errors
/// Every fault of the YAML, or that there is no nginx.
pub fn load(project: &Project, name: &str, sources: &mut Sources) -> Result<Environment, Vec<Diagnostic>> {
    let environment = read(project, name, sources)?;
    if environment.nginx.is_none() {
        let fault = Diagnostic::error(
            "no-nginx",
            format!("environment `{name}` has no nginx, so there is nothing to render"),
        );
        let help = format!("its services are reached directly: `nginx-gen urls {name}` lists every endpoint");
        return Err(vec![fault.why("it says `nginx: none`").help(help)]);
    }
    Ok(environment)
}

/// Renders and parses every file of an environment, in order, and hands each on as it is done; no more than
/// a batch is held in memory. `wanted` chooses files by name; `rules` are held to them, with nginx's own checks; with none
/// of either a file is only looked into where raw lines could break it. Returns what is to be said of the environment
/// as a whole: with rules, all its files are kept to be read as one.
///
/// # Errors
/// The faults of the profile. The faults of single files are in [`Compiled::faults`].
pub fn each_file<E>(
    environment: &Environment,
    profile: &Profile,
    rules: Option<&[&'static Rule]>,
    wanted: &(dyn Fn(&str) -> bool + Sync),
    sources: &mut Sources,
    mut take: impl FnMut(&mut Sources, Compiled) -> Result<(), E>,
) -> Result<Result<Whole, E>, Vec<Diagnostic>> {
    let Some(settings) = &environment.nginx else { return Ok(Ok(Whole::default())) };
    let renderer = Renderer::new(environment, settings, profile, sources)?;
    let target = Target { version: settings.version.value, top: Context::Http };
    let pipeline = Pipeline { environment, renderer, target, rules };
    let is_judged = rules.is_some_and(|rules| !rules.is_empty());
    let mut together = Together::default();
    let mut take = |sources: &mut Sources, file: Compiled| {
        if is_judged {
            together.add(&file, sources);
        }
        take(sources, file)
    };
    if wanted(&environment_file_name(environment)) {
        let file = pipeline.compile(Part::Environment, sources.reserve()).map_err(|fault| vec![fault])?;
        if !file.text().trim().is_empty()
            && let Err(stop) = take(sources, file)
        {
            return Ok(Err(stop));
        }
    }
    let sites: Vec<&Site> = environment.sites.iter().filter(|site| wanted(&site.file_name())).collect();
    let taken = pipeline.each_batch(&sites, sources, &mut take)?;
    Ok(taken.map(|()| {
        let mut whole = if is_judged { together.judge(&pipeline, sources) } else { Whole::default() };
        whole.findings.extend(pipeline.of_all());
        whole
    }))
}

/// Gives each site's file an id.
fn named<'e>(batch: &[&'e Site], sources: &mut Sources) -> Vec<(&'e Site, FileId)> {
    batch.iter().map(|site| (*site, sources.reserve())).collect()
}

fn hand_on<E>(
    batch: Vec<Result<Compiled, Diagnostic>>,
    sources: &mut Sources,
    take: &mut impl FnMut(&mut Sources, Compiled) -> Result<(), E>,
) -> Result<Result<(), E>, Vec<Diagnostic>> {
    for file in batch {
        if let Err(stop) = take(sources, file.map_err(|fault| vec![fault])?) {
            return Ok(Err(stop));
        }
    }
    Ok(Ok(()))
}

struct Pipeline<'e> {
    environment: &'e Environment,
    renderer: Renderer<'e>,
    target: Target,
    rules: Option<&'e [&'static Rule]>,
}

impl Pipeline<'_> {
    /// Compiles sites batch by batch and hands them on.
    fn each_batch<E>(
        &self,
        sites: &[&Site],
        sources: &mut Sources,
        take: &mut impl FnMut(&mut Sources, Compiled) -> Result<(), E>,
    ) -> Result<Result<(), E>, Vec<Diagnostic>> {
        let mut batches = sites.chunks(BATCH);
        let mut current = batches.next().map_or_else(Vec::new, |batch| self.batch(&named(batch, sources)));
        while !current.is_empty() {
            let Some(next) = batches.next().map(|batch| named(batch, sources)) else {
                return hand_on(current, sources, take);
            };
            let mut following = Vec::new();
            let mut taken = Ok(Ok(()));
            // While the caller writes one batch, the next is rendered.
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| following = self.batch(&next));
                taken = hand_on(current, sources, take);
            });
            match taken {
                Ok(Ok(())) => current = following,
                stopped => return stopped,
            }
        }
        Ok(Ok(()))
    }

    /// What is to be said of the environment as a whole, once all its files are rendered.
    fn of_all(&self) -> Vec<Diagnostic> {
        let is_wanted = self.rules.is_some();
        if is_wanted { declared::unused(self.environment, &self.renderer) } else { vec![] }
    }

    /// Compiles sites side by side; a few are not worth waking other cores for.
    fn batch(&self, sites: &[(&Site, FileId)]) -> Vec<Result<Compiled, Diagnostic>> {
        let compile = |(site, id): &(&Site, FileId)| self.compile(Part::Site(site), *id);
        match sites.len() {
            0..=FEW => sites.iter().map(compile).collect(),
            _ => sites.par_iter().map(compile).collect(),
        }
    }

    fn compile(&self, part: Part<'_>, id: FileId) -> Result<Compiled, Diagnostic> {
        let Rendered { name, text } = self.renderer.render(part)?;
        let file = SourceFile::made(format!("rendered {}/{name}", self.environment.name), text);
        let raw = raw_lines(part).next().is_some();
        // The program's own templates are held to nginx by its tests, and a value is one token whatever it is;
        // so their output is parsed only when somebody wants to look at it.
        let (tree, mut faults) = match self.rules.is_some() || raw || !self.renderer.is_unchanged() {
            true => parser::parse(id, file.text()),
            false => (Tree::default(), vec![]),
        };
        let sources = Sources::alone(id, file);
        let contract = contract(part);
        // Only raw lines can bring in what the templates do not hold already; those are checked by `validate`.
        if self.rules.is_some() || raw {
            faults = check_all(&tree, &sources, faults, self.target);
        }
        let (mut findings, permitted) = match self.rules.filter(|_| faults.is_empty()) {
            Some(rules) => {
                let survey = Survey::new(&tree, &sources, &contract, self.target.version);
                lint::check_permitted(rules, &survey, &permits::permits(self.environment, part))
            }
            None => (vec![], vec![]),
        };
        // What nginx takes, if with a sigh, does not keep a file from being used.
        let (faults_only, told): (Vec<_>, Vec<_>) =
            faults.into_iter().partition(|fault| fault.severity == Severity::Error);
        faults = faults_only;
        findings.extend(told);
        // Rendered text is written again: the template or the YAML is the place.
        for finding in &mut findings {
            finding.fix = None;
        }
        for diagnostics in [&mut faults, &mut findings] {
            name_raw_lines(part, &sources, id, diagnostics);
        }
        declared::name(part, &tree, &sources, id, &mut findings);
        for diagnostics in [&mut faults, &mut findings] {
            self.name_template_lines(part, id, diagnostics);
        }
        Ok(Compiled { name, sources, file: id, tree, faults, findings, permitted })
    }

    /// Adds the template's line to what is said about rendered text.
    fn name_template_lines(&self, part: Part<'_>, id: FileId, diagnostics: &mut [Diagnostic]) {
        if diagnostics.is_empty() {
            return;
        }
        let place =
            |diagnostic: &Diagnostic| diagnostic.labels.iter().find(|label| label.span.file == id).cloned();
        let places: Vec<_> = diagnostics.iter().map(place).collect();
        let offsets: Vec<_> =
            places.iter().map(|place| place.as_ref().map_or(0, |l| l.span.start as usize)).collect();
        let origins = self.renderer.origins(part, &offsets);
        for ((diagnostic, place), origin) in diagnostics.iter_mut().zip(places).zip(origins) {
            if let Some(origin) = origin.filter(|_| place.is_some()) {
                diagnostic
                    .labels
                    .push(Label { span: origin.before(), text: "from this template line".into() });
            }
        }
    }
}

/// The raw lines of the YAML that a file holds.
fn raw_lines(part: Part<'_>) -> impl Iterator<Item = &At<String>> {
    let site = match part {
        Part::Environment => None,
        Part::Site(site) => Some(site),
    };
    let locations = site.into_iter().flat_map(|site| &site.service.locations);
    site.into_iter()
        .flat_map(|site| &site.directives)
        .chain(locations.flat_map(|location| &location.directives))
}

/// Puts the line of the YAML first in what is said about a raw line.
fn name_raw_lines(part: Part<'_>, sources: &Sources, id: FileId, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics {
        let Some(label) = diagnostic.labels.iter().find(|label| label.span.file == id) else { continue };
        let at = label.span.start as usize;
        let holds = |raw: &&At<String>| {
            let mut places = sources.file(id).text().match_indices(raw.trim_end());
            places.any(|(start, text)| (start..start + text.len()).contains(&at))
        };
        if let Some(raw) = raw_lines(part).find(holds) {
            diagnostic.labels.insert(0, Label { span: raw.span, text: "from this raw line".into() });
        }
    }
}

/// What the YAML declares about a file's locations.
fn contract(part: Part<'_>) -> Vec<Promise<'_>> {
    let Part::Site(site) = part else { return vec![] };
    site.service
        .locations
        .iter()
        .map(|location| Promise {
            kind: location.kind.name(),
            modifier: location.modifier.as_str(),
            path: &location.path.value,
            declared: location.path.span,
        })
        .collect()
}
