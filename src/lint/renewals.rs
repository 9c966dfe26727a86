//! Certificates of Let's Encrypt's, and who answers the challenges when they are renewed.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Subject;
use crate::nginx::routing::{Listen, Locations};
use crate::nginx::tree::{Argument, Directive};

/// The servers with a certificate, by the name they have first.
pub(super) struct Renewals<'s, 't> {
    subject: &'s Subject<'t>,
    secured: HashMap<Cow<'t, str>, Vec<(Directive<'t>, Directive<'t>)>>,
}

impl<'s, 't> Renewals<'s, 't> {
    pub(super) fn of(subject: &'s Subject<'t>) -> Renewals<'s, 't> {
        let mut secured: HashMap<_, Vec<_>> = HashMap::new();
        for server in subject.servers {
            if let (Some(certificate), Some(name)) = (server.find("ssl_certificate"), first_name(*server)) {
                secured.entry(name.value()).or_default().push((*server, certificate));
            }
        }
        Renewals { subject, secured }
    }

    /// The certificate for which challenges are asked of this server, on port 80: that of the server of the same name,
    /// where it hands the `challenge` to a program that knows nothing of it.
    pub(super) fn asked_for_at(&self, server: Directive<'t>, challenge: &str) -> Option<Directive<'t>> {
        if !Listen::all_of(server).iter().any(|listen| listen.has_port(80) && !listen.is_tls) {
            return None;
        }
        let namesakes = self.secured.get(&first_name(server)?.value())?;
        let (other, certificate) = *namesakes.iter().find(|(other, _)| *other != server)?;
        let is_acme = certificate.arg(0).is_some_and(|path| path.value().contains("/letsencrypt/"));
        let is_known = !self.subject.gaps.are_in(other) && !is_of_certbots_plugin(other);
        (is_acme && is_known && passes_on(other, challenge)).then_some(certificate)
    }
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
