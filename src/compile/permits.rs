//! `allow:` of the YAML as the rules know it.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::environment::{Allowed, Environment, Location, Service, Site};
use crate::lint::{self, Cover, Permit, Rule};
use crate::render::Part;
use crate::text::{Sources, Span};

/// What an environment allows of one file, from the inside out.
pub(super) fn permits<'e>(environment: &'e Environment, part: Part<'e>) -> Vec<Permit<'e>> {
    let of_site = |site: &'e Site| {
        let locations = site.service.locations.iter().flat_map(|location| {
            let covers = cover(&site.service, location);
            location.allowed.iter().map(move |allowed| permit(allowed, covers))
        });
        let whole = site.service.allowed.iter().chain(&site.allowed);
        locations.chain(whole.map(|allowed| permit(allowed, Cover::File)))
    };
    let site = match part {
        Part::Environment => None,
        Part::Site(site) => Some(of_site(site)),
    };
    let outer = environment.allowed.iter().map(|allowed| permit(allowed, Cover::File));
    site.into_iter().flatten().chain(outer).collect()
}

fn permit<'e>(allowed: &'e Allowed, covers: Cover<'e>) -> Permit<'e> {
    Permit { rule: &allowed.rule, declared: allowed.rule.span, covers }
}

fn cover<'e>(service: &'e Service, location: &'e Location) -> Cover<'e> {
    Cover::Location {
        modifier: location.modifier.as_str(),
        path: &location.path.value,
        twin: service.twin_path(location),
        declared: location.path.span,
    }
}

/// Every rule that an environment allows anywhere, each place once.
fn declared(environment: &Environment) -> Vec<&Allowed> {
    let services = environment.services.iter().flat_map(|service| {
        service.allowed.iter().chain(service.locations.iter().flat_map(|location| &location.allowed))
    });
    let sites = environment.sites.iter().flat_map(|site| &site.allowed);
    let mut seen = HashSet::new();
    let all = environment.allowed.iter().chain(services).chain(sites);
    all.filter(|allowed| seen.insert(allowed.rule.span)).collect()
}

/// Names of rules that do not exist.
pub(super) fn unknown_rules(environment: &Environment) -> Vec<Diagnostic> {
    let unknown = declared(environment).into_iter().filter(|allowed| lint::find(&allowed.rule).is_none());
    let fault = |allowed: &Allowed| {
        let fault = Diagnostic::error("unknown-rule", format!("there is no rule `{}`", allowed.rule.value));
        let fault = fault.at(allowed.rule.span, "unknown rule");
        match lint::nearest_rule(&allowed.rule) {
            Some(meant) => fault.help(format!("did you mean `{meant}`?")),
            None => fault.help("`nginx-gen explain` lists them"),
        }
    };
    unknown.map(fault).collect()
}

/// A place by the name of its file.
fn named(place: Span, sources: &Sources) -> (String, u32) {
    (sources.file(place.file).name().to_owned(), place.start)
}

/// Which permits of environments allowed something, over all the files that were judged.
///
/// Places count by the name of their file: a fragment is read once for each environment that extends it.
#[derive(Debug, Default)]
pub struct Permits {
    declared: Vec<(Span, String)>,
    used: HashSet<(String, u32)>,
}

impl Permits {
    /// Takes in what an environment declares, once its files have been judged. Without nginx there are none.
    pub fn declare(&mut self, environment: &Environment) {
        if environment.nginx.is_some() {
            let declared = declared(environment).into_iter();
            self.declared.extend(declared.map(|allowed| (allowed.rule.span, allowed.rule.value.clone())));
        }
    }

    /// Takes in which of them a file used.
    pub fn used(&mut self, places: &[Span], sources: &Sources) {
        self.used.extend(places.iter().map(|place| named(*place, sources)));
    }

    /// A hint for each permit that allowed nothing, though its rule ran. `is_judged` tells whether every
    /// environment that a place counts for was judged.
    pub fn unused(
        &self,
        rules: &[&Rule],
        sources: &Sources,
        is_judged: impl Fn(Span) -> bool,
    ) -> Vec<Diagnostic> {
        let mut seen = HashSet::new();
        let unused = self.declared.iter().filter(|(place, rule)| {
            let ran = rules.iter().any(|ran| ran.id == rule);
            let place = *place;
            ran && !self.used.contains(&named(place, sources))
                && is_judged(place)
                && seen.insert(named(place, sources))
        });
        unused.map(|(place, rule)| lint::unused_permit(rule, *place)).collect()
    }
}
