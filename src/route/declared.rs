//! The line of YAML that a rendered location comes from.

use super::explanation::{Declared, Place};
use super::reasons::location_name;
use crate::environment::{Environment, Location};
use crate::nginx::tree::Directive;
use crate::text::Sources;

/// Finds where a location of a rendered file is declared; none for those a template adds by itself, such as the
/// one for ACME.
pub(super) fn declared(environment: &Environment, location: Directive<'_>) -> Option<Declared> {
    let sources = location.sources();
    let file = sources.file(location.file()).name();
    let mut sites = environment.sites.iter();
    let site = sites.find(|site| file == rendered_name(environment, &site.file_name()))?;
    let name = location_name(location);
    let locations = || site.service.locations.iter();
    let itself = locations().find(|declared| declared_name(declared) == name);
    let passes_on = ["proxy_pass", "grpc_pass"].iter().any(|pass| location.find(pass).is_some());
    // A template renders `= /ws` beside what is declared as `/ws/`.
    let twin = || {
        let path = name.strip_prefix("= ")?;
        locations().find(|declared| declared.path.strip_suffix('/') == Some(path))
    };
    // The server of clear HTTP redirects from a `/` of its own.
    let is_meant = |declared: &&Location| declared.kind.traits().proxied == passes_on;
    itself.or_else(twin).filter(is_meant).map(|declared| told(declared, sources))
}

/// The name that messages call a rendered file by.
pub fn rendered_name(environment: &Environment, file: &str) -> String {
    format!("rendered {}/{file}", environment.name)
}

fn declared_name(location: &Location) -> String {
    format!("{} {}", location.modifier.as_str(), location.path.value).trim_start().to_owned()
}

fn told(location: &Location, sources: &Sources) -> Declared {
    Declared { kind: location.kind.name(), place: Place::of(location.path.span, sources) }
}
