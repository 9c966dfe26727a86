//! What templates see: the variables `environment`, `nginx`, `site`, `upstream` and, in a loop over
//! `site.locations`, `location`.
//!
//! To add a variable, add it to one of the functions here; `docs/templates.md` lists them all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use minijinja::context;
use minijinja::value::{Enumerator, Object, Value};

use super::formatter::{Lines, Regex};
use super::names_hash::NamesHash;
use super::watched::Watched;
use crate::environment::{
    Address, At, Environment, Folder, Header, Location, Modifier, Service, Settings, Site, Upstream,
};
use crate::nginx::version::Version;

/// The parts of a site's variables that are the same for many sites, made once.
pub(super) struct Shared {
    environment: Value,
    nginx: Value,
    settings: Arc<Watched>,
    /// By the name of the service.
    locations: HashMap<String, Value>,
}

impl Shared {
    pub(super) fn new(environment: &Environment, settings: &Settings) -> Shared {
        let services = &environment.services;
        let nginx = Arc::new(Watched::new(nginx_variables(settings)));
        Shared {
            environment: environment_variables(environment),
            nginx: Value::from_dyn_object(nginx.clone()),
            settings: nginx,
            locations: services.iter().map(|service| (service.name.clone(), locations(service))).collect(),
        }
    }

    /// The variables of `nginx` that no template has looked at so far.
    pub(super) fn unread(&self) -> Vec<&'static str> {
        self.settings.unread()
    }

    /// The variables of the file that belongs to no single site.
    pub(super) fn for_environment(&self) -> Value {
        context! { environment => self.environment.clone(), nginx => self.nginx.clone() }
    }

    /// The variables of a site's file.
    pub(super) fn for_site(&self, site: &Site) -> Value {
        context! {
            environment => self.environment.clone(),
            nginx => self.nginx.clone(),
            site => site_variables(site, self.locations[&site.service.name].clone()),
            upstream => upstream_variables(site),
        }
    }
}

fn environment_variables(environment: &Environment) -> Value {
    let types: BTreeSet<&str> = locations_of(environment).map(|location| location.kind.name()).collect();
    let types: BTreeMap<&str, bool> =
        crate::environment::TYPES.iter().map(|traits| (traits.name, types.contains(traits.name))).collect();
    let https = || environment.sites.iter().filter(|site| site.tls.is_some());
    let http_ports: BTreeSet<u16> = environment.sites.iter().map(|site| site.http_port).collect();
    let https_ports: BTreeSet<u16> = https().map(|site| site.https_port).collect();
    let offered: BTreeSet<&str> =
        https().filter_map(|site| site.tls.as_ref()).flat_map(|tls| tls.protocols.iter().copied()).collect();
    let names = environment.sites.iter().flat_map(|site| &site.server_names);
    let names_hash = NamesHash::of(names.map(|name| name.as_str()));
    let first = https().next().and_then(Site::certificate_files);
    context! {
        name => environment.name.as_str(),
        types => types,
        http_ports => ports(http_ports),
        https_ports => ports(https_ports),
        tls_protocols => offered.into_iter().map(Value::from).collect::<Value>(),
        names_hash => names_hash.map(|hash| context! { bucket_size => hash.bucket_size, max_size => hash.max_size }),
        certificate => first.as_ref().map(|files| files.certificate.as_str()),
        certificate_key => first.as_ref().map(|files| files.certificate_key.as_str()),
    }
}

fn locations_of(environment: &Environment) -> impl Iterator<Item = &Location> {
    environment.sites.iter().flat_map(|site| &site.service.locations)
}

fn ports(ports: BTreeSet<u16>) -> Value {
    ports.into_iter().map(Value::from).collect()
}

fn nginx_variables(settings: &Settings) -> Vec<(&'static str, Value)> {
    let version = settings.version.value;
    let http2_directive = version >= Version::HTTP2_DIRECTIVE;
    vec![
        ("version", version.to_string().into()),
        ("http2", settings.http2.into()),
        ("http2_directive", (settings.http2 && http2_directive).into()),
        ("http2_on_listen", (settings.http2 && !http2_directive).into()),
        ("http3", settings.http3.into()),
        ("ipv6", settings.ipv6.into()),
        ("default_server", settings.default_server.into()),
        ("reject_handshake", (version >= Version::REJECT_HANDSHAKE).into()),
        ("acme_webroot", settings.acme_webroot.as_str().into()),
    ]
}

fn site_variables(site: &Site, locations: Value) -> Value {
    let names = site.server_names.iter().map(|name| Value::from(name.as_str()));
    context! {
        name => site.name(),
        server_names => names.collect::<Value>(),
        service => site.service.name.as_str(),
        description => site.service.description.as_deref(),
        client_max_body_size => site.service.client_max_body_size.as_ref().map(|size| size.text.as_str()),
        http_port => site.http_port,
        https_port => site.https_port,
        https_port_suffix => if site.https_port == 443 { String::new() } else { format!(":{}", site.https_port) },
        tls => tls_variables(site),
        directives => lines(&site.directives),
        locations => locations,
    }
}

fn tls_variables(site: &Site) -> Value {
    let (Some(tls), Some(files)) = (&site.tls, site.certificate_files()) else { return Value::from(()) };
    context! {
        certificate => files.certificate,
        certificate_key => files.certificate_key,
        protocols => tls.protocols.iter().map(|name| Value::from(*name)).collect::<Value>(),
        ciphers => tls.ciphers.as_deref(),
        prefer_server_ciphers => tls.prefer_server_ciphers,
        hsts => tls.hsts,
    }
}

/// A Unix socket ends with `:` where a URI follows.
fn upstream_variables(site: &Site) -> Value {
    let (authority, separator, group) = match &site.upstream.value {
        Upstream::One(address) => (address.for_server(), separator(address), Value::from(())),
        Upstream::Group(group) => {
            let name = site.group_name();
            let servers = group.servers.iter().map(|server| {
                let mut tokens = vec![server.address.for_server()];
                tokens.extend(server.weight.map(|weight| format!("weight={weight}")));
                tokens.extend(server.max_fails.map(|fails| format!("max_fails={fails}")));
                tokens.extend(server.fail_timeout.as_ref().map(|time| format!("fail_timeout={}", time.text)));
                tokens.extend(server.backup.then(|| "backup".to_owned()));
                tokens.into_iter().map(Value::from).collect::<Value>()
            });
            let group = context! {
                name => name.as_str(),
                balance => group.balance.directive(),
                keepalive => group.keepalive,
                servers => servers.collect::<Value>(),
            };
            (name, "", group)
        }
    };
    context! {
        url => format!("http://{authority}"),
        stripped => format!("http://{authority}{separator}/"),
        grpc => format!("grpc://{authority}"),
        group => group,
    }
}

fn separator(address: &Address) -> &'static str {
    if matches!(address, Address::Unix(_)) { ":" } else { "" }
}

/// The locations of a service, each followed by its twin if it has one.
fn locations(service: &Service) -> Value {
    let with_twin = |location| {
        let twin = service.twin_path(location).map(|path| {
            let matched = ["=", path].into_iter().map(Value::from).collect();
            location_variables(location, matched, true)
        });
        std::iter::once(location_variables(location, matched(location), false)).chain(twin)
    };
    service.locations.iter().flat_map(with_twin).collect()
}

/// The arguments of `location`.
fn matched(location: &Location) -> Value {
    let modifier = Some(location.modifier.as_str()).filter(|modifier| !modifier.is_empty()).map(Value::from);
    let path = match location.modifier {
        Modifier::Regex | Modifier::RegexNoCase => Value::from_object(Regex(location.path.as_str().into())),
        _ => Value::from(location.path.as_str()),
    };
    modifier.into_iter().chain([path]).collect()
}

fn location_variables(location: &Location, matched: Value, twin: bool) -> Value {
    let proxy = &location.proxy;
    let time = |time: &Option<crate::environment::Time>| time.as_ref().map(|time| time.text.clone());
    let files = location.files.as_ref();
    let (root, alias) = match files.map(|files| &files.folder) {
        Some(Folder::Root(folder)) => (Some(folder), None),
        Some(Folder::Alias(folder)) => (None, Some(folder)),
        None => (None, None),
    };
    let replaced = proxy.request_headers.iter().map(|header| Value::from(header.name.to_lowercase()));
    let variables: [(&str, Value); 21] = [
        ("type", location.kind.name().into()),
        ("match", matched),
        ("twin", Value::from(twin)),
        ("access_log", Value::from(location.access_log)),
        ("response_headers", headers(&location.response_headers)),
        ("request_headers", headers(&proxy.request_headers)),
        ("replaced_headers", replaced.collect::<Value>()),
        ("read_timeout", Value::from(time(&proxy.read_timeout))),
        ("send_timeout", Value::from(time(&proxy.send_timeout))),
        ("connect_timeout", Value::from(time(&proxy.connect_timeout))),
        (
            "client_max_body_size",
            Value::from(proxy.client_max_body_size.as_ref().map(|size| size.text.clone())),
        ),
        ("strip_prefix", Value::from(proxy.strip_prefix)),
        ("buffering", Value::from(proxy.buffering)),
        ("root", Value::from(root)),
        ("alias", Value::from(alias)),
        ("index", Value::from(files.and_then(|files| files.index.clone()))),
        (
            "try_files",
            Value::from(files.map(|files| {
                files.try_files.iter().map(|step| Value::from(step.as_str())).collect::<Value>()
            })),
        ),
        ("expires", Value::from(files.and_then(|files| files.expires.clone()))),
        ("status", Value::from(location.redirect.as_ref().map(|redirect| redirect.status))),
        ("to", Value::from(location.redirect.as_ref().map(|redirect| redirect.to.as_str()))),
        ("directives", lines(&location.directives)),
    ];
    Value::from_object(Variables(variables.into()))
}

/// Named values, few enough to be searched in turn: looking up `location.…` is what templates do most.
#[derive(Debug)]
struct Variables(Vec<(&'static str, Value)>);

impl Object for Variables {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|(name, _)| Value::from(*name)).collect())
    }
}

fn headers(headers: &[Header]) -> Value {
    headers
        .iter()
        .map(|header| context! { name => header.name.as_str(), value => header.value.as_str() })
        .collect()
}

fn lines(directives: &[At<String>]) -> Value {
    directives.iter().map(|text| Value::from_object(Lines(text.as_str().into()))).collect()
}
