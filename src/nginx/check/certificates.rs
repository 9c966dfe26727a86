//! Certificates that lack their key, and sockets that lack a certificate (`ngx_http_ssl_init`).

use std::collections::HashMap;
use std::rc::Rc;

use super::Target;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::Context;
use crate::nginx::inheritance::Effective;
use crate::nginx::routing::{Address, Listen};
use crate::nginx::source;
use crate::nginx::tree::{Argument, Directive, NodeId};
use crate::nginx::version::Version;

/// Since when `ssl_trusted_certificate` alone will do for `ssl_verify_client`.
const TRUSTED: Version = Version::new(1, 27, 2);

/// The servers that listen with TLS, by socket.
pub(super) struct Certificates<'t> {
    target: Target,
    sockets: HashMap<(Address, (u16, u16)), Socket<'t>>,
    /// Of servers that say the same, once.
    listens: HashMap<NodeId, Rc<[Listen]>>,
}

struct Socket<'t> {
    default: Directive<'t>,
    is_marked: bool,
    is_tls: bool,
    servers: Vec<Directive<'t>>,
}

impl<'t> Certificates<'t> {
    pub(super) fn new(target: Target) -> Certificates<'t> {
        Certificates { target, sockets: HashMap::new(), listens: HashMap::new() }
    }

    pub(super) fn see(&mut self, server: Directive<'t>, found: &mut Vec<Diagnostic>) {
        let has_certificate = server.find("ssl_certificate").is_some();
        if has_certificate {
            found.extend(self.keyless(server));
        }
        // Which server is the default one is known only when all are read.
        if self.target.top != Context::Main {
            return;
        }
        let kind = server.tree().kind_of(server);
        let listens = Rc::clone(self.listens.entry(kind).or_insert_with(|| Listen::all_of(server).into()));
        if !has_certificate && listens.iter().any(|listen| listen.is_tls) {
            found.extend(self.keyless(server));
        }
        found.extend(self.unverified(server));
        for listen in listens.iter() {
            let socket = self.sockets.entry((listen.address.clone(), listen.ports)).or_insert(Socket {
                default: server,
                is_marked: false,
                is_tls: false,
                servers: Vec::new(),
            });
            socket.servers.push(server);
            socket.is_tls |= listen.is_tls;
            if listen.is_default && !socket.is_marked {
                (socket.default, socket.is_marked) = (server, true);
            }
        }
    }

    fn keyless(&self, server: Directive<'t>) -> Option<Diagnostic> {
        let count = |name| server.find_all(name).count();
        let (certificates, keys) = (count("ssl_certificate"), count("ssl_certificate_key"));
        // As nearly every server has it.
        if certificates > 0 && keys >= certificates {
            return None;
        }
        let settings = Effective::inside(server);
        let certificate = settings.get("ssl_certificate")?.directive();
        let is_short = certificates > 0 && keys > 0;
        if (settings.get("ssl_certificate_key").is_some() && !is_short) || has_includes(server) {
            return None;
        }
        let certificate = server.find_all("ssl_certificate").last().unwrap_or(certificate);
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

    /// Certificates of clients are asked for, and nothing says who may have signed them.
    fn unverified(&self, server: Directive<'t>) -> Option<Diagnostic> {
        if !server.tree().may_hold("ssl_verify_client") {
            return None;
        }
        let settings = Effective::inside(server);
        let verify = settings.get("ssl_verify_client")?;
        let is_set = |name| settings.get(name).is_some();
        let is_open = is_set("ssl_client_certificate")
            || (self.target.version >= TRUSTED && is_set("ssl_trusted_certificate"))
            || !(is_set("ssl_certificate") || is_set("ssl_reject_handshake"))
            || has_includes(server);
        if is_open || !matches!(&*verify.value(), "on" | "optional") {
            return None;
        }
        let message = match self.target.version >= TRUSTED {
            true => "no ssl_client_certificate or ssl_trusted_certificate for ssl_verify_client",
            false => "no ssl_client_certificate for ssl_verify_client",
        };
        Some(
            Diagnostic::error("missing-certificate", message)
                .at(verify.directive().head_span(), "")
                .why("a certificate is held to those that may sign it, and nginx does not start without any")
                .help("add `ssl_client_certificate`, with the certificate of who signs"),
        )
    }

    /// What is passed on over TLS to a server that is to be known by its certificate.
    pub(super) fn pass(&self, pass: Directive<'t>, found: &mut Vec<Diagnostic>) {
        let Some(target) = pass.arg(0).filter(|_| self.target.top == Context::Main) else { return };
        // Which scheme a variable has is not known, so nginx makes ready for TLS.
        let schemes = ["https://", "grpcs://", "suwsgi://"];
        let is_open = target.content().contains('$') && pass.is("proxy_pass");
        let is_tls = match pass.ancestors().any(|block| block.is("stream")) {
            true => speaks_tls(&Effective::inside(pass)),
            false => is_open || schemes.iter().any(|one| target.content().starts_with(one)),
        };
        let name = pass.name();
        let (Some(block), Some(family)) = (pass.parent().filter(|_| is_tls), name.strip_suffix("_pass"))
        else {
            return;
        };
        let settings = Effective::inside(block);
        let faults = [own_keyless(&settings, family), unverified_back_end(&settings, family, pass)];
        let mut faults = faults.into_iter().flatten().peekable();
        // Whether a file is missing is a look through all that stands around.
        if faults.peek().is_some() && !std::iter::once(block).chain(block.ancestors()).any(has_includes) {
            found.extend(faults);
        }
    }

    /// All is read: the default server of a socket with TLS has a certificate, or refuses all handshakes.
    pub(super) fn finish(&self, found: &mut Vec<Diagnostic>) {
        let secure = || self.sockets.values().filter(|socket| socket.is_tls);
        let bare = secure().map(|socket| socket.default).filter(|default| is_bare(*default));
        // Where the default server refuses all handshakes, each of the others needs one.
        let refusing = secure().filter(|socket| refuses(socket.default));
        let others = refusing.flat_map(|socket| &socket.servers).copied().filter(|server| is_bare(*server));
        found.extend(secure().filter_map(|socket| outdated(socket.default)));
        let mut bare: Vec<_> = bare.chain(others).collect();
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
                .at(listen.unwrap_or(server).head_span(), "")
                .why("nginx does not start: whom no name matches would have to be shown a certificate")
                .help("add `ssl_certificate` and `ssl_certificate_key`, or `ssl_reject_handshake on;`")
        }));
    }
}

/// In `stream` a switch says so, not a scheme.
pub(super) fn speaks_tls(settings: &Effective<'_>) -> bool {
    settings.get("proxy_ssl").is_some_and(|set| set.value().eq_ignore_ascii_case("on"))
}

/// `ssl_reject_handshake on` and nothing to show.
fn refuses(server: Directive<'_>) -> bool {
    let settings = Effective::inside(server);
    let refuses = settings.get("ssl_reject_handshake").is_some_and(|setting| setting.value() == "on");
    refuses && settings.get("ssl_certificate").is_none() && !has_includes(server)
}

/// QUIC comes with TLS 1.3, or not at all.
fn outdated(server: Directive<'_>) -> Option<Diagnostic> {
    let listen = server.find_all("listen").find(|listen| listen.args().any(|word| word.is("quic")))?;
    let settings = Effective::inside(server);
    settings.get("ssl_certificate")?;
    let protocols = settings.get("ssl_protocols")?.directive();
    if protocols.args().any(|word| word.value().eq_ignore_ascii_case("TLSv1.3")) {
        return None;
    }
    let message = "\"ssl_protocols\" must enable TLSv1.3 for the \"listen ... quic\" directive";
    Some(
        Diagnostic::error("bad-value", message)
            .at(protocols.head_span(), "")
            .at(listen.head_span(), "for this")
            .why("QUIC speaks no older TLS, and nginx does not start")
            .help("add `TLSv1.3`"),
    )
}

fn is_bare(server: Directive<'_>) -> bool {
    let settings = Effective::inside(server);
    let is_set = |name| settings.get(name).is_some();
    !is_set("ssl_certificate") && !is_set("ssl_reject_handshake") && !has_includes(server)
}

/// A back end is to be known by its certificate, and nothing says who may have signed it.
fn unverified_back_end(settings: &Effective<'_>, family: &str, pass: Directive<'_>) -> Option<Diagnostic> {
    let verify = settings.get(&format!("{family}_ssl_verify"))?;
    let trusted = format!("{family}_ssl_trusted_certificate");
    if verify.value() != "on" || settings.get(&trusted).is_some() {
        return None;
    }
    Some(
        Diagnostic::error("missing-certificate", format!("no {trusted} for {family}_ssl_verify"))
            .at(verify.directive().head_span(), "")
            .at(pass.head_span(), "for this")
            .why("a certificate is held to those that may sign it, and nginx does not start without any")
            .help(format!("add `{trusted} /etc/ssl/certs/ca-certificates.crt;`")),
    )
}

/// The certificate that nginx shows to a back end, without its key.
fn own_keyless(settings: &Effective<'_>, family: &str) -> Option<Diagnostic> {
    let certificate = settings.get(&format!("{family}_ssl_certificate"))?.directive();
    let key = format!("{family}_ssl_certificate_key");
    if settings.get(&key).is_some() {
        return None;
    }
    let path = certificate.arg(0).map(Argument::value).filter(|path| !path.is_empty())?;
    let message = format!("no \"{key}\" is defined for certificate \"{path}\"");
    let fault = Diagnostic::error("missing-certificate-key", message).at(certificate.head_span(), "");
    Some(fault.why("nginx does not start with a certificate that has no key").help(format!("add `{key}`")))
}

/// A file that was not read may set what is missing, in the server or around it.
fn has_includes(server: Directive<'_>) -> bool {
    let unread = |block: Directive<'_>| block.find_all("include").any(source::may_set_tls);
    unread(server) || server.parent().is_some_and(unread)
}
