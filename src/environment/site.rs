//! A site: a service at an address, under its server names.

use std::collections::HashMap;
use std::sync::Arc;

use super::allow::{self, Allowed, allow};
use super::directives::raw_directives;
use super::fields::{Fields, Found, Key, key, listed, nearest, one_or_many};
use super::node::{Node, shorten};
use super::scalar::{At, at, text};
use super::server_name::{ServerName, server_name};
use super::service::Service;
use super::tls::{Certificate, Offer, Tls, certificate, tls};
use super::upstream::{Upstream, port_at, upstream};
use crate::diagnostic::Diagnostic;
use crate::text::Span;

/// Keys of a site.
pub(super) const KEYS: &[Key] = &[
    key(
        "server_name",
        "name, or list of names",
        "what clients call it; the first names the file and the certificate",
    ),
    key("service", "name of a service", "what is served"),
    key("upstream", "port, `host:port`, `unix:/path`, or a group", "where the service listens"),
    key("certificate", "a certificate with its key", "in place of the environment's `tls: certificates`"),
    key("tls", "mapping, or `none`", "in place of the environment's `tls`"),
    key("http_port", "port", "in place of the environment's `http_port`"),
    key("https_port", "port", "in place of the environment's `https_port`"),
    key("directives", "list of nginx lines", "put into the server as they are, before its locations"),
];

/// A service at an address.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where it is declared.
    pub span: Span,
    /// Its names; empty only where there is no nginx.
    pub server_names: Vec<At<ServerName>>,
    /// What is served.
    pub service: Arc<Service>,
    /// Where the service listens.
    pub upstream: At<Upstream>,
    /// What is offered to clients; `None` for clear HTTP.
    pub tls: Option<Arc<Tls>>,
    /// Its own certificate.
    pub certificate: Option<Certificate>,
    /// Port of clear HTTP.
    pub http_port: u16,
    /// Port of HTTPS.
    pub https_port: u16,
    /// Where the two ports are said; nowhere when they are the usual ones.
    pub ports_at: [Option<Span>; 2],
    /// nginx lines to put in as they are.
    pub directives: Vec<At<String>>,
    /// Rules whose findings are wanted here.
    pub allowed: Vec<Allowed>,
}

/// What a site takes from its environment where it says nothing itself.
pub(super) struct Defaults<'e> {
    /// The services by name; `None` for one with faults, which are reported already.
    pub(super) services: &'e HashMap<Arc<str>, Option<Arc<Service>>>,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) http_port: Option<At<u16>>,
    pub(super) https_port: Option<At<u16>>,
    /// Whether sites are served by nginx, and so need a name.
    pub(super) named: bool,
}

impl Site {
    /// The certificate that it shows, with its key; none without TLS.
    pub fn certificate_files(&self) -> Option<Certificate> {
        let of_environment = || Some(self.tls.as_ref()?.certificates.for_site(self.server_names.first()?));
        self.certificate.clone().or_else(of_environment)
    }

    /// The name it is known by: its first server name, or its service's where there is no nginx.
    pub fn name(&self) -> &str {
        self.server_names.first().map_or(&self.service.name, |name| name.as_str())
    }

    /// Whether this is one of its server names, as written.
    pub fn has_name(&self, name: &str) -> bool {
        self.server_names.iter().any(|own| own.as_str() == name)
    }

    /// The name of its file in sites-available.
    pub fn file_name(&self) -> String {
        self.server_names.first().map_or_else(|| self.service.name.clone(), |name| name.file_name())
    }

    /// The name of its group of servers, if it has one. Without its file's name it would not be its own.
    pub fn group_name(&self) -> String {
        format!("backend.{}", self.file_name())
    }
}

/// Reads a site.
pub(super) fn site(node: &Node, defaults: &Defaults<'_>, found: &mut Found) -> Option<Site> {
    let fields = Fields::of(node, "a site", &[KEYS, allow::KEYS], found)?;
    let names =
        |node: &Node, found: &mut Found| one_or_many(node, "a list of server names", found, server_name);
    let server_names = if defaults.named {
        fields.required("server_name", found, names)
    } else {
        Some(fields.optional("server_name", found, names).unwrap_or_default())
    };
    let service =
        fields.required("service", found, |node, found| known_service(node, defaults.services, found));
    let upstream = fields.required("upstream", found, upstream);
    let own_tls = fields.optional("tls", found, tls);
    let certificate = fields.optional("certificate", found, certificate);
    let http_port = fields.optional("http_port", found, port_at).or(defaults.http_port);
    let https_port = fields.optional("https_port", found, port_at).or(defaults.https_port);
    let directives = fields.optional("directives", found, raw_directives).unwrap_or_default();
    let allowed = fields.optional("allow", found, allow).unwrap_or_default();
    let server_names = server_names?;
    if defaults.named
        && server_names.is_empty()
        && fields.entry("server_name").is_some_and(|e| e.value.size == 1)
    {
        found.push(fields.missing("server_name").help("give the site at least one name"));
    }
    Some(Site {
        span: fields.span(),
        server_names,
        service: service?,
        upstream: upstream?,
        tls: own_tls.map_or_else(|| defaults.tls.clone(), Offer::into_settings),
        certificate,
        http_port: http_port.map_or(80, |port| port.value),
        https_port: https_port.map_or(443, |port| port.value),
        ports_at: [http_port, https_port].map(|port| port.map(|port| port.span)),
        directives,
        allowed,
    })
}

fn known_service(
    node: &Node,
    services: &HashMap<Arc<str>, Option<Arc<Service>>>,
    found: &mut Found,
) -> Option<Arc<Service>> {
    let name = at(node, found, |node, found| text(node, "the name of a service", found).map(str::to_owned))?;
    if let Some(service) = services.get(name.as_str()) {
        return service.clone();
    }
    let mut known: Vec<&str> = services.keys().map(|name| &**name).collect();
    known.sort_unstable();
    let fault = Diagnostic::error("unknown-service", format!("no service is called `{}`", shorten(&name)))
        .at(node.span, "unknown service");
    found.push(match nearest(&name, known.iter().copied()) {
        Some(meant) => fault.help(format!("did you mean `{meant}`?")),
        None if known.is_empty() => fault.help("declare it under `services`"),
        None => {
            fault.help(format!("declare it under `services`, or use one of {}", listed(known.into_iter())))
        }
    });
    None
}

/// Reports names and files that two sites would share.
pub(super) fn shared_names(sites: &[Site], found: &mut Found) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for name in sites.iter().flat_map(|site| &site.server_names) {
        if let Some(earlier) = seen.insert(name.as_str(), name.span) {
            let fault = Diagnostic::error(
                "duplicate-server-name",
                format!("two sites are called `{}`", name.as_str()),
            )
            .at(name.span, "again here")
            .at(earlier, "first here");
            found.push(
                fault.why("nginx would serve only the first it loads").help("give one of them another name"),
            );
        }
    }
}
