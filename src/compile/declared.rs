//! The places in the YAML that rendered text was declared at.

use crate::diagnostic::{Diagnostic, Label};
use crate::environment::{Environment, Location, Site};
use crate::nginx::tree::Tree;
use crate::render::{Part, Renderer};
use crate::text::{FileId, Sources, Span};

/// Adds what of the YAML a finding is about, where it does not say so itself: the location whose block it lies
/// in, else the site.
pub(super) fn name(
    part: Part<'_>,
    tree: &Tree,
    sources: &Sources,
    id: FileId,
    diagnostics: &mut [Diagnostic],
) {
    let Part::Site(site) = part else { return };
    for diagnostic in diagnostics {
        if diagnostic.labels.iter().any(|label| label.span.file != id) {
            continue;
        }
        let location = diagnostic.span().and_then(|place| location_at(site, tree, sources, place));
        let (span, text) = match (location, site.server_names.first()) {
            (Some(location), _) => (location.path.span, "declared here"),
            (None, Some(name)) => (name.span, "the site"),
            (None, None) => (site.span, "the site"),
        };
        diagnostic.labels.push(Label { span, text: text.into() });
    }
}

/// The location of the YAML that was rendered around a place.
fn location_at<'s>(site: &'s Site, tree: &Tree, sources: &Sources, place: Span) -> Option<&'s Location> {
    let blocks = tree.root(sources).descendants().filter(|block| {
        block.is_block() && block.is("location") && block.span().range().contains(&(place.start as usize))
    });
    // The innermost comes last.
    let block = blocks.last()?;
    let first = block.arg(0)?.value();
    let (modifier, path) = match block.arg(1) {
        Some(path) => (first, path.value()),
        None => ("".into(), first),
    };
    let service = &site.service;
    let is_declared = |one: &&Location| one.modifier.as_str() == modifier && *one.path == *path;
    let is_twin =
        |one: &&Location| modifier == "=" && service.twin_path(one).is_some_and(|twin| twin == path);
    service.locations.iter().find(is_declared).or_else(|| service.locations.iter().find(is_twin))
}

/// A hint for each key of the environment that no template looks at, once all has been rendered.
pub(super) fn unused(environment: &Environment, renderer: &Renderer<'_>) -> Vec<Diagnostic> {
    let Some(settings) = &environment.nginx else { return vec![] };
    let unused = settings.changed.iter().filter(|key| renderer.is_unused(key.value));
    let profile = &settings.profile.value;
    let told = |key: &crate::environment::At<&str>| {
        let message = format!(
            "`{}` changes nothing: no template of profile `{profile}` that is used here asks for it",
            key.value
        );
        Diagnostic::new(crate::diagnostic::Severity::Hint, "unused-setting", message)
            .at(key.span, "has no effect")
            .why("whoever reads the YAML takes it for granted")
            .help(
                "remove the key, change the template, or use a profile that knows it, such as `recommended`",
            )
    };
    unused.map(told).collect()
}
