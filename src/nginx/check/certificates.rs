//! Certificates that lack their key, and sockets that lack a certificate (`ngx_http_ssl_init`).

use std::collections::HashMap;

use super::Target;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::Context;
use crate::nginx::inheritance::Effective;
use crate::nginx::routing::{Address, Listen};
use crate::nginx::tree::{Argument, Directive};

/// The servers that listen with TLS, by socket.
pub(super) struct Certificates<'t> {
    target: Target,
    sockets: HashMap<(Address, (u16, u16)), Socket<'t>>,
}

struct Socket<'t> {
    default: Directive<'t>,
    is_marked: bool,
    is_tls: bool,
}

impl<'t> Certificates<'t> {
    pub(super) fn new(target: Target) -> Certificates<'t> {
        Certificates { target, sockets: HashMap::new() }
    }

    pub(super) fn see(&mut self, server: Directive<'t>, found: &mut Vec<Diagnostic>) {
        let is_tls = || Listen::all_of(server).iter().any(|listen| listen.is_tls);
        if server.find("ssl_certificate").is_some() || (self.target.top == Context::Main && is_tls()) {
            found.extend(self.keyless(server));
        }
        // Which server is the default one is known only when all are read.
        if self.target.top != Context::Main {
            return;
        }
        for listen in Listen::all_of(server) {
            let socket = self.sockets.entry((listen.address, listen.ports)).or_insert(Socket {
                default: server,
                is_marked: false,
                is_tls: false,
            });
            socket.is_tls |= listen.is_tls;
            if listen.is_default && !socket.is_marked {
                (socket.default, socket.is_marked) = (server, true);
            }
        }
    }

    fn keyless(&self, server: Directive<'t>) -> Option<Diagnostic> {
        let settings = Effective::inside(server);
        let certificate = settings.get("ssl_certificate")?.directive();
        if settings.get("ssl_certificate_key").is_some() || has_includes(server) {
            return None;
        }
        let path = certificate.arg(0).map(Argument::value)?;
        let message = format!("no \"ssl_certificate_key\" is defined for certificate \"{path}\"");
        let severity = if self.target.top == Context::Main { Severity::Error } else { Severity::Warning };
        let fault =
            Diagnostic::new(severity, "missing-certificate-key", message).at(certificate.head_span(), "");
        Some(
            fault
                .why("nginx does not start with a certificate that has no key")
                .help("add `ssl_certificate_key`"),
        )
    }

    /// All is read: the default server of a socket with TLS has a certificate, or refuses all handshakes.
    pub(super) fn finish(&self, found: &mut Vec<Diagnostic>) {
        let bare = self.sockets.values().filter(|socket| socket.is_tls && is_bare(socket.default));
        let mut bare: Vec<_> = bare.map(|socket| socket.default).collect();
        bare.sort_by_key(|server| server.id());
        bare.dedup();
        found.extend(bare.into_iter().map(|server| {
            let listen =
                server.find_all("listen").find(|listen| Listen::of(*listen).is_some_and(|one| one.is_tls));
            let is_quic = listen.is_some_and(|listen| listen.args().any(|word| word.is("quic")));
            let word = if is_quic { "quic" } else { "ssl" };
            let message =
                format!("no \"ssl_certificate\" is defined for the \"listen ... {word}\" directive");
            Diagnostic::error("missing-certificate", message)
                .at(listen.unwrap_or(server).head_span(), "this server is the default one of its socket")
                .why("nginx does not start: whom no name matches would have to be shown a certificate")
                .help("add `ssl_certificate` and `ssl_certificate_key`, or `ssl_reject_handshake on;`")
        }));
    }
}

fn is_bare(server: Directive<'_>) -> bool {
    let settings = Effective::inside(server);
    let is_set = |name| settings.get(name).is_some();
    !is_set("ssl_certificate") && !is_set("ssl_reject_handshake") && !has_includes(server)
}

/// A file that was not read may set what is missing, in the server or around it.
fn has_includes(server: Directive<'_>) -> bool {
    let unread = |block: Directive<'_>| {
        block.children().any(|child| child.is("include") && child.descendants().next().is_none())
    };
    unread(server) || server.parent().is_some_and(unread)
}
