//! Every endpoint of an environment, as a client would type it.

use super::location::{Location, Modifier};
use super::settings::Environment;
use super::site::Site;
use super::upstream::{Address, Upstream};

/// One URL of an environment.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Endpoint {
    /// The site: its first server name, or its service where there is no nginx.
    pub site: String,
    /// The service.
    pub service: String,
    /// The type of the location.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The URL, `{name}` standing for any value; for a regular expression the site's URL and the pattern.
    pub url: String,
}

impl Environment {
    /// Every endpoint, in the order of sites and locations. What only nginx answers (files, redirects) has
    /// none where there is no nginx; nor has a service that is reached by a Unix socket.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        self.sites.iter().flat_map(|site| self.endpoints_of(site)).collect()
    }

    fn endpoints_of(&self, site: &Site) -> Vec<Endpoint> {
        let direct = self.nginx.is_none();
        let Some(authority) = (if direct { direct_authority(site) } else { Some(public_authority(site)) })
        else {
            return vec![];
        };
        let locations =
            site.service.locations.iter().filter(|location| !direct || location.kind.traits().proxied);
        let endpoint = |location: &Location, path: &str| {
            let traits = location.kind.traits();
            let scheme = if site.tls.is_some() { traits.schemes.1 } else { traits.schemes.0 };
            let path = if direct { location.passed_path(path) } else { path.to_owned() };
            Endpoint {
                site: site.name().to_owned(),
                service: site.service.name.clone(),
                kind: traits.name,
                url: format!("{scheme}://{authority}{path}"),
            }
        };
        let paths = |location: &Location| match location.endpoints.as_slice() {
            [] if location.modifier.is_regex() => {
                vec![format!("/ {} {}", location.modifier.as_str(), location.path.value)]
            }
            [] => vec![location.path.value.clone()],
            endpoints => endpoints.to_vec(),
        };
        locations
            .flat_map(|location| {
                paths(location).into_iter().map(|path| endpoint(location, &path)).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// The name and port in a URL of a site that nginx serves.
fn public_authority(site: &Site) -> String {
    let (port, usual) = if site.tls.is_some() { (site.https_port, 443) } else { (site.http_port, 80) };
    if port == usual { site.name().to_owned() } else { format!("{}:{port}", site.name()) }
}

/// The host and port in a URL of a service that is reached without nginx.
fn direct_authority(site: &Site) -> Option<String> {
    site.direct_address().map(|(host, port)| format!("{host}:{port}"))
}

impl Site {
    /// The host and port at which the service is reached without nginx; a service of this machine is `localhost`.
    pub fn direct_address(&self) -> Option<(&str, u16)> {
        let address = match &self.upstream.value {
            Upstream::One(address) => address,
            Upstream::Group(group) => &group.servers.first()?.address,
        };
        match address {
            Address::Tcp { host, port } if host == "127.0.0.1" => Some(("localhost", *port)),
            Address::Tcp { host, port } => Some((host, *port)),
            Address::Unix(_) => None,
        }
    }
}

impl Location {
    /// The path that reaches the service: without the prefix where nginx would have taken it off.
    pub fn passed_path(&self, path: &str) -> String {
        let stripped =
            self.proxy.strip_prefix && matches!(self.modifier, Modifier::Prefix | Modifier::PrefixFirst);
        match path.strip_prefix(self.path.as_str()).filter(|_| stripped) {
            Some(rest) => format!("/{rest}"),
            None => path.to_owned(),
        }
    }
}
