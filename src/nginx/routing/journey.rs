//! What becomes of a request in a server, from phase to phase (`ngx_http_core_module.c`).
//!
//! The directives of the server, then the search of the location, then the directives of the location; a path they
//! changed is searched again. Then `try_files`, which may lead to another location or back to the start, and last what
//! answers.

mod condition;
mod declared;
mod pages;
mod report;
mod rewriting;
mod state;
mod template;
mod try_files;
mod value;
mod variables;

pub use declared::Declared;
pub use report::{Doubt, End, Event, Evidence, Failure, Pages, REDIRECTS, Step};
pub(super) use state::State;
pub(super) use template::parts;
pub use value::Value;
pub(super) use variables::Known;

use self::rewriting::{Flow, Run};
use self::try_files::{Fallback, alias};
use super::locations::{Found, Kind, Locations, handler};
use super::servers::{Request, normalized};
use super::upstream::upstream;
use super::uri::Target;
use super::{escape, names};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::Directive;

/// The way of a request through a server.
#[derive(Clone, Debug)]
pub struct Journey<'t> {
    /// The last search of a location; `None` when the server answered before any.
    pub found: Option<Found<'t>>,
    /// The block whose settings hold at the end: the location, an `if` in it that holds, or the server.
    pub within: Directive<'t>,
    /// What hands the request to another program there (`r->content_handler`); `None` where a file answers.
    pub handler: Option<Directive<'t>>,
    /// Where it ends.
    pub end: End<'t>,
    /// The status that the client sees whatever the end says, where an `error_page` led there.
    pub status: Option<u16>,
    /// The redirect that a page took the place of: its `Location` is sent all the same.
    pub redirect: Option<(Directive<'t>, Value)>,
    /// What happened on the way, in order.
    pub steps: Vec<Step<'t>>,
    /// What could not be judged, and was assumed.
    pub doubts: Vec<Doubt<'t>>,
}

/// The next thing to do.
enum Phase<'t> {
    /// The directives of the server.
    ServerRewrite,
    /// The search of the location.
    FindConfig,
    /// The directives of the location.
    Rewrite(Directive<'t>),
    /// `try_files`, and what answers.
    Content,
    End(End<'t>),
}

impl<'t> Journey<'t> {
    /// Follows a request through the server that takes it.
    pub fn follow(
        server: Directive<'t>,
        locations: &Locations<'t>,
        target: &Target,
        request: &Request<'_>,
        declared: &Declared,
    ) -> Journey<'t> {
        let known = Known { server, request, target, declared };
        Journey::from(Phase::ServerRewrite, known, locations)
    }

    /// The same of a request in clear that arrives where TLS is spoken.
    pub fn refuse(
        server: Directive<'t>,
        locations: &Locations<'t>,
        target: &Target,
        request: &Request<'_>,
        declared: &Declared,
    ) -> Journey<'t> {
        let known = Known { server, request, target, declared };
        Journey::from(Phase::End(End::NotTls), known, locations)
    }

    fn from(first: Phase<'t>, known: Known<'_, 't>, locations: &Locations<'t>) -> Journey<'t> {
        let server = known.server;
        let mut state = State::of(known.target);
        // Until something else is known it is what an empty server does.
        let end = End::Content(None);
        let mut journey = Journey {
            found: None,
            within: server,
            handler: None,
            end,
            status: None,
            redirect: None,
            steps: vec![],
            doubts: vec![],
        };
        if let Some(captures) = names::captures(server, &normalized(known.request.host)) {
            state.keep(Some(captures));
        }
        let mut phase = first;
        journey.end = loop {
            phase = match phase {
                Phase::ServerRewrite => journey.server_rewrite(known, &mut state),
                Phase::FindConfig => journey.find_config(locations, &mut state),
                Phase::Rewrite(location) => journey.rewrite(location, known, &mut state),
                Phase::Content => journey.content(known, &mut state),
                Phase::End(end) => match journey.replaced(&end, known, &mut state) {
                    Some(next) => next,
                    None => break end,
                },
            };
        };
        journey.doubt_index(locations, &state);
        if !state.is_replaced {
            journey.doubt_pages();
        }
        journey
    }
}

/// The phases.
impl<'t> Journey<'t> {
    fn server_rewrite(&mut self, known: Known<'_, 't>, state: &mut State) -> Phase<'t> {
        self.within = known.server;
        match Run::new(known, state, self).block(known.server, false) {
            Flow::End(end) => Phase::End(end),
            Flow::On | Flow::Stop => Phase::FindConfig,
        }
    }

    fn find_config(&mut self, locations: &Locations<'t>, state: &mut State) -> Phase<'t> {
        state.uri_changed = false;
        let found = locations.find(&state.path);
        let (location, redirect) = (found.location, found.redirect.clone());
        self.found = Some(found);
        self.handler = None;
        let Some(location) = location else { return Phase::Content };
        self.step(location, Event::Taken { path: state.shown() });
        self.enter(location);
        capture_by_locations(location, state);
        if !state.is_internal && Effective::inside(location).get("internal").is_some() {
            return Phase::End(End::Internal);
        }
        match redirect {
            Some(path) => Phase::End(End::Slash { to: with_args(&path, &state.args) }),
            None => Phase::Rewrite(location),
        }
    }

    fn rewrite(&mut self, location: Directive<'t>, known: Known<'_, 't>, state: &mut State) -> Phase<'t> {
        if let Flow::End(end) = Run::new(known, state, self).block(location, true) {
            return Phase::End(end);
        }
        if !state.uri_changed {
            return Phase::Content;
        }
        if !state.may_change_again() {
            return Phase::End(End::Failed(location, Failure::Cycle));
        }
        self.within = known.server;
        Phase::FindConfig
    }

    fn content(&mut self, known: Known<'_, 't>, state: &mut State) -> Phase<'t> {
        self.doubt_access();
        let is_file = self.handler.is_none() || self.within.find("try_files").is_some();
        if let Some(alias) = alias(self.within).filter(|_| is_file && !state.valid_location) {
            return Phase::End(End::Failed(alias, Failure::AliasRewritten));
        }
        let Some((by, fallback)) = self.fallback(known, state) else {
            return Phase::End(self.answer(known, state));
        };
        let to = match fallback {
            Fallback::Code(status) => return Phase::End(End::Code(by, status)),
            Fallback::To(to) => to,
        };
        let Some(target) = to.if_known() else {
            return Phase::End(End::Unknown(by, to.unknown_names().to_vec()));
        };
        if !state.may_change_again() {
            return Phase::End(End::Failed(by, Failure::Cycle));
        }
        if target.starts_with(b"@") {
            self.named(by, target, known, state)
        } else {
            redirected(target, state)
        }
    }

    /// What answers. A handler that an `if` brought stays when another `if` holds; that must pass on by the same means.
    fn answer(&mut self, known: Known<'_, 't>, state: &State) -> End<'t> {
        let Some(handler) = self.handler else {
            let method = known.request.sent.method.filter(|_| !state.is_get);
            let takes_files = method.is_none_or(|method| ["GET", "HEAD"].contains(&method))
                || Effective::inside(self.within).get("dav_methods").is_some();
            return if takes_files { End::Content(None) } else { End::NotAllowed };
        };
        let Some(holding) = Effective::inside(self.within).get(&handler.name()) else {
            return End::Failed(handler, Failure::NoUpstream);
        };
        let pass = holding.directive();
        self.handler = Some(pass);
        if !pass.is("proxy_pass") {
            return End::Content(None);
        }
        let Some((value, upstream)) = upstream(pass, known, state) else {
            return End::Failed(pass, Failure::NoUpstream);
        };
        self.note(pass, &value, Doubt::AsWritten);
        End::Content(Some(upstream))
    }

    /// `ngx_http_update_location_config`
    fn enter(&mut self, block: Directive<'t>) {
        self.within = block;
        self.handler = handler(block).or(self.handler);
    }

    /// `ngx_http_named_location`
    fn named(
        &mut self,
        by: Directive<'t>,
        name: &[u8],
        known: Known<'_, 't>,
        state: &mut State,
    ) -> Phase<'t> {
        if state.path.is_empty() {
            return Phase::End(End::Failed(by, Failure::EmptyPath));
        }
        let is_it = |location: &Directive<'t>| matches!(Kind::of(*location), Some(Kind::Named(own)) if own.as_bytes() == name);
        let Some(location) = known.server.find_all("location").find(is_it) else {
            return Phase::End(End::Failed(by, Failure::NoSuchLocation));
        };
        state.is_internal = true;
        state.uri_changed = false;
        self.handler = None;
        self.enter(location);
        self.found = Some(Found { location: Some(location), ..Found::default() });
        self.step(location, Event::Taken { path: state.shown() });
        Phase::Rewrite(location)
    }
}

/// `ngx_http_internal_redirect`: back to the directives of the server.
fn redirected<'t>(target: &[u8], state: &mut State) -> Phase<'t> {
    let mut halves = target.splitn(2, |byte| *byte == b'?');
    state.path = halves.next().unwrap_or_default().to_vec();
    state.args = Value::known(halves.next().unwrap_or_default());
    state.is_internal = true;
    state.valid_location = true;
    state.valid_raw = false;
    Phase::ServerRewrite
}

/// What the expressions of a location and of those around it captured, the innermost last.
fn capture_by_locations(location: Directive<'_>, state: &mut State) {
    let mut chain: Vec<_> = std::iter::once(location).chain(location.ancestors()).collect();
    chain.reverse();
    for block in chain {
        if let Some(Kind::Regex(Some(pattern))) =
            Some(block).filter(|block| block.is("location")).and_then(Kind::of)
        {
            let path = state.path.clone();
            // It was chosen because it matches.
            let _ = state.matches(&pattern, &path);
        }
    }
}

fn with_args(path: &str, args: &Value) -> Value {
    let mut to = Value::known(escape::path(path.as_bytes()));
    if !args.is_empty() {
        to.push(b"?");
        to.append(args);
    }
    to
}

/// What keeps some out.
const ACCESS: [&str; 4] = ["deny", "auth_basic", "auth_request", "auth_jwt"];

/// What is told.
impl<'t> Journey<'t> {
    fn step(&mut self, by: Directive<'t>, event: Event) {
        self.steps.push(Step { by, event });
    }

    fn doubt(&mut self, doubt: Doubt<'t>) {
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    /// Keeps what is doubtful about a value that something is decided by.
    fn note(
        &mut self,
        by: Directive<'t>,
        value: &Value,
        unknown: fn(Directive<'t>, Vec<String>) -> Doubt<'t>,
    ) {
        if !value.unknown_names().is_empty() {
            self.doubt(unknown(by, value.unknown_names().to_vec()));
        }
        if !value.not_sent_names().is_empty() {
            self.doubt(Doubt::NotSent(by, value.not_sent_names().to_vec()));
        }
    }

    /// The file of a folder may be another location's (`ngx_http_index_handler`).
    fn doubt_index(&mut self, locations: &Locations<'t>, state: &State) {
        if self.end != End::Content(None) || self.handler.is_some() || !state.path.ends_with(b"/") {
            return;
        }
        let own = self.found.as_ref().and_then(|found| found.location);
        let set = Effective::inside(self.within).get("index").map(|set| set.directives).unwrap_or_default();
        let named = set.iter().flat_map(|index| index.args().map(|name| (Some(*index), name.value())));
        let usual = set.is_empty().then_some((None, "index.html".into()));
        for (by, name) in named.chain(usual).filter(|(_, name)| !name.contains('$')) {
            let path = match name.starts_with('/') {
                true => name.as_bytes().to_vec(),
                false => [&state.path, name.as_bytes()].concat(),
            };
            if let Some(location) = locations.taker(&path).location.filter(|taker| own != Some(*taker)) {
                let path = String::from_utf8_lossy(&path).into_owned();
                self.doubt(Doubt::Index { by, path, location });
            }
        }
    }

    /// Who asks is not known, and so not whether the access phase lets them pass.
    fn doubt_access(&mut self) {
        let settings = Effective::inside(self.within);
        let is_off = |one: &Directive<'t>| one.arg(0).is_some_and(|word| word.is("off"));
        let set = ACCESS.iter().filter_map(|name| settings.get(name)).flat_map(|setting| setting.directives);
        let limits: Vec<_> = set.filter(|one| !one.is("allow") && !is_off(one)).collect();
        let methods: Vec<_> = self.within.find_all("limit_except").collect();
        for limit in limits.into_iter().chain(methods) {
            self.doubt(Doubt::Access(limit));
        }
    }
}
