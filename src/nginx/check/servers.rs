//! Servers together: which sockets they share, and which names they fight over.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::hashes::Hashes;
use super::listen::{Listen, Refused, Socket, read};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::routing::Pattern;
use crate::nginx::tree::{Argument, Directive, NodeId};
use crate::nginx::version::Version;
use crate::text::Span;

/// What all servers so far listen on and are called.
#[derive(Default)]
pub(super) struct Servers<'t> {
    sockets: HashMap<Socket, usize>,
    shared: Vec<Shared<'t>>,
    /// By socket and name: where it stands, and the server it is of.
    names: HashMap<(usize, Cow<'t, str>), (Span, Option<NodeId>)>,
    /// Names that a server has twice, by socket: only tables of names tell.
    doubled: Vec<(usize, Diagnostic)>,
    /// Names that no table takes, by socket.
    unfit: Vec<(usize, Argument<'t>)>,
    /// Of the server at hand.
    listens: Vec<(usize, Directive<'t>)>,
    called: Vec<Argument<'t>>,
    server: Option<Directive<'t>>,
}

/// What only one `listen` of a socket may say.
#[derive(Default)]
struct Shared<'t> {
    default: Option<Directive<'t>>,
    options: Option<Directive<'t>>,
    /// The first server of the socket, and how many there are.
    first: Option<Directive<'t>>,
    servers: usize,
    /// Whether the server that takes the rest has a regex with groups among its names.
    captures: bool,
}

impl<'t> Servers<'t> {
    pub(super) fn open(&mut self, server: Directive<'t>) {
        self.server = Some(server);
        self.listens.clear();
        self.called.clear();
    }

    pub(super) fn listen(&mut self, directive: Directive<'t>, version: Version, found: &mut Vec<Diagnostic>) {
        let listen = match read(directive, version) {
            Ok(listen) => listen,
            Err(refused) => return found.push(told_refused(directive, &refused)),
        };
        // Of a range the first port that does not fit is told, as nginx does.
        let Listen { socket, is_default, sets_options } = listen;
        let told = socket.each().into_iter().map(|socket| {
            let id = self.socket(socket);
            self.shares(id, directive, is_default, sets_options)
        });
        found.extend(told.flatten().take(1).collect::<Vec<_>>());
    }

    /// Takes a socket for the server at hand, and says what two `listen` of it cannot both have.
    fn shares(
        &mut self,
        id: usize,
        directive: Directive<'t>,
        is_default: bool,
        sets_options: bool,
    ) -> Vec<Diagnostic> {
        if let Some((_, first)) = self.listens.iter().find(|(seen, _)| *seen == id) {
            let message = format!("a duplicate listen {}", self.shown(id));
            let why = "a server listens on a socket once";
            return vec![twice("duplicate-listen", message, directive, *first, why)];
        }
        self.listens.push((id, directive));
        let mut found = Vec::new();
        if is_default && let Some(first) = self.shared[id].default.replace(directive) {
            let message = format!("a duplicate default server for {}", self.shown(id));
            let why = "one server takes the requests that no name matches";
            found.push(twice("duplicate-default-server", message, directive, first, why));
        }
        if sets_options && let Some(first) = self.shared[id].options.replace(directive) {
            let message = format!("duplicate listen options for {}", self.shown(id));
            let why = "options of a socket are set in one `listen` only";
            found.push(twice("duplicate-listen", message, directive, first, why));
        }
        found
    }

    pub(super) fn names(&mut self, directive: Directive<'t>) {
        self.called.extend(directive.args());
    }

    /// The server is read: its names go to each of its sockets.
    pub(super) fn close(&mut self, found: &mut Vec<Diagnostic>) {
        if self.listens.is_empty()
            && let Some(server) = self.server
        {
            let id = self.socket(Socket::implied());
            self.listens.push((id, server));
        }
        let (called, listens) = (std::mem::take(&mut self.called), std::mem::take(&mut self.listens));
        let captures =
            called.iter().rfind(|name| name.content().starts_with('~')).is_some_and(|name| captures(*name));
        for (id, directive) in &listens {
            let shared = &mut self.shared[*id];
            shared.servers += 1;
            let is_first = shared.first.is_none();
            shared.first.get_or_insert(*directive);
            if shared.default.map_or(is_first, |default| default.id() == directive.id()) {
                shared.captures = captures;
            }
        }
        if called.is_empty()
            && let Some(server) = self.server
        {
            for (id, _) in &listens {
                self.claim(*id, Cow::Borrowed(""), server.head_span(), found);
            }
        }
        for argument in &called {
            let name = argument.value();
            if is_invalid(&name) {
                found.push(bad_name(*argument, format!("server name \"{name}\" is invalid")));
            } else if is_unfit(&name) {
                self.unfit.extend(listens.iter().map(|(id, _)| (*id, *argument)));
            } else if !name.starts_with('~') {
                let name = lower(name);
                for (id, _) in &listens {
                    self.claim(*id, name.clone(), argument.span(), found);
                }
            }
        }
        // Kept for their room: the next server clears them.
        (self.called, self.listens) = (called, listens);
        self.server = None;
    }

    /// All is read. nginx looks names up only where a socket has several servers; those with a star are in tables of
    /// their own, of one label each.
    pub(super) fn finish(&self, hashes: &Hashes, found: &mut Vec<Diagnostic>) {
        for (socket, name) in &self.unfit {
            if self.has_tables(*socket) {
                let (name, span, socket) = (name.value(), *name, self.shown(*socket));
                found.push(bad_name(span, format!("invalid server name or wildcard \"{name}\" on {socket}")));
            }
        }
        let doubled = self.doubled.iter().filter(|(socket, _)| self.has_tables(*socket));
        found.extend(doubled.map(|(_, fault)| fault.clone()));
        let mut sockets: Vec<Vec<(&str, Span)>> = vec![Vec::new(); self.shared.len()];
        for ((socket, name), (span, _)) in &self.names {
            if self.shared[*socket].servers > 1 && !name.contains('*') && !name.starts_with('.') {
                sockets[*socket].push((name, *span));
            }
        }
        for (names, shared) in sockets.iter_mut().zip(&self.shared) {
            names.sort_by_key(|(_, span)| (span.file, span.start));
            if let Some(first) = shared.first {
                hashes.server_names(names, first.head_span(), found);
            }
        }
    }

    /// Gives a name to this server on a socket, if no earlier one has it.
    fn claim(&mut self, socket: usize, name: Cow<'t, str>, span: Span, found: &mut Vec<Diagnostic>) {
        let server = self.server.map(Directive::id);
        match self.names.entry((socket, name)) {
            Entry::Vacant(free) => drop(free.insert((span, server))),
            Entry::Occupied(taken) => {
                let (name, (first, owner)) = (taken.key().1.clone(), *taken.get());
                let fault = conflict(&name, &self.shown(socket), span, first);
                if owner == server {
                    let why = "nginx warns at every start and reload: this server has the name already";
                    self.doubled.push((socket, fault.why(why)));
                } else {
                    found.push(fault);
                }
            }
        }
    }

    /// Whether names are looked up at a socket: a server alone takes every name.
    fn has_tables(&self, socket: usize) -> bool {
        self.shared[socket].servers > 1 || self.shared[socket].captures
    }

    /// A socket as nginx writes it; only faults ask.
    fn shown(&self, id: usize) -> String {
        let socket = self.sockets.iter().find(|(_, seen)| **seen == id);
        socket.map(|(socket, _)| socket.to_string()).unwrap_or_default()
    }

    fn socket(&mut self, socket: Socket) -> usize {
        let next = self.shared.len();
        let id = *self.sockets.entry(socket).or_insert(next);
        if id == next {
            self.shared.push(Shared::default());
        }
        id
    }
}

/// nginx compares names in lower case.
pub(super) fn lower(name: Cow<'_, str>) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name }
}

/// What `server_name` itself refuses (`ngx_http_core_server_name`).
pub(super) fn is_invalid(name: &str) -> bool {
    match name.as_bytes() {
        [b'*' | b'.'] | [b'*', _] => true,
        [b'*', second, ..] => *second != b'.',
        _ => false,
    }
}

/// What a table of names refuses: a star that stands for no whole label, first or last, and two dots in a row
/// (`ngx_hash_add_key`).
pub(super) fn is_unfit(name: &str) -> bool {
    if name.starts_with('~') {
        return false;
    }
    let stars = name.bytes().filter(|byte| *byte == b'*').count();
    let is_whole =
        name.starts_with('.') || (name.len() > 2 && (name.starts_with("*.") || name.ends_with(".*")));
    stars > 1 || (stars == 1 && !is_whole) || name.contains("..") || name.contains('\0')
}

/// Whether the regex of a name has a group that captures.
fn captures(name: Argument<'_>) -> bool {
    let value = name.value();
    value.contains('(') && Pattern::compile(&value[1..], false).is_ok_and(|regex| regex.groups() > 0)
}

pub(super) fn bad_name(argument: Argument<'_>, message: String) -> Diagnostic {
    Diagnostic::error("bad-server-name", message)
        .at(argument.span(), "")
        .why("`*` stands for whole labels, at the beginning or at the end, once")
        .help("write `*.example.org` or `www.example.*`, or a regex after `~`")
}

pub(super) fn conflict(name: &str, socket: &str, second: Span, first: Span) -> Diagnostic {
    let message = format!("conflicting server name \"{name}\" on {socket}, ignored");
    Diagnostic::new(Severity::Warning, "conflicting-server-name", message)
        .at(second, "")
        .at(first, "this one is used")
        .why("nginx starts all the same, and the second server never sees a request by this name")
        .help("remove one of the two")
}

fn twice(
    code: &'static str,
    message: String,
    second: Directive<'_>,
    first: Directive<'_>,
    why: &'static str,
) -> Diagnostic {
    Diagnostic::error(code, message)
        .at(second.head_span(), "")
        .at(first.head_span(), "the first one")
        .why(why)
        .help("remove one of the two")
}

fn told_refused(directive: Directive<'_>, refused: &Refused) -> Diagnostic {
    let shown =
        |index| directive.arg(index).map(|argument: Argument<'_>| argument.value()).unwrap_or_default();
    let span = |index| directive.arg(index).map_or(directive.head_span(), Argument::span);
    match refused {
        Refused::Address(reason) => {
            let message = format!("{reason} in \"{}\" of the \"listen\" directive", shown(0));
            let fault = Diagnostic::error("bad-listen", message).at(span(0), "");
            fault
                .why("`listen` takes an address, a port from 1 to 65535, or both with a colon between")
                .help("write `listen 80;` or `listen 127.0.0.1:8080;`")
        }
        Refused::Value(index, message) => {
            let fault = Diagnostic::error("bad-listen", message.clone()).at(span(*index), "");
            fault.why("nginx cannot read the value").help("mend the value, or remove it")
        }
        Refused::Quic(index) => {
            let word = shown(*index);
            let name = word.split('=').next().unwrap_or_default();
            let message = format!("\"{name}\" parameter is incompatible with \"quic\"");
            let fault = Diagnostic::error("bad-listen", message).at(span(*index), "");
            fault
                .why("QUIC brings its own TLS and its own connections")
                .help("write a second `listen` with it, for TCP, beside the one with `quic`")
        }
        Refused::Parameter(index) => {
            let message = format!("invalid parameter \"{}\"", shown(*index));
            let fault = Diagnostic::error("bad-listen", message).at(span(*index), "");
            fault.why("`listen` knows no such word").help("remove it, or check for a missing `;`")
        }
        Refused::Number(address, port) => {
            let message = format!("bind() to {address}:{port} failed (99: Cannot assign requested address)");
            let fault = Diagnostic::error("bad-listen", message).at(span(0), "");
            fault
                .why("before the colon stands an address, and this number is one that no machine has")
                .help(format!("write the port that nginx is to listen on alone, such as `listen {port};`"))
        }
        Refused::TooNew(index, since) => {
            let message = format!("invalid parameter \"{}\"", shown(*index));
            let fault = Diagnostic::error("bad-listen", message).at(span(*index), "");
            fault
                .why(format!("`listen` knows it since nginx {since}"))
                .help("remove it, or target a later nginx")
        }
    }
}
