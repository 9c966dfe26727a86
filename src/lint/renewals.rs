//! Certificates of Let's Encrypt's, and who answers the challenges when they are renewed.

use std::collections::HashMap;

use super::Subject;
use crate::nginx::routing::Locations;
use crate::nginx::tree::{Argument, Directive, NodeId};

/// The servers with a certificate of Let's Encrypt's that hand its challenge to a program that knows nothing of it, by the
/// name they have first.
pub(super) struct Renewals {
    secured: HashMap<String, Vec<Secured>>,
}

struct Secured {
    server: NodeId,
    certificate: NodeId,
}

impl Renewals {
    pub(super) fn of(subject: &Subject<'_>) -> Renewals {
        let mut secured: HashMap<String, Vec<Secured>> = HashMap::new();
        // Servers that say the same hand on the same.
        let mut kinds = HashMap::new();
        for server in subject.servers {
            let hands_on = || {
                let certificate = server.find("ssl_certificate").filter(|certificate| is_acme(*certificate));
                certificate.is_some() && !is_of_certbots_plugin(*server) && passes_on(*server, CHALLENGE)
            };
            if !*kinds.entry(subject.tree.kind_of(*server)).or_insert_with(hands_on)
                || subject.gaps.are_in(*server)
            {
                continue;
            }
            if let (Some(certificate), Some(name)) = (server.find("ssl_certificate"), first_name(*server)) {
                let one = Secured { server: server.id(), certificate: certificate.id() };
                secured.entry(name.value().into_owned()).or_default().push(one);
            }
        }
        Renewals { secured }
    }

    /// The certificate for which challenges are asked of this server, on port 80: that of the server of the same name.
    pub(super) fn asked_for_at<'t>(
        &self,
        subject: &Subject<'t>,
        server: Directive<'t>,
    ) -> Option<Directive<'t>> {
        let namesakes = self.secured.get(&*first_name(server)?.value())?;
        let other = namesakes.iter().find(|one| one.server != server.id())?;
        Some(subject.tree.directive(subject.sources, other.certificate))
    }
}

/// A path that is asked for when a certificate is renewed.
const CHALLENGE: &str = "/.well-known/acme-challenge/token";

fn is_acme(certificate: Directive<'_>) -> bool {
    certificate.arg(0).is_some_and(|path| path.value().contains("/letsencrypt/"))
}

/// Whether a server hands a path to somebody else, rather than to look for its file in a folder.
fn passes_on(server: Directive<'_>, path: &str) -> bool {
    let place = Locations::taker_of(server, path.as_bytes());
    place.is_some_and(|location| location.children().any(|one| one.name().ends_with("_pass")))
}

/// Whether certbot's plugin for nginx looks after a server: it answers challenges before anything else does.
fn is_of_certbots_plugin(server: Directive<'_>) -> bool {
    let mut includes = server.find_all("include").filter_map(|include| include.arg(0));
    includes.any(|target| target.value().ends_with("options-ssl-nginx.conf"))
}

fn first_name(server: Directive<'_>) -> Option<Argument<'_>> {
    server.find("server_name")?.arg(0)
}
