//! Names that would meet: server names that a wildcard covers twice, files, and groups of servers.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::environment::fields::Found;
use crate::environment::{Address, At, Certificates, Environment, ServerName, Site, Upstream};
use crate::text::Span;

/// Reports every pair.
pub(super) fn check(environment: &Environment, found: &mut Found) {
    overlaps(&environment.sites, found);
    files(environment, found);
    groups(&environment.sites, found);
    for site in &environment.sites {
        uncertified(site, found);
    }
}

/// `.a.org` stands for `a.org` and `*.a.org`; nginx warns when one of these is named beside it.
fn overlaps(sites: &[Site], found: &mut Found) {
    let names = || sites.iter().flat_map(|site| &site.server_names);
    let all: HashMap<&str, &At<ServerName>> = names().map(|name| (name.as_str(), name)).collect();
    for dotted in names() {
        let Some(domain) = dotted.as_str().strip_prefix('.') else { continue };
        for other in [domain.to_owned(), format!("*.{domain}")] {
            let Some(other) = all.get(other.as_str()) else { continue };
            let message = format!("`{}` already stands for `{}`", dotted.as_str(), other.as_str());
            let fault = Diagnostic::error("duplicate-server-name", message)
                .at(other.span, "again here")
                .at(dotted.span, "covers it");
            found.push(
                fault
                    .why("nginx would ignore whichever it loads second, with a warning")
                    .help("delete one of the two, or write the apex and `*.` instead of the leading dot"),
            );
        }
    }
}

/// Two sites whose files would have one name.
fn files(environment: &Environment, found: &mut Found) {
    let own = environment.file_name();
    let mut seen: HashMap<String, &At<ServerName>> = HashMap::new();
    for site in &environment.sites {
        let Some(name) = site.server_names.first() else { continue };
        let file = site.file_name();
        if file == own {
            let message = format!("the file of site `{file}` has the name of the environment's own");
            let fault = Diagnostic::error("duplicate-file", message).at(name.span, "");
            found.push(fault.help("name another of its server names first, or rename the environment"));
        }
        if let Some(earlier) = seen.insert(file.clone(), name)
            && earlier.as_str() != name.as_str()
        {
            let message = format!("two sites are written to the file `{file}`");
            let fault = Diagnostic::error("duplicate-file", message);
            let fault = fault.at(name.span, "this one's first name").at(earlier.span, "and this one's");
            found.push(fault.help("name another of its server names first"));
        }
    }
}

/// A host called like another site's group: nginx would take the group for it, and refuse the port.
fn groups(sites: &[Site], found: &mut Found) {
    let groups: HashMap<String, Span> = sites
        .iter()
        .filter(|site| matches!(site.upstream.value, Upstream::Group(_)))
        .map(|site| (site.group_name(), site.upstream.span))
        .collect();
    for site in sites {
        let Upstream::One(Address::Tcp { host, .. }) = &site.upstream.value else { continue };
        if let Some(group) = groups.get(&host.to_ascii_lowercase()) {
            let message = format!("the host `{host}` has the name of a group of servers");
            let fault = Diagnostic::error("bad-value", message).at(site.upstream.span, "this host");
            let fault = fault.at(*group, "nginx-gen gives this group that name");
            found.push(
                fault
                    .why("nginx would take the one for the other, and refuses a group with a port")
                    .help("write the host's IP address, or another of its names"),
            );
        }
    }
}

/// Certbot names its folder after a domain; `a.*` is none.
fn uncertified(site: &Site, found: &mut Found) {
    let Some(name) = site.server_names.first().filter(|name| name.as_str().ends_with(".*")) else { return };
    let Some(tls) = site.tls.as_ref().filter(|_| site.certificate.is_none()) else { return };
    if tls.certificates == Certificates::LetsEncrypt {
        let message = format!("there is no Let's Encrypt certificate for `{}`", name.as_str());
        let fault =
            Diagnostic::error("bad-value", message).at(name.span, "the first name chooses the folder");
        found.push(fault.help("name a full domain first, or give the site a `certificate`"));
    }
}
