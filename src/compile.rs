//! The one pipeline of every command: load → render → parse → lint.

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::environment::{self, Environment, Project, Settings, Site};
use crate::lint::{self, Promise, Subject};
use crate::nginx::parser;
use crate::nginx::tree::{Argument, Comment, Tree};
use crate::render::profile::Profile;
use crate::render::{Rendered, Renderer};
use crate::text::{FileId, SourceFile, Sources, Span};

/// How many files are rendered at a time: enough for every core, and little memory.
const BATCH: usize = 256;

/// A file that was rendered and parsed.
#[derive(Debug)]
pub struct Compiled {
    /// Its name in sites-available.
    pub name: String,
    /// The table that holds its text.
    pub sources: Sources,
    /// Its id there.
    pub file: FileId,
    /// Its directives.
    pub tree: Tree,
    /// What keeps it from being used: broken syntax, or a value that would not stay in its place.
    pub faults: Vec<Diagnostic>,
    /// What the rules say of it; empty until [`Compiled::lint`].
    pub findings: Vec<Diagnostic>,
}

impl Compiled {
    /// The text.
    pub fn text(&self) -> &str {
        self.sources.file(self.file).text()
    }
}

/// Loads an environment that has an nginx.
///
/// # Errors
/// Every fault of the YAML, or that there is no nginx.
pub fn load(project: &Project, name: &str, sources: &mut Sources) -> Result<Environment, Vec<Diagnostic>> {
    let environment = environment::load(project, name, sources)?;
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
/// a batch is held in memory. `wanted` chooses files by name; `linted` asks for the rules.
///
/// # Errors
/// The faults of the profile. The faults of single files are in [`Compiled::faults`].
pub fn each_file<E>(
    environment: &Environment,
    profile: &Profile,
    linted: bool,
    wanted: &(dyn Fn(&str) -> bool + Sync),
    sources: &mut Sources,
    mut take: impl FnMut(&mut Sources, Compiled) -> Result<(), E>,
) -> Result<Result<(), E>, Vec<Diagnostic>> {
    let Some(settings) = &environment.nginx else { return Ok(Ok(())) };
    let pipeline = Pipeline::new(environment, settings, profile, linted, sources)?;
    if let Some(file) = pipeline.environment_file(sources)?
        && wanted(&file.name)
        && let Err(stop) = take(sources, file)
    {
        return Ok(Err(stop));
    }
    let sites: Vec<&Site> = environment.sites.iter().filter(|site| wanted(&site.file_name())).collect();
    for batch in sites.chunks(BATCH) {
        let reserved: Vec<_> = batch.iter().map(|site| (*site, sources.reserve())).collect();
        let compile = |(site, id): &(&Site, FileId)| pipeline.site_file(site, *id);
        let compiled: Vec<_> = if batch.len() > 8 {
            reserved.par_iter().map(compile).collect()
        } else {
            reserved.iter().map(compile).collect()
        };
        for file in compiled {
            if let Err(stop) = take(sources, file.map_err(|fault| vec![fault])?) {
                return Ok(Err(stop));
            }
        }
    }
    Ok(Ok(()))
}

struct Pipeline<'e> {
    environment: &'e Environment,
    renderer: Renderer<'e>,
    linted: bool,
}

impl<'e> Pipeline<'e> {
    fn new(
        environment: &'e Environment,
        settings: &Settings,
        profile: &Profile,
        linted: bool,
        sources: &mut Sources,
    ) -> Result<Pipeline<'e>, Vec<Diagnostic>> {
        Ok(Pipeline {
            environment,
            renderer: Renderer::new(environment, settings, profile, sources)?,
            linted,
        })
    }

    fn environment_file(&self, sources: &mut Sources) -> Result<Option<Compiled>, Vec<Diagnostic>> {
        let rendered = self.renderer.environment_file().map_err(|fault| vec![fault])?;
        Ok(rendered.map(|rendered| self.compiled(rendered, sources.reserve(), &[])))
    }

    fn site_file(&self, site: &Site, id: FileId) -> Result<Compiled, Diagnostic> {
        let rendered = self.renderer.site_file(site)?;
        Ok(self.compiled(rendered, id, &contract(site)))
    }

    fn compiled(&self, mut rendered: Rendered, id: FileId, contract: &[Promise<'_>]) -> Compiled {
        let shown = format!("rendered {}/{}", self.environment.name, rendered.name);
        let file = SourceFile::new(shown, std::mem::take(&mut rendered.text));
        let (tree, mut faults) = parser::parse(id, file.text());
        let sources = Sources::alone(id, file);
        faults.extend(escaped(&rendered, &tree, &sources, id));
        let subject = Subject { tree: &tree, sources: &sources, contract };
        let mut findings = if self.linted && faults.is_empty() { lint::check(&subject) } else { vec![] };
        for diagnostic in faults.iter_mut().chain(&mut findings) {
            self.name_template_line(diagnostic, &rendered, id);
        }
        Compiled { name: rendered.name, sources, file: id, tree, faults, findings }
    }

    /// Adds the template's line to what is said about rendered text.
    fn name_template_line(&self, diagnostic: &mut Diagnostic, rendered: &Rendered, id: FileId) {
        let place =
            diagnostic.labels.iter().find(|label| label.span.file == id).map(|label| label.span.start);
        let origin = place.and_then(|start| self.renderer.origin(rendered, start as usize));
        if let Some(origin) = origin {
            let line = Span { end: origin.start, ..origin };
            *diagnostic =
                std::mem::replace(diagnostic, Diagnostic::error("", "")).at(line, "from this template line");
        }
    }
}

/// What a site's service declares.
fn contract(site: &Site) -> Vec<Promise<'_>> {
    site.service
        .locations
        .iter()
        .map(|location| Promise {
            kind: location.kind.name(),
            long_lived: location.kind.traits().long_lived,
            modifier: location.modifier.as_str(),
            path: &location.path.value,
            declared: location.path.span,
        })
        .collect()
}

/// Finds printed values that did not become whole words: a template put them within quotes, or glued them
/// to other text in a way that only shows once all branches are taken.
fn escaped(rendered: &Rendered, tree: &Tree, sources: &Sources, file: FileId) -> Vec<Diagnostic> {
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for directive in tree.root(sources).descendants() {
        let words = std::iter::once(directive.name_span()).chain(directive.args().map(Argument::span));
        for word in words {
            starts.push(word.start);
            ends.push(word.end);
        }
        // Raw lines of the YAML end behind a directive or a comment, not behind a word.
        ends.push(directive.span().end);
    }
    let comments: Vec<_> = tree.comments(sources).map(Comment::span).collect();
    ends.extend(comments.iter().map(|comment| comment.end));
    ends.sort_unstable();
    let whole = |span: &Span| {
        let words = starts.binary_search(&span.start).is_ok() && ends.binary_search(&span.end).is_ok();
        let behind = comments.partition_point(|comment| comment.start <= span.start);
        words || comments[..behind].last().is_some_and(|comment| span.end <= comment.end)
    };
    let printed = rendered.printed().map(|range| Span::new(file, range.start, range.end));
    printed.filter(|span| !whole(span)).map(|span| glued(span, sources.slice(span))).collect()
}

fn glued(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("template-placement", "a printed value is not a word of its own")
        .at(span, format!("`{text}` is read together with what stands around it"))
        .why("the template puts it within quotes, or next to other text")
        .help("put the parts together inside the tag: `{{ \"http://\" ~ value }}`")
}
