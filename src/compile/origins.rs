//! From a place in rendered text back to the line of YAML that is behind it.

use super::{Part, name_raw_lines};
use crate::diagnostic::{Diagnostic, Label};
use crate::environment::{Environment, Location, Site};
use crate::nginx::tree::{Directive, Tree};
use crate::text::{FileId, Sources, Span};

/// A rendered file with its directives; its text is in a table.
#[derive(Debug)]
pub struct Parsed {
    /// Its name in sites-available.
    pub name: String,
    /// Its text's place in the table.
    pub file: FileId,
    /// Its directives.
    pub tree: Tree,
}

impl Parsed {
    /// The site it was rendered for; none for what belongs to no single site.
    pub fn site<'e>(&self, environment: &'e Environment) -> Option<&'e Site> {
        environment.sites.iter().find(|site| site.file_name() == self.name)
    }

    /// Adds the line of YAML to what is said about this file: the raw line, else the location, else the site.
    pub fn name_yaml(&self, diagnostic: &mut Diagnostic, environment: &Environment, sources: &Sources) {
        let Some(site) = self.site(environment) else { return };
        let before = diagnostic.labels.len();
        name_raw_lines(Part::Site(site), sources, self.file, std::slice::from_mut(diagnostic));
        let at = diagnostic.labels.iter().find(|label| label.span.file == self.file).map(|label| label.span);
        if diagnostic.labels.len() > before {
            return;
        }
        let declared = at.and_then(|at| self.location(at, site, sources)).map(|location| location.path.span);
        let text = if declared.is_some() { "declared here" } else { "this site" };
        diagnostic.labels.push(Label { span: declared.unwrap_or(site.span), text: text.to_owned() });
    }

    /// The declaration of the location around a place.
    fn location<'e>(&self, at: Span, site: &'e Site, sources: &Sources) -> Option<&'e Location> {
        let holds =
            |one: &Directive<'_>| one.is("location") && one.span().range().contains(&(at.start as usize));
        let around = self.tree.root(sources).descendants().filter(holds).last()?;
        let words: Vec<_> = around.args().map(|word| word.value().into_owned()).collect();
        let (modifier, path) = match words.as_slice() {
            [path] => ("", path),
            [modifier, path, ..] => (modifier.as_str(), path),
            [] => return None,
        };
        let declared = site.service.locations.iter();
        declared.into_iter().find(|one| one.modifier.as_str() == modifier && one.path.value == *path)
    }
}
