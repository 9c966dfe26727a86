//! What a check works with: one route of one deployment.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error_log::Mark;
use super::{Check, Context, Deployment, Miss, Seen, Transport};
use crate::environment::{Address, Location, Site, Upstream};
use crate::nginx::routing::Listen;
use crate::nginx::tree::Directive;
use crate::outcome::{Outcome, Route, Timeline};
use crate::standin::Journal;

/// One check of one route.
#[derive(Clone, Copy)]
pub struct Case<'c> {
    /// All there is.
    pub context: &'c Context<'c>,
    /// The check.
    pub check: &'static Check,
    /// The site; none for what belongs to no single one.
    pub site: Option<&'c Site>,
    /// The location; none for the site as a whole.
    pub location: Option<&'c Location>,
    pub(super) started: Instant,
    /// By what nginx's log tells its requests from all others.
    pub(super) mark: Mark,
}

impl<'c> Case<'c> {
    /// The site of a check that is made of sites or locations.
    ///
    /// # Panics
    /// In a check of the environment.
    pub fn site(&self) -> &'c Site {
        self.site.expect("the check is of sites or locations")
    }

    /// The location of a check that is made of locations.
    ///
    /// # Panics
    /// In any other check.
    pub fn location(&self) -> &'c Location {
        self.location.expect("the check is of locations")
    }

    /// The same check with requests of their own in nginx's log.
    #[must_use]
    pub fn anew(&self) -> Case<'c> {
        Case { mark: Mark::new(), ..*self }
    }

    /// The same check at a location of the site.
    pub(super) fn at(&self, location: &'c Location) -> Case<'c> {
        Case { location: Some(location), ..*self }
    }

    /// The deployment.
    pub fn deployment(&self) -> &'c Deployment<'c> {
        &self.context.deployment
    }

    /// How long an answer may take.
    pub fn patience(&self) -> Duration {
        self.deployment().patience
    }

    /// The journal of the stand-ins.
    ///
    /// # Panics
    /// In a check that does not say that it needs them.
    pub fn journal(&self) -> &'c Journal {
        self.deployment().journal.expect("the check says that it needs stand-ins")
    }

    /// The ways in which clients reach the site's locations, the plainest first.
    pub fn transports(&self) -> Vec<Transport> {
        if self.is_direct() {
            return vec![Transport::Clear];
        }
        let is_http2 = self.context.environment.nginx.as_ref().is_some_and(|settings| settings.http2);
        match (self.site().tls.is_some(), is_http2) {
            (false, _) => vec![Transport::Clear],
            (true, false) => vec![Transport::Tls],
            (true, true) => vec![Transport::Tls, Transport::Http2],
        }
    }

    /// Whether the service is reached without an nginx before it.
    pub fn is_direct(&self) -> bool {
        self.context.environment.nginx.is_none()
    }

    /// The port of a way.
    pub fn port(&self, transport: Transport) -> u16 {
        if self.is_direct()
            && let Some((_, port)) = self.site().direct_address()
        {
            return port;
        }
        if transport.is_clear() { self.site().http_port } else { self.site().https_port }
    }

    /// The name and port as a client types them.
    pub fn authority(&self, transport: Transport) -> String {
        self.authority_of(self.site().name(), transport)
    }

    /// The same for another name of the site.
    pub fn authority_of(&self, name: &str, transport: Transport) -> String {
        if self.is_direct()
            && let Some((host, port)) = self.site().direct_address()
        {
            return format!("{host}:{port}");
        }
        let usual = if transport.is_clear() { 80 } else { 443 };
        let port = self.port(transport);
        if port == usual { name.to_owned() } else { format!("{name}:{port}") }
    }

    /// The site's names as a client can ask for them, each wildcard filled in.
    pub fn names(&self) -> Vec<String> {
        let filled = |name: &str| match (name.strip_prefix("*."), name.strip_suffix(".*")) {
            (Some(domain), _) => format!("nginx-gen.{domain}"),
            (_, Some(host)) => format!("{host}.test"),
            _ => name.trim_start_matches('.').to_owned(),
        };
        self.site().server_names.iter().map(|name| filled(name.as_str())).collect()
    }

    /// Whether what only the guide leaves out is promised.
    pub fn promises_more_than_the_guide(&self) -> bool {
        let settings = self.context.environment.nginx.as_ref();
        settings.is_some_and(|settings| settings.profile.value != "guide")
    }

    /// The path to ask for.
    ///
    /// # Errors
    /// Where none is known.
    pub fn path(&self) -> Seen {
        let path = super::path::of(self.location()).map_err(Miss::Unknown)?;
        Ok(if self.is_direct() { self.location().passed_path(&path) } else { path })
    }

    /// The server block that a way leads to, and the location in it.
    pub fn rendered(&self, via: Option<Transport>) -> Option<(Directive<'c>, Option<Directive<'c>>)> {
        let site = self.site?;
        let file = self.context.files.iter().find(|file| file.name == site.file_name())?;
        let root = file.tree.root(self.context.sources);
        let wanted = self.location.map(|one| (one.modifier.as_str(), one.path.value.as_str()));
        let is_wanted = |location: &Directive<'c>| {
            let words: Vec<_> = location.args().map(|word| word.value().into_owned()).collect();
            match words.as_slice() {
                [path] => wanted == Some(("", path)),
                [modifier, path, ..] => wanted == Some((modifier, path)),
                [] => false,
            }
        };
        let servers: Vec<_> = root.every("server").filter(|one| one.is_block()).collect();
        let holding = servers.iter().rev().find_map(|server| {
            let location = server.descendants().find(|one| one.is("location") && is_wanted(one))?;
            Some((*server, Some(location)))
        });
        let port = via.map(|via| self.port(via));
        let has_port = |server: &&Directive<'c>| {
            port.is_none_or(|port| Listen::all_of(**server).iter().any(|one| one.has_port(port)))
        };
        let reached = servers.iter().rev().find(has_port).or(servers.last());
        holding.or_else(|| reached.map(|server| (*server, None)))
    }

    /// The raw lines of nginx that are declared for the location, else for its site.
    pub fn raw_lines(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        let own = self.location.map(|location| location.directives.as_slice()).unwrap_or_default();
        let of_site = self.site.map(|site| site.directives.as_slice()).unwrap_or_default();
        own.iter().chain(of_site).map(|line| line.value.as_str())
    }

    /// That no raw line keeps a method out of the location.
    ///
    /// # Errors
    /// With that line.
    pub fn lets_in(&self, method: &str) -> Seen<()> {
        let keeps_out = |line: &&str| match line.trim_start().strip_prefix("limit_except") {
            // `GET` lets in `HEAD` too.
            Some(rest) => !rest.split('{').next().is_some_and(|names| {
                names.split_whitespace().any(|name| name == method || (name == "GET" && method == "HEAD"))
            }),
            None => line.contains("$request_method"),
        };
        let line = self.raw_lines().find(keeps_out);
        line.map_or(Ok(()), |line| {
            Err(Miss::unknown(format!("a raw line may keep `{method}` out: `{line}`")))
        })
    }

    /// Where a file of the rendered text is found; none where nobody knows.
    pub fn found(&self, path: &Path) -> Option<PathBuf> {
        self.deployment().found.map(|found| found(&path.display().to_string()))
    }

    /// Whether an address, as a stand-in is called, is one that the site's service is declared to have.
    pub fn is_own_back_end(&self, stand_in: &str) -> bool {
        let addresses: Vec<&Address> = match &self.site().upstream.value {
            Upstream::One(address) => vec![address],
            Upstream::Group(group) => group.servers.iter().map(|server| &server.address).collect(),
        };
        addresses.into_iter().any(|address| is_at(stand_in, address))
    }

    pub(super) fn route(&self, via: Option<Transport>) -> Route {
        Route {
            site: self.site.map(|site| site.name().to_owned()).unwrap_or_default(),
            location: self.location.map(Location::written),
            kind: self.location.map(|location| location.kind.name()),
            via: via.map(Transport::name),
        }
    }
}

/// Whether a stand-in, as it is called, plays the back end at an address.
pub(super) fn is_at(stand_in: &str, address: &Address) -> bool {
    match address {
        Address::Tcp { host, port } => stand_in == format!("{host}:{port}"),
        Address::Unix(path) => stand_in == format!("unix:{path}"),
    }
}

impl Outcome {
    /// Adds when each piece was sent and arrived.
    #[must_use]
    pub fn with_timeline(self, timeline: Timeline) -> Outcome {
        Outcome { timeline: Some(timeline), ..self }
    }
}
