//! A service: what a back end exposes, the same in every environment.

use std::collections::HashMap;

use super::allow::{self, Allowed, allow};
use super::fields::{Fields, Found, Key, key, list};
use super::location::{Location, Modifier, location};
use super::node::Node;
use super::values::{Size, plain, size};
use crate::diagnostic::Diagnostic;

/// Keys of a service.
pub(super) const KEYS: &[Key] = &[
    key("description", "text", "what it is, for people"),
    key("client_max_body_size", "size", "largest request body, such as `15M`; nginx's 1M when left out"),
    key("locations", "list of locations", "what it exposes, in the order in which it is rendered"),
];

/// What a back end exposes.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Largest request body.
    pub client_max_body_size: Option<Size>,
    /// What it exposes, in order.
    pub locations: Vec<Location>,
    /// Rules whose findings are wanted wherever it is served.
    pub allowed: Vec<Allowed>,
}

impl Service {
    /// The path under which a location is served without its final slash, if nothing else is declared
    /// for that path.
    pub fn twin_path<'a>(&self, location: &'a Location) -> Option<&'a str> {
        let free =
            |path: &str| self.locations.iter().all(|other| other.modifier.is_regex() || *other.path != path);
        location.twin_path().filter(|path| free(path))
    }
}

/// Reads a service.
pub(super) fn service(name: &str, node: &Node, found: &mut Found) -> Option<Service> {
    let fields = Fields::of(node, "a service", &[KEYS, allow::KEYS], found)?;
    let description = fields.optional("description", found, |node, found| plain(node, "text", found));
    let client_max_body_size = fields.optional("client_max_body_size", found, size);
    let allowed = fields.optional("allow", found, allow).unwrap_or_default();
    let locations = fields
        .required("locations", found, |node, found| list(node, "a list of locations", found, location))?;
    duplicates(&locations, found);
    Some(Service { name: name.to_owned(), description, client_max_body_size, locations, allowed })
}

/// nginx refuses two locations of one path; `/a` and `^~ /a` count as one.
fn duplicates(locations: &[Location], found: &mut Found) {
    let mut seen = HashMap::new();
    for location in locations {
        let modifier = if location.modifier.is_prefix() { Modifier::Prefix } else { location.modifier };
        if let Some(earlier) = seen.insert((modifier, location.path.as_str()), location.path.span) {
            let fault = Diagnostic::error(
                "duplicate-location",
                format!("duplicate location \"{}\"", location.path.value),
            )
            .at(location.path.span, "again here")
            .at(earlier, "first here");
            found.push(fault.why("nginx refuses to start with it").help("delete one of the two"));
        }
    }
}
