//! The template engine, set up so that no value can break out of its place, and its faults as diagnostics.

use std::collections::HashMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment as Jinja, Error, OutputSpan, UndefinedBehavior};

use super::formatter;
use super::placement;
use super::profile::{Profile, Template};
use crate::diagnostic::Diagnostic;
use crate::text::{FileId, SourceFile, Sources, Span};

/// The templates of a profile, compiled.
pub(super) struct Engine {
    jinja: Jinja<'static>,
    /// Each template's place among the sources, and its text.
    sources: HashMap<String, (FileId, String)>,
    /// Whether every template's text is the program's own.
    pub(super) is_unchanged: bool,
}

impl Engine {
    /// Compiles all templates of a profile. Their texts are added to `sources`, so that messages can show
    /// a template's line.
    pub(super) fn new(profile: &Profile, sources: &mut Sources) -> Result<Engine, Vec<Diagnostic>> {
        let mut engine = Engine { jinja: strict_jinja(), sources: HashMap::new(), is_unchanged: true };
        let mut found = Vec::new();
        let files = profile.files().map_err(|error| vec![unreadable(&error)])?;
        for file in files {
            match profile.template(&file) {
                Ok(Some(template)) => found.extend(engine.add(file, template, sources)),
                Ok(None) => {}
                Err(error) => found.push(unreadable(&error)),
            }
        }
        if found.is_empty() { Ok(engine) } else { Err(found) }
    }

    fn add(&mut self, file: String, template: Template, sources: &mut Sources) -> Vec<Diagnostic> {
        self.is_unchanged &= template.is_unchanged;
        let make = if template.is_built_in { SourceFile::made } else { SourceFile::new };
        let id = sources.add(make(template.shown, template.text.clone()));
        self.sources.insert(file.clone(), (id, template.text.clone()));
        let mut found = placement::check(id, &template.text);
        if let Err(error) = self.jinja.add_template_owned(file, template.text) {
            found.push(self.fault(&error));
        }
        found
    }

    /// Renders a template.
    pub(super) fn render(&self, file: &str, variables: Value) -> Result<String, Diagnostic> {
        let rendered = self.jinja.get_template(file).and_then(|template| template.render(variables));
        rendered.map_err(|error| self.fault(&error))
    }

    /// Where every byte of a template's output came from. Rendering takes longer with it, so it is done only
    /// for files there is something to say about.
    pub(super) fn origins(&self, file: &str, variables: Value) -> Vec<OutputSpan> {
        let rendered =
            self.jinja.get_template(file).and_then(|template| template.render_with_spans(variables));
        rendered.map_or(vec![], |(_, origins)| origins)
    }

    /// The place in a template that some output came from.
    pub(super) fn origin(&self, span: &OutputSpan) -> Option<Span> {
        let range = span.source_range();
        self.sources.get(span.name()).map(|(file, _)| Span::new(*file, range.start, range.end))
    }

    /// An error of the engine as a diagnostic at its template line.
    fn fault(&self, error: &Error) -> Diagnostic {
        // The innermost cause knows the included file in which it happened.
        let mut deepest = error;
        let mut next = std::error::Error::source(error);
        while let Some(cause) = next {
            if let Some(inner) = cause.downcast_ref::<Error>().filter(|inner| inner.name().is_some()) {
                deepest = inner;
            }
            next = cause.source();
        }
        let kind = deepest.kind().to_string();
        let detail = deepest.detail().map_or_else(|| kind.clone(), |detail| format!("{kind}: {detail}"));
        let fault = Diagnostic::error("template", format!("the template cannot be rendered: {detail}"));
        let file = deepest.name().and_then(|name| self.sources.get(name));
        match (file, deepest.range()) {
            // The engine places an unexpected end one byte behind the text, and may point into a character.
            (Some((file, text)), Some(range)) => {
                let (start, end) =
                    (text.floor_char_boundary(range.start), text.ceil_char_boundary(range.end));
                fault.at(Span::new(*file, start, end), "")
            }
            _ => fault,
        }
    }
}

/// Undefined variables are faults; every printed value passes [`formatter::format`]; filters that would
/// mark text as safe are gone.
fn strict_jinja() -> Jinja<'static> {
    let mut jinja = Jinja::new();
    jinja.set_undefined_behavior(UndefinedBehavior::Strict);
    jinja.set_auto_escape_callback(|_| AutoEscape::None);
    jinja.set_formatter(formatter::format);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    if let Ok(syntax) = syntax.build() {
        jinja.set_syntax(syntax);
    }
    for filter in ["safe", "escape", "e"] {
        jinja.remove_filter(filter);
    }
    jinja
}

fn unreadable(error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("unreadable-file", format!("a template cannot be read: {error}"))
}
