//! Which servers share a socket: some of what one of them says counts for all.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Subject;
use crate::nginx::inheritance::{Effective, Setting};
use crate::nginx::routing::{Address, Listen};
use crate::nginx::tree::{Argument, Directive, NodeId};
use crate::nginx::version::Version;

/// An address with a port, and the servers that listen there.
pub(super) struct Socket<'t> {
    pub(super) ports: (u16, u16),
    pub(super) members: Vec<Member<'t>>,
    marked: Option<Directive<'t>>,
    /// Whether connections begin with TLS.
    pub(super) is_tls: bool,
    says_http2: bool,
}

/// A server at a socket.
#[derive(Clone, Copy)]
pub(super) struct Member<'t> {
    pub(super) server: Directive<'t>,
    /// Which of the places where it listens this is.
    at: usize,
    /// Whether its `listen` says that HTTP/2 is spoken, or HTTP/3.
    pub(super) says_http2: bool,
}

/// The sockets of all servers, in the order in which they are first named.
pub(super) fn of<'t>(subject: &Subject<'t>) -> Vec<Socket<'t>> {
    let mut sockets: Vec<Socket<'t>> = Vec::new();
    let mut places: HashMap<(&Address, (u16, u16)), usize> = HashMap::new();
    for server in subject.servers {
        for (at, listen) in subject.listens(*server).iter().enumerate() {
            let place = *places.entry((&listen.address, listen.ports)).or_insert(sockets.len());
            if place == sockets.len() {
                sockets.push(Socket::at(listen.ports));
            }
            sockets[place].take_in(*server, at, listen);
        }
    }
    sockets
}

/// The sockets of each server, with what it is there.
pub(super) fn by_server<'s, 't>(
    sockets: &'s [Socket<'t>],
) -> HashMap<NodeId, Vec<(&'s Socket<'t>, Member<'t>)>> {
    let mut of_server: HashMap<NodeId, Vec<_>> = HashMap::new();
    for socket in sockets {
        for member in &socket.members {
            of_server.entry(member.server.id()).or_default().push((socket, *member));
        }
    }
    of_server
}

impl<'t> Socket<'t> {
    /// Whether HTTP/1.1 is spoken there too, by an nginx before 1.25.1.
    pub(super) fn speaks_http1(&self) -> bool {
        self.is_tls || !self.says_http2
    }

    fn at(ports: (u16, u16)) -> Socket<'t> {
        Socket { ports, members: Vec::new(), marked: None, is_tls: false, says_http2: false }
    }

    fn take_in(&mut self, server: Directive<'t>, at: usize, listen: &Listen) {
        self.members.push(Member { server, at, says_http2: listen.is_http2 });
        self.marked = self.marked.or(Some(server).filter(|_| listen.is_default));
        self.is_tls |= listen.is_tls;
        self.says_http2 |= listen.is_http2;
    }

    /// The server that is marked as the default one.
    pub(super) fn marked(&self) -> Option<Directive<'t>> {
        self.marked
    }

    /// The server that takes what no name decides, if these are all there are.
    pub(super) fn default(&self) -> Directive<'t> {
        self.marked.unwrap_or(self.members[0].server)
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
        self.says_http2
            || version >= Version::HTTP2_DIRECTIVE && is_on(server) && (self.is_tls || is_on(self.default()))
    }
}

impl<'t> Member<'t> {
    /// The `listen` that says so; none where nginx takes port 80 for want of it.
    pub(super) fn listen(self) -> Option<Directive<'t>> {
        self.server.find_all("listen").filter(|listen| Listen::of(*listen).is_some()).nth(self.at)
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
