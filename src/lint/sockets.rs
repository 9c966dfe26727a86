//! Which servers share a socket: some of what one of them says counts for all.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::nginx::inheritance::{Effective, Setting};
use crate::nginx::routing::{Address, Listen};
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

/// An address with a port, and the servers that listen there.
pub(super) struct Socket<'t> {
    pub(super) ports: (u16, u16),
    pub(super) members: Vec<Member<'t>>,
}

/// A server at a socket.
#[derive(Clone, Copy)]
pub(super) struct Member<'t> {
    pub(super) server: Directive<'t>,
    /// What says so; none where nginx takes port 80 for want of it.
    pub(super) listen: Option<Directive<'t>>,
    is_default: bool,
    is_tls: bool,
}

/// The sockets of these servers, in the order in which they are first named.
pub(super) fn of<'t>(servers: &[Directive<'t>]) -> Vec<Socket<'t>> {
    let mut sockets: Vec<Socket<'t>> = Vec::new();
    let mut places: HashMap<(Address, (u16, u16)), usize> = HashMap::new();
    for server in servers {
        let mut written = server.find_all("listen").filter(|listen| Listen::of(*listen).is_some());
        for Listen { address, ports, is_default, is_tls } in Listen::all_of(*server) {
            let member = Member { server: *server, listen: written.next(), is_default, is_tls };
            let place = *places.entry((address, ports)).or_insert_with(|| {
                sockets.push(Socket { ports, members: Vec::new() });
                sockets.len() - 1
            });
            sockets[place].members.push(member);
        }
    }
    sockets
}

impl<'t> Socket<'t> {
    /// Whether connections begin with TLS.
    pub(super) fn is_tls(&self) -> bool {
        self.members.iter().any(|member| member.is_tls)
    }

    /// The server that is marked as the default one.
    pub(super) fn marked(&self) -> Option<Directive<'t>> {
        self.members.iter().find(|member| member.is_default).map(|member| member.server)
    }

    /// The server that takes what no name decides, if these are all there are.
    pub(super) fn default(&self) -> Directive<'t> {
        self.marked().unwrap_or(self.members[0].server)
    }

    /// The server that is read next to the first one.
    pub(super) fn second(&self) -> Option<Directive<'t>> {
        self.members.iter().map(|member| member.server).find(|server| *server != self.members[0].server)
    }

    /// Whether clients of one of its servers may speak HTTP/2 there. The word in any `listen` counts for all; the directive
    /// for its server, and in clear, where no name is known yet, it takes that of the default one too.
    pub(super) fn speaks_http2(&self, server: Directive<'t>, version: Version) -> bool {
        let is_on = |server| {
            Effective::inside(server).get("http2").is_some_and(|set: Setting<'_>| set.value() == "on")
        };
        self.members.iter().any(Member::says_http2)
            || version >= Version::HTTP2_DIRECTIVE
                && is_on(server)
                && (self.is_tls() || is_on(self.default()))
    }
}

impl Member<'_> {
    /// Whether its `listen` says that HTTP/2 is spoken, or HTTP/3.
    pub(super) fn says_http2(&self) -> bool {
        self.listen
            .is_some_and(|listen| listen.args().skip(1).any(|word| word.is("http2") || word.is("quic")))
    }
}

/// A server as messages call it.
pub(super) fn name_of(server: Directive<'_>) -> Cow<'_, str> {
    let name = server.find("server_name").and_then(|names| names.arg(0)).map(Argument::value);
    match name {
        Some(name) if !name.is_empty() => format!("`{name}`").into(),
        _ => "a server without a name".into(),
    }
}
