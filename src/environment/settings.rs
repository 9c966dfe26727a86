//! The environment itself: the top level of the YAML.

use std::collections::HashMap;
use std::sync::Arc;

use super::allow::{self, Allowed, allow};
use super::check::check;
use super::fields::{Fields, Found, Key, key, list, wrong_type};
use super::node::{Node, Value, is_number};
use super::scalar::{At, at, one_of, text, truth};
use super::service::{Service, service};
use super::site::{Defaults, Site, shared_names, site};
use super::tls::{Offer, Tls, tls};
use super::upstream::port_at;
use super::values::{bad_value, file_path, plain};
use crate::diagnostic::Diagnostic;
use crate::nginx::version::Version;

/// Keys of an environment.
pub(super) const KEYS: &[Key] = &[
    key(
        "extends",
        "file, or list of files",
        "fragments whose keys hold where this file says nothing; their names start with `_`",
    ),
    key("nginx", "`none`", "there is no nginx: clients reach the services directly"),
    key("nginx_version", "version, in quotes", "the nginx that the files are for, such as `\"1.22\"`"),
    key(
        "profile",
        "name",
        "the templates: `guide`, `recommended` (when left out), or a folder of your own under `templates/`",
    ),
    key("http2", "`true` or `false`", "whether HTTPS offers HTTP/2; `true` when left out"),
    key(
        "http3",
        "`true` or `false`",
        "whether HTTPS offers HTTP/3, from nginx 1.25.0 on; `false` when left out",
    ),
    key("ipv6", "`true` or `false`", "whether nginx listens on IPv6 too; `true` when left out"),
    key(
        "default_server",
        "`true` or `false`",
        "whether unknown names are refused by a server of their own; `true` when left out",
    ),
    key("acme_webroot", "folder", "where certbot puts its challenges; `/var/www/letsencrypt` when left out"),
    key("http_port", "port", "80 when left out"),
    key("https_port", "port", "443 when left out"),
    key("tls", "mapping, or `none`", "certificates and what is offered; `none` for clear HTTP"),
    key("services", "mapping of services", "what each back end exposes"),
    key("sites", "list of sites", "which service is served under which name"),
];

/// Where services live.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name: the file's, without `.yaml`.
    pub name: String,
    /// What is set for nginx; `None` where there is none.
    pub nginx: Option<Settings>,
    /// The services that sites may serve, in no order.
    pub services: Vec<Arc<Service>>,
    /// The sites, in order.
    pub sites: Vec<Site>,
    /// Rules whose findings are wanted everywhere.
    pub allowed: Vec<Allowed>,
}

impl Environment {
    /// The name of the file that belongs to no single site: it sorts before the sites'.
    pub fn file_name(&self) -> String {
        format!("00-{}", self.name)
    }
}

/// What an environment says of its nginx.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The nginx that the files are for.
    pub version: At<Version>,
    /// The name of the templates.
    pub profile: At<String>,
    /// Whether HTTPS offers HTTP/2.
    pub http2: bool,
    /// Whether HTTPS offers HTTP/3.
    pub http3: bool,
    /// Whether nginx listens on IPv6 too.
    pub ipv6: bool,
    /// Whether unknown names are refused.
    pub default_server: bool,
    /// Where ACME challenges lie.
    pub acme_webroot: String,
    /// What sites offer unless they say otherwise.
    pub tls: Option<Arc<Tls>>,
    /// The keys that ask for something else than holds when they are left out. Not what asks for less of what
    /// not every profile has: it has its way with one that has none.
    pub changed: Vec<At<&'static str>>,
}

/// Reads an environment from its merged layers. What could be read is returned even with faults, so that
/// the caller decides; it must not be used when `found` holds any.
pub(super) fn environment(name: &str, node: &Node, found: &mut Found) -> Option<Environment> {
    let fields = Fields::of(node, "an environment", &[KEYS, allow::KEYS], found)?;
    let no_nginx = fields
        .optional("nginx", found, |node, found| one_of(node, "a word for `nginx`", &[("none", ())], found));
    let tls = fields.optional("tls", found, tls).and_then(Offer::into_settings);
    let nginx = if no_nginx.is_some() { None } else { settings(&fields, tls.clone(), found) };
    let services = fields.optional("services", found, services).unwrap_or_default();
    let defaults = Defaults {
        services: &services,
        tls: tls.filter(|_| no_nginx.is_none()),
        http_port: fields.optional("http_port", found, port_at),
        https_port: fields.optional("https_port", found, port_at),
        named: no_nginx.is_none(),
    };
    let sites = fields.required("sites", found, |node, found| {
        list(node, "a list of sites", found, |node, found| site(node, &defaults, found))
    })?;
    let allowed = fields.optional("allow", found, allow).unwrap_or_default();
    shared_names(&sites, found);
    let services = services.into_values().flatten().collect();
    let environment = Environment { name: name.to_owned(), nginx, services, sites, allowed };
    // With faults in its parts, what is said of the whole could be wrong.
    if let (Some(settings), true) = (&environment.nginx, found.is_empty()) {
        check(&environment, settings, node, found);
    }
    Some(environment)
}

fn settings(fields: &Fields<'_>, tls: Option<Arc<Tls>>, found: &mut Found) -> Option<Settings> {
    let version = fields.required("nginx_version", found, nginx_version);
    let profile = fields.optional("profile", found, |node, found| at(node, found, profile));
    let mut changed = Vec::new();
    let mut change = |name: &'static str| {
        changed.extend(fields.entry(name).map(|entry| At::new(name, entry.key_span)));
    };
    let mut flag = |name: &'static str, default: bool| {
        let set = fields.optional(name, found, truth).unwrap_or(default);
        if set != default && (set || name == "http2") {
            change(name);
        }
        set
    };
    let (http2, http3, ipv6) = (flag("http2", true), flag("http3", false), flag("ipv6", true));
    let default_server = flag("default_server", true);
    let acme_webroot = fields.optional("acme_webroot", found, file_path);
    if acme_webroot.is_some() {
        change("acme_webroot");
    }
    let version = version?;
    if http3 && version.value < Version::HTTP3 {
        let span = fields.entry("http3").map_or(fields.span(), |entry| entry.value.span);
        let fault = Diagnostic::error("bad-value", format!("nginx {} has no HTTP/3", version.value))
            .at(span, format!("needs nginx {} or later", Version::HTTP3))
            .at(version.span, "the version the files are for");
        found.push(fault.help("delete `http3`, or raise `nginx_version` once the servers run it"));
    }
    Some(Settings {
        profile: profile.unwrap_or_else(|| At::new("recommended".to_owned(), version.span)),
        version,
        http2,
        http3,
        ipv6,
        default_server,
        acme_webroot: acme_webroot.unwrap_or_else(|| "/var/www/letsencrypt".to_owned()),
        tls,
        changed,
    })
}

fn nginx_version(node: &Node, found: &mut Found) -> Option<At<Version>> {
    if let Value::Scalar { text, quoted: false } = &node.value
        && is_number(text)
    {
        let read = text.parse::<f64>().map_or_else(|_| text.to_string(), |number| number.to_string());
        let fault = Diagnostic::error("bad-value", format!("`{text}` without quotes is the number {read}"))
            .at(node.span, "not in quotes");
        let fault = fault.why("YAML drops the final zero of a number: 1.30 and 1.3 are the same to it");
        found.push(fault.help(format!("write `nginx_version: \"{text}\"`")));
        return None;
    }
    let written = text(node, "a version of nginx in quotes", found)?;
    match Version::parse(written) {
        Ok(version) if version.is_known() => Some(At::new(version, node.span)),
        Ok(version) => {
            let fault = bad_value(node, format!("nginx {version} is not known"));
            found.push(
                fault.help(format!("the newest known is {}: name that, or an earlier one", Version::NEWEST)),
            );
            None
        }
        Err(fault) => {
            found.push(bad_value(node, fault.message).help(fault.help));
            None
        }
    }
}

fn profile(node: &Node, found: &mut Found) -> Option<String> {
    let name = plain(node, "the name of a profile", found)?;
    let simple = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if name.chars().all(simple) && !name.starts_with('.') && !name.is_empty() {
        return Some(name);
    }
    let fault = bad_value(node, format!("`{name}` is not the name of a profile"));
    found.push(fault.help("a profile is a folder directly under `templates/`: letters, digits, `-` and `_`"));
    None
}

/// The services by name; a name with faults in its service stays known, so that sites are not blamed.
fn services(node: &Node, found: &mut Found) -> Option<HashMap<Arc<str>, Option<Arc<Service>>>> {
    let Value::Mapping(entries) = &node.value else {
        found.push(
            wrong_type(node, "a mapping of services").help("write `services: { api: { locations: […] } }`"),
        );
        return None;
    };
    let read = entries.iter().map(|entry| {
        if entry.key.is_empty() || entry.key.chars().any(char::is_control) {
            let fault = Diagnostic::error("bad-value", "a service needs a name without control characters");
            found.push(fault.at(entry.key_span, ""));
        }
        let name_node = Node {
            span: entry.key_span,
            tag: None,
            size: 1,
            value: Value::Scalar { text: entry.key.clone(), quoted: true },
        };
        let name = plain(&name_node, "the name of a service", found);
        let service = service(&entry.key, &entry.value, found).filter(|_| name.is_some());
        (entry.key.clone(), service.map(Arc::new))
    });
    Some(read.collect())
}
