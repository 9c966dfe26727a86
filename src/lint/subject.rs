//! What rules look at: one configuration, its locations, and what its author promised of them.

use super::gaps::Gaps;
use super::meant::{self, Meant};
use crate::nginx::directives::Context;
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Directive, Tree};
use crate::nginx::version::Version;
use crate::text::{Sources, Span};

/// One file, or several joined by `include`.
pub struct Subject<'a> {
    /// Its directives.
    pub tree: &'a Tree,
    /// The table its text is in.
    pub sources: &'a Sources,
    /// What was declared about its locations; empty for a hand-written file.
    pub contract: &'a [Promise<'a>],
    /// The nginx that is to read it.
    pub version: Version,
    /// Every `server` of HTTP.
    pub(super) servers: Vec<Directive<'a>>,
    /// Every `location`, nested ones too, in the order of the text.
    pub(super) places: Vec<Place<'a>>,
    /// What may be set by files that nobody has read.
    pub(super) gaps: Gaps,
}

/// What the YAML says of one location.
#[derive(Clone, Copy, Debug)]
pub struct Promise<'a> {
    /// The name of the type.
    pub kind: &'static str,
    /// nginx's modifier; empty for a prefix.
    pub modifier: &'static str,
    /// The path or regular expression.
    pub path: &'a str,
    /// Where the path stands in the YAML.
    pub declared: Span,
}

/// A location with all that rules ask about it.
pub(super) struct Place<'a> {
    /// It.
    pub(super) location: Directive<'a>,
    /// The server around it; none in a fragment of one.
    pub(super) server: Option<Directive<'a>>,
    /// The modifier as written; empty for a prefix.
    pub(super) modifier: String,
    /// The path or regular expression.
    pub(super) path: String,
    /// What holds inside.
    pub(super) settings: Effective<'a>,
    /// What it is meant for, when that is known.
    pub(super) meant: Option<Meant<'a>>,
    /// Whether files that were not read may set something inside or around it.
    pub(super) has_gaps: bool,
}

impl<'a> Subject<'a> {
    /// Looks through a tree.
    pub fn new(
        tree: &'a Tree,
        sources: &'a Sources,
        contract: &'a [Promise<'a>],
        version: Version,
    ) -> Subject<'a> {
        let (mut servers, mut places, mut includes) = (Vec::new(), Vec::new(), Vec::new());
        for directive in tree.root(sources).descendants() {
            if !directive.is_block() {
                includes.extend(directive.is("include").then_some(directive));
            } else if directive.is("location") {
                places.extend(Place::of(directive, contract));
            } else if directive.is("server") && directive.parent().is_none_or(|parent| parent.is("http")) {
                servers.push(directive);
            }
        }
        let gaps = Gaps::of(tree.root(sources), &includes);
        for place in &mut places {
            place.has_gaps = gaps.are_around(place.location);
        }
        Subject { tree, sources, contract, version, servers, places, gaps }
    }

    /// The same of what stands inside such a block: a `server` of `stream` or `mail` is none of HTTP.
    #[must_use]
    pub fn inside(mut self, top: Context) -> Subject<'a> {
        if top != Context::Main && !top.is_http() {
            self.servers.clear();
            self.places.clear();
        }
        self
    }

    /// Every directive of this name, at any depth, in the order nginx reads them.
    pub(super) fn every(&self, name: &str) -> impl Iterator<Item = Directive<'a>> {
        self.tree.root(self.sources).every(name)
    }
}

impl<'a> Place<'a> {
    fn of(location: Directive<'a>, contract: &'a [Promise<'a>]) -> Option<Place<'a>> {
        let first = location.arg(0)?.value().into_owned();
        let (modifier, path) = match location.arg(1) {
            Some(path) => (first, path.value().into_owned()),
            None => (String::new(), first),
        };
        let server = location.ancestors().find(|block| block.is("server"));
        let settings = Effective::inside(location);
        let mut place = Place { location, server, modifier, path, settings, meant: None, has_gaps: false };
        let promise = contract.iter().find(|one| one.modifier == place.modifier && one.path == place.path);
        place.meant = meant::of(&place, promise);
        Some(place)
    }

    /// What holds of a setting with one value. Where nothing sets it in a fragment of a server, or beside an
    /// `include` that was not read, nothing is known of it.
    pub(super) fn value(&self, name: &str, version: Version) -> Option<String> {
        let set = self.settings.get(name).map(|setting| setting.value());
        let default = || {
            self.server
                .filter(|_| !self.has_gaps)
                .and_then(|_| crate::nginx::inheritance::default(name, version))
        };
        set.map(std::borrow::Cow::into_owned).or_else(|| default().map(str::to_owned))
    }

    /// Its `proxy_pass`; one in an `if` is not judged.
    pub(super) fn proxy_pass(&self) -> Option<Directive<'a>> {
        self.location.find("proxy_pass")
    }

    /// Whether it is `location /`, which takes whatever no other does.
    pub(super) fn is_root(&self) -> bool {
        self.path == "/" && self.is_prefix()
    }

    /// Whether its path is the start of what is matched.
    pub(super) fn is_prefix(&self) -> bool {
        matches!(self.modifier.as_str(), "" | "^~")
    }

    /// As it is written, for messages.
    pub(super) fn head(&self) -> String {
        let space = if self.modifier.is_empty() { "" } else { " " };
        format!("location {}{space}{}", self.modifier, self.path)
    }
}
