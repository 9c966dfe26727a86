//! What rules look at: one configuration, its locations, and what its author promised of them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use super::gaps::Gaps;
use super::handshake::Maps;
use super::listens::Listens;
use super::meant::{self, Meant};
use super::passing::Passing;
use super::renewals::Renewals;
use crate::nginx::directives::Context;
use crate::nginx::inheritance::{self, Effective};
use crate::nginx::routing::{Declared, Listen};
use crate::nginx::tree::{Block, Directive, Tree};
use crate::nginx::version::Version;
use crate::text::{Sources, Span};

/// One file, or several joined by `include`, looked through for what rules judge.
pub struct Survey<'a> {
    tree: &'a Tree,
    sources: &'a Sources,
    version: Version,
    servers: Vec<Directive<'a>>,
    /// Where the places of each begin.
    starts: Vec<usize>,
    /// What stands in none of them.
    around: Vec<Directive<'a>>,
    places: Vec<Place<'a>>,
    gaps: Gaps,
    maps: Maps<'a>,
    declared: OnceLock<Declared>,
    listens: OnceLock<Listens>,
    renewals: OnceLock<Renewals>,
}

/// What a rule looks at: a configuration, or some servers of it.
pub(super) struct Subject<'a> {
    /// All directives of the configuration.
    pub(super) tree: &'a Tree,
    /// The table its text is in.
    pub(super) sources: &'a Sources,
    /// The nginx that is to read it.
    pub(super) version: Version,
    /// Every `server` of HTTP.
    pub(super) servers: &'a [Directive<'a>],
    /// Every `location`, nested ones too, in the order of the text: those of one server stand together.
    pub(super) places: &'a [Place<'a>],
    /// What may be set by files that nobody has read.
    pub(super) gaps: &'a Gaps,
    /// The `map`s of the configuration.
    pub(super) maps: &'a Maps<'a>,
    around: &'a [Directive<'a>],
    survey: &'a Survey<'a>,
}

/// How much of a configuration a rule sees at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// A server with its locations, and what is set around it. Where there are thousands, such rules go through them
    /// side by side, some servers at a time, whose text is then still at hand for the next rule. Of servers that differ
    /// only in their names the others are looked at where there is something to find in the first.
    Server,
    /// The same, and what it is called: its names, and the files behind them.
    Name,
    /// All of it: what it says of one place depends on others, or is told once.
    Configuration,
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
    pub(super) modifier: Cow<'a, str>,
    /// The path or regular expression.
    pub(super) path: Cow<'a, str>,
    /// What holds inside.
    pub(super) settings: Effective<'a>,
    /// What was declared of it.
    promise: Option<&'a Promise<'a>>,
    meant: OnceLock<Option<Meant>>,
    /// Whether files that were not read may set something inside or around it.
    pub(super) has_gaps: bool,
}

impl<'a> Survey<'a> {
    /// Looks through a tree; `contract` is what was declared about its locations, nothing for a hand-written file.
    pub fn new(
        tree: &'a Tree,
        sources: &'a Sources,
        contract: &'a [Promise<'a>],
        version: Version,
    ) -> Survey<'a> {
        let (mut servers, mut starts, mut around) = (Vec::<Directive<'a>>::new(), Vec::new(), Vec::new());
        let (mut places, mut includes) = (Vec::new(), Vec::new());
        for directive in tree.root(sources).descendants() {
            if !servers.last().is_some_and(|server| server.holds(directive.id())) {
                around.push(directive);
            }
            if !directive.is_block() {
                includes.extend(directive.is("include").then_some(directive));
            } else if directive.is("location") {
                places.extend(Place::of(directive, contract));
            } else if directive.is("server") && directive.parent().is_none_or(|parent| parent.is("http")) {
                starts.push(places.len());
                servers.push(directive);
            }
        }
        let gaps = Gaps::of(tree.root(sources), &includes);
        for place in &mut places {
            place.has_gaps = gaps.are_around(place.location);
        }
        let maps = Maps::of(tree.root(sources));
        Survey {
            tree,
            sources,
            version,
            servers,
            starts,
            around,
            places,
            gaps,
            maps,
            declared: OnceLock::new(),
            listens: OnceLock::new(),
            renewals: OnceLock::new(),
        }
    }

    /// The same of what stands inside such a block: a `server` of `stream` or `mail` is none of HTTP.
    #[must_use]
    pub fn inside(mut self, top: Context) -> Survey<'a> {
        if top != Context::Main && !top.is_http() {
            self.servers.clear();
            self.starts.clear();
            self.places.clear();
            self.around = self.tree.root(self.sources).descendants().collect();
        }
        self
    }

    /// How many directives there are.
    pub(super) fn len(&self) -> usize {
        self.tree.len()
    }

    /// All of it.
    pub(super) fn whole(&self) -> Subject<'_> {
        self.part(0..self.servers.len())
    }

    /// How many servers there are.
    pub(super) fn count(&self) -> usize {
        self.servers.len()
    }

    /// A server by its number.
    pub(super) fn server(&self, number: usize) -> Directive<'a> {
        self.servers[number]
    }

    /// The first server that says the same as this one but for its name; none where that is itself.
    pub(super) fn twin_of(&self, number: usize) -> Option<usize> {
        let first = self.tree.twin_of(self.servers[number])?;
        self.servers.binary_search_by_key(&first, |server| server.id()).ok()
    }

    /// Some servers, with their places; what stands in no server goes with the one before it.
    pub(super) fn part(&self, servers: Range<usize>) -> Subject<'_> {
        let place = |server: usize| self.starts.get(server).copied().unwrap_or(self.places.len());
        let first = if servers.start == 0 { 0 } else { place(servers.start) };
        let Survey { tree, sources, version, gaps, maps, .. } = self;
        Subject {
            tree,
            sources,
            version: *version,
            servers: &self.servers[servers.clone()],
            places: &self.places[first..place(servers.end)],
            around: if servers.start == 0 { &self.around } else { &[] },
            gaps,
            maps,
            survey: self,
        }
    }
}

impl<'a> Subject<'a> {
    /// The top of the whole configuration.
    pub(super) fn root(&self) -> Block<'a> {
        self.tree.root(self.sources)
    }

    /// Every directive of this name in the whole configuration, at any depth, in the order nginx reads them.
    pub(super) fn every(&self, name: &str) -> impl Iterator<Item = Directive<'a>> {
        self.root().every(name)
    }

    /// Every directive of this name in the servers that are looked at; what stands in no server is looked at with the
    /// first of them.
    pub(super) fn here(&self, name: &str) -> impl Iterator<Item = Directive<'a>> {
        let around = self.around.iter().copied().filter(move |one| one.is(name));
        around.chain(self.servers.iter().flat_map(move |server| server.every(name)))
    }

    /// The variables that the configuration makes; looked for when a rule first follows a request.
    pub(super) fn declared(&self) -> &'a Declared {
        self.survey.declared.get_or_init(|| Declared::of(self.root()))
    }

    /// Its servers, of those that say the same but for their names the first only.
    pub(super) fn distinct(&self) -> impl Iterator<Item = Directive<'a>> {
        self.servers.iter().copied().filter(|server| self.tree.kind_of(*server) == server.id())
    }

    /// Where one of its servers listens.
    pub(super) fn listens(&self, server: Directive<'_>) -> &'a [Listen] {
        let number = self.survey.servers.binary_search_by_key(&server.id(), |server| server.id());
        number.map_or(&[], |number| self.all_listens().at(number))
    }

    /// Where all servers listen; looked for when a rule first asks.
    pub(super) fn all_listens(&self) -> &'a Listens {
        self.survey.listens.get_or_init(|| Listens::of(self.survey))
    }

    /// Which servers have certificates that are to be renewed; looked for when a rule first asks.
    pub(super) fn renewals(&self) -> &'a Renewals {
        self.survey.renewals.get_or_init(|| Renewals::of(&self.survey.whole()))
    }

    /// Each server that has locations, with these.
    pub(super) fn by_server(&self) -> impl Iterator<Item = (Directive<'a>, &'a [Place<'a>])> {
        let together = self.places.chunk_by(|a, b| a.server == b.server);
        together.filter_map(|places| Some((places[0].server?, places)))
    }
}

impl<'a> Place<'a> {
    fn of(location: Directive<'a>, contract: &'a [Promise<'a>]) -> Option<Place<'a>> {
        let first = location.arg(0)?.value();
        let (modifier, path) = match location.arg(1) {
            Some(path) => (first, path.value()),
            None => (Cow::Borrowed(""), first),
        };
        let server = location.ancestors().find(|block| block.is("server"));
        let settings = Effective::inside(location);
        let promise = contract.iter().find(|one| one.modifier == modifier && one.path == path);
        let meant = OnceLock::new();
        Some(Place { location, server, modifier, path, settings, promise, meant, has_gaps: false })
    }

    /// What it is meant for, when that is known; looked for when a rule first asks.
    pub(super) fn meant(&self) -> Option<Meant> {
        *self.meant.get_or_init(|| meant::of(self, self.promise))
    }

    /// What holds of a setting with one value. Where nothing sets it in a fragment of a server, or beside an
    /// `include` that was not read, nothing is known of it.
    pub(super) fn value(&self, name: &str, version: Version) -> Option<Cow<'a, str>> {
        let set = self.settings.get(name).map(|setting| setting.value());
        let is_known = self.server.is_some() && !self.has_gaps;
        set.or_else(|| is_known.then(|| inheritance::default(name, version)).flatten().map(Cow::Borrowed))
    }

    /// What passes its requests on to a program that answers piece by piece.
    pub(super) fn passing(&self) -> Option<Passing<'a>> {
        Passing::of(self.location)
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
        matches!(&*self.modifier, "" | "^~")
    }

    /// As it is written, for messages.
    pub(super) fn head(&self) -> String {
        let space = if self.modifier.is_empty() { "" } else { " " };
        format!("location {}{space}{}", self.modifier, self.path)
    }
}
