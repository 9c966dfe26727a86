//! What is offered to clients, held to what it needs.

use crate::diagnostic::Diagnostic;
use crate::environment::fields::Found;
use crate::environment::{Environment, Location, LocationType, Settings, Site};
use crate::nginx::version::Version;

/// Reports what cannot work as it is declared.
pub(super) fn check(environment: &Environment, settings: &Settings, found: &mut Found) {
    for site in &environment.sites {
        if settings.http3 {
            quic_protocols(site, found);
        }
        let grpc = |location: &&Location| location.kind == LocationType::Grpc;
        if let Some(location) = site.service.locations.iter().find(grpc) {
            found.extend(grpc_fault(site, location, settings));
        }
    }
}

/// HTTP/3 is made of TLS 1.3; nginx refuses to listen without it.
fn quic_protocols(site: &Site, found: &mut Found) {
    let Some(tls) = site.tls.as_ref().filter(|tls| !tls.protocols.contains(&"TLSv1.3")) else { return };
    let fault = Diagnostic::error("bad-value", format!("`{}` offers HTTP/3 without TLS 1.3", site.name()));
    let fault = fault.at(site.span, format!("its `protocols` are {}", tls.protocols.join(", ")));
    found
        .push(fault.why("HTTP/3 is made of TLS 1.3").help("add `TLSv1.3` to `protocols`, or delete `http3`"));
}

/// gRPC needs HTTP/2 on the client's side too: nginx would start, and every call fail.
fn grpc_fault(site: &Site, location: &Location, settings: &Settings) -> Option<Diagnostic> {
    let (why, help) = if !settings.http2 && site.tls.is_some() {
        ("gRPC speaks HTTP/2 only, and `http2: false` keeps nginx from offering it", "delete `http2: false`")
    } else if site.tls.is_none() && settings.version.value < Version::HTTP2_DIRECTIVE {
        ("before 1.25.1 nginx speaks either HTTP/2 or HTTP/1.1 on a port in clear", "serve the site with TLS")
    } else {
        return None;
    };
    let message = format!("no client could call gRPC at `{}` of `{}`", location.path.value, site.name());
    let fault = Diagnostic::error("bad-value", message).at(location.path.span, "`type: grpc`");
    Some(fault.at(site.span, "served here").why(why).help(help))
}
