//! From a place in rendered text back to the line of YAML that is behind it.

use super::{Part, declared, name_raw_lines};
use crate::diagnostic::Diagnostic;
use crate::environment::{Environment, Site};
use crate::nginx::tree::Tree;
use crate::text::{FileId, Sources};

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
        let (part, told) = (Part::Site(site), std::slice::from_mut(diagnostic));
        name_raw_lines(part, sources, self.file, told);
        declared::name(part, &self.tree, sources, self.file, told);
    }
}
