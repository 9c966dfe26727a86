//! Servers of `stream` and `mail`: what they listen on, and what they cannot do without.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::address::{self, Use};
use super::listen::{Socket, socket};
use super::parameters::{self, LISTEN, Read};
use super::servers::{bad_name, conflict, is_invalid};
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::{Spec, lookup};
use crate::nginx::source;
use crate::nginx::tree::{Argument, Directive, NodeId};
use crate::nginx::version::Version;
use crate::text::Span;

/// Since when servers of `stream` share a socket and are told apart by name.
const NAMES: Version = Version::new(1, 25, 5);

/// Words of `listen` that have no value, in both.
const WORDS: [&str; 3] = ["bind", "ssl", "proxy_protocol"];

/// More of them in `stream`; the others came with names.
const OF_STREAM: [&str; 2] = ["udp", "reuseport"];
const WITH_NAMES: [&str; 4] = ["default_server", "deferred", "setfib=", "accept_filter="];

/// Words with a value that `mail` does not have.
const NOT_OF_MAIL: [&str; 1] = ["fastopen="];

/// What does not go with `udp`.
const NOT_UDP: [&str; 5] = ["backlog=", "ssl", "so_keepalive=", "proxy_protocol", "fastopen="];

const PROTOCOLS: [&str; 3] = ["imap", "pop3", "smtp"];

/// The ports by which `mail` knows a protocol.
const PORTS: [u16; 7] = [25, 110, 143, 465, 587, 993, 995];

/// All sockets so far.
pub(super) struct Streams<'t> {
    version: Version,
    sockets: HashMap<(bool, bool, Socket), (Directive<'t>, Span)>,
    /// By socket, whether it is one of UDP, and name.
    names: HashMap<(bool, Socket, String), (Span, NodeId)>,
}

impl<'t> Streams<'t> {
    pub(super) fn new(version: Version) -> Streams<'t> {
        Streams { version, sockets: HashMap::new(), names: HashMap::new() }
    }

    pub(super) fn server(&mut self, server: Directive<'t>, spec: &Spec, found: &mut Vec<Diagnostic>) {
        let is_mail = spec.module() == "mail_core";
        for listen in server.find_all("listen") {
            self.listen(server, listen, is_mail, found);
        }
        // An unread file, or another module, may have what is missing.
        let is_open =
            server.children().any(|child| source::may_set_tls(child) || lookup(&child.name()).is_empty());
        let missing = if is_open { None } else { self.missing(server, is_mail) };
        found.extend(missing);
        if is_mail {
            found.extend(server.find_all("protocol").filter_map(|protocol| unknown(protocol.arg(0)?)));
        }
    }

    fn missing(&self, server: Directive<'t>, is_mail: bool) -> Option<Diagnostic> {
        let has = |name| server.find(name).is_some();
        let told = |message: &'static str, why, help| {
            let fault = Diagnostic::error("incomplete-server", message).at(server.head_span(), "");
            Some(fault.why(why).help(help))
        };
        if !has("listen") {
            let why = "a server of `stream` or `mail` has no port of its own accord";
            return told("no \"listen\" is defined for server", why, "write for example `listen 12345;`");
        }
        if is_mail {
            let is_known = |listen: Directive<'_>| {
                let port =
                    listen.arg(0).and_then(|address| socket(&address.value())).and_then(|one| one.port());
                port.is_some_and(|port| PORTS.contains(&port))
            };
            if !has("protocol") && !server.find_all("listen").any(is_known) {
                let why = "neither `protocol` nor the port tells which protocol it speaks";
                return told("unknown mail protocol for server", why, "write for example `protocol imap;`");
            }
            let around = server
                .parent()
                .is_none_or(|mail| mail.children().any(|one| one.is("auth_http") || one.is("include")));
            if !has("auth_http") && !around {
                let why = "it asks there who may log in, and which server is theirs";
                let help = "write for example `auth_http 127.0.0.1:9000/auth;`";
                return told("no \"auth_http\" is defined for server", why, help);
            }
        } else if self.version < NAMES && !has("proxy_pass") && !has("return") {
            let why = "nothing says what is to be done with a connection";
            return told("no handler for server", why, "write for example `proxy_pass 127.0.0.1:5353;`");
        }
        bare(server, self.version)
    }

    fn listen(
        &mut self,
        server: Directive<'t>,
        listen: Directive<'t>,
        is_mail: bool,
        found: &mut Vec<Diagnostic>,
    ) {
        let Some(address) = listen.arg(0) else { return };
        let value = address.value();
        if let Some(reason) = address::fault(&value, Use::Listen) {
            let message = format!("{reason} in \"{value}\" of the \"listen\" directive");
            return found.push(bad(address, message));
        }
        let is_udp = listen.args().skip(1).any(|word| word.is("udp"));
        for word in listen.args().skip(1) {
            if let Some(message) = self.word(word.content(), is_mail, is_udp) {
                return found.push(bad(word, message));
            }
        }
        let Some(socket) = socket(&value) else { return };
        if !is_mail && self.version >= NAMES {
            self.called(server, is_udp, &socket, found);
        }
        let shown = socket.to_string();
        let Some((owner, first)) = self.sockets.get(&(is_mail, is_udp, socket.clone())) else {
            self.sockets.insert((is_mail, is_udp, socket), (server, listen.head_span()));
            return;
        };
        let has_names = !is_mail && self.version >= NAMES;
        if has_names && owner.id() != server.id() {
            return;
        }
        let message = match has_names {
            true => format!("a duplicate listen {shown}"),
            false => format!("duplicate \"{shown}\" address and port pair"),
        };
        found.push(
            Diagnostic::error("duplicate-listen", message)
                .at(listen.head_span(), "")
                .at(*first, "the first one")
                .why("one server listens on a socket, once")
                .help("remove one of the two"),
        );
    }

    /// A server whose names another one of the socket has already; without any it has the empty one.
    fn called(&mut self, server: Directive<'t>, is_udp: bool, socket: &Socket, found: &mut Vec<Diagnostic>) {
        let names = server.find_all("server_name").flat_map(Directive::args);
        let (invalid, names): (Vec<_>, Vec<_>) = names.partition(|name| is_invalid(&name.value()));
        found.extend(
            invalid
                .into_iter()
                .map(|name| bad_name(name, format!("server name \"{}\" is invalid", name.value()))),
        );
        let names = names.into_iter().filter(|name| !name.content().starts_with('~'));
        let mut names: Vec<_> = names.map(|name| (name.value().to_ascii_lowercase(), name.span())).collect();
        if server.find("server_name").is_none() {
            names.push((String::new(), server.head_span()));
        }
        for (name, span) in names {
            match self.names.entry((is_udp, socket.clone(), name)) {
                Entry::Vacant(free) => drop(free.insert((span, server.id()))),
                // What a server has twice is looked up only beside others.
                Entry::Occupied(taken) if taken.get().1 == server.id() => {}
                Entry::Occupied(taken) => {
                    found.push(conflict(&taken.key().2, &socket.to_string(), span, taken.get().0));
                }
            }
        }
    }

    /// What nginx says of a word, if anything.
    fn word(&self, word: &str, is_mail: bool, is_udp: bool) -> Option<String> {
        let begins = |words: &[&str]| {
            words.iter().any(|one| if one.ends_with('=') { word.starts_with(one) } else { word == *one })
        };
        if is_udp && begins(&NOT_UDP) {
            let name = word.split('=').next().unwrap_or_default();
            return Some(format!("\"listen\" directive \"{name}\" parameter is incompatible with \"udp\""));
        }
        let is_word = begins(&WORDS)
            || (!is_mail && begins(&OF_STREAM))
            || (!is_mail && self.version >= NAMES && begins(&WITH_NAMES));
        if is_word {
            return None;
        }
        match parameters::read(word, LISTEN) {
            Read::Right if !(is_mail && begins(&NOT_OF_MAIL)) => None,
            Read::Wrong(message) if !(is_mail && begins(&NOT_OF_MAIL)) => Some(message),
            _ if self.version < NAMES => Some(format!("the invalid \"{word}\" parameter")),
            _ => Some(format!("invalid parameter \"{word}\"")),
        }
    }
}

/// Speaks TLS without a certificate. In a part of a configuration, one may be set around it.
fn bare(server: Directive<'_>, version: Version) -> Option<Diagnostic> {
    let around = server.parent()?;
    let has = |name: &str| {
        around.find_all("include").any(source::may_set_tls)
            || server.find(name).or_else(|| around.find(name)).is_some()
    };
    let is_tls = |listen: &Directive<'_>| listen.args().any(|word| word.is("ssl"));
    let listen = server.find_all("listen").find(is_tls);
    let starttls = server.find("starttls").filter(|one| one.arg(0).is_some_and(|word| !word.is("off")));
    let on = server.find("ssl").filter(|one| one.arg(0).is_some_and(|word| word.is("on")));
    let tls = match (listen, starttls, on) {
        (Some(listen), ..) => Some((listen, "listen ... ssl")),
        (None, Some(starttls), _) => Some((starttls, "starttls")),
        (None, None, Some(on)) => Some((on, "ssl")),
        (None, None, None) => None,
    };
    let certificate = server.find("ssl_certificate").or_else(|| around.find("ssl_certificate"));
    if let Some(certificate) = certificate.filter(|_| !has("ssl_certificate_key")) {
        return keyless(certificate, tls.map(|(_, what)| what), version);
    }
    let (place, what) = tls?;
    if has("ssl_certificate") || has("ssl_reject_handshake") {
        return None;
    }
    let message = format!("no \"ssl_certificate\" is defined for the \"{what}\" directive");
    let fault = Diagnostic::error("missing-certificate", message).at(place.head_span(), "");
    Some(fault.why("without one nobody can speak TLS with it").help("add `ssl_certificate` and its key"))
}

/// A certificate without its key; before servers had names only where TLS is spoken with it.
fn keyless(certificate: Directive<'_>, tls: Option<&str>, version: Version) -> Option<Diagnostic> {
    let is_of_stream = certificate.ancestors().any(|block| block.is("stream"));
    let message = match tls {
        _ if is_of_stream && version >= NAMES => {
            let path = certificate.arg(0).map(Argument::value)?;
            format!("no \"ssl_certificate_key\" is defined for certificate \"{path}\"")
        }
        Some(what) => format!("no \"ssl_certificate_key\" is defined for the \"{what}\" directive"),
        None => return None,
    };
    let fault = Diagnostic::error("missing-certificate-key", message).at(certificate.head_span(), "");
    Some(
        fault
            .why("nginx does not start with a certificate that has no key")
            .help("add `ssl_certificate_key`"),
    )
}

fn unknown(protocol: Argument<'_>) -> Option<Diagnostic> {
    let value = protocol.value();
    if PROTOCOLS.contains(&&*value) {
        return None;
    }
    let fault = Diagnostic::error("bad-value", format!("unknown protocol \"{value}\""));
    Some(
        fault
            .at(protocol.span(), "")
            .why("`mail` speaks `imap`, `pop3` and `smtp`")
            .help("write one of these"),
    )
}

fn bad(argument: Argument<'_>, message: String) -> Diagnostic {
    Diagnostic::error("bad-listen", message)
        .at(argument.span(), "")
        .why("`listen` takes an address with a port, and words of its own in `stream` and in `mail`")
        .help("write for example `listen 12345;` or `listen 127.0.0.1:53 udp;`")
}
