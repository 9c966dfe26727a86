//! One nginx that runs the files, and where it is reached.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::guard::Guarded;
use super::program::Program;
use super::script::{Script, Socket};
use super::sockets::Reserved;

/// Far longer than nginx takes to start, on any machine.
const START: Duration = Duration::from_secs(20);

/// An nginx with its folder; it ends, and the folder goes, when this is dropped or this process dies.
#[derive(Debug)]
pub struct Instance {
    guarded: Guarded,
    /// Where a socket is served instead of where the files say.
    moved: BTreeMap<Socket, Reserved>,
    /// Ports that nobody listens at, and nobody may.
    reserved: Vec<Reserved>,
}

impl Instance {
    pub(super) fn new(program: &Program, moved: BTreeMap<Socket, Reserved>) -> anyhow::Result<Instance> {
        let guarded = Guarded::new(|prefix| program.command(prefix));
        let guarded = guarded.context("no folder for this run can be made")?;
        Ok(Instance { guarded, moved, reserved: Vec::new() })
    }

    /// An address where nobody listens as long as this lives.
    pub(super) fn reserve(&mut self) -> std::io::Result<SocketAddr> {
        let reserved = Reserved::new()?;
        let address = reserved.address;
        self.reserved.push(reserved);
        Ok(address)
    }

    /// The folder.
    pub(super) fn prefix(&self) -> &Path {
        self.guarded.folder()
    }

    /// The addresses that stand for others.
    pub(super) fn moved(&self) -> BTreeMap<Socket, SocketAddr> {
        self.moved.iter().map(|(socket, reserved)| (socket.clone(), reserved.address)).collect()
    }

    /// Starts it on what is laid out in its folder.
    pub(super) fn start(&mut self) -> anyhow::Result<()> {
        self.guarded.start().context("the guard of nginx is gone")?;
        let deadline = Instant::now() + START;
        // nginx writes its process id after it has opened its sockets.
        let pid = self.prefix().join("written/nginx.pid");
        while !fs::read_to_string(&pid).is_ok_and(|id| id.ends_with('\n')) {
            if self.guarded.has_ended() || Instant::now() > deadline {
                anyhow::bail!("nginx does not start: {}", self.complaint());
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// The log of errors.
    pub fn error_log(&self) -> PathBuf {
        self.prefix().join("written/error.log")
    }

    /// The access log of sites that name none.
    pub fn access_log(&self) -> PathBuf {
        self.prefix().join("written/access.log")
    }

    fn complaint(&self) -> String {
        let log = fs::read_to_string(self.error_log()).unwrap_or_default();
        log.lines().find(|line| line.contains("[emerg]")).unwrap_or(log.trim()).to_owned()
    }

    /// Where a client finds a port of a server; of any server where none has the name.
    pub(super) fn resolve(&self, script: &Script, name: &str, port: u16) -> Option<SocketAddr> {
        let named = script.servers.iter().filter(|server| server.names.iter().any(|own| own == name));
        let all = script.servers.iter();
        let sockets = named.chain(all).flat_map(|server| &server.sockets);
        let at_port: Vec<&Socket> = sockets.filter(|socket| socket.port() == Some(port)).collect();
        let is_v4 = |socket: &&&Socket| !matches!(socket, Socket::Ip(SocketAddr::V6(_)));
        let socket = at_port.iter().find(is_v4).or_else(|| at_port.first())?;
        Some(self.address_of(socket))
    }

    /// Where a client finds a port of any server over IPv6.
    pub(super) fn resolve_v6(&self, script: &Script, port: u16) -> Option<SocketAddr> {
        let mut sockets = script.servers.iter().flat_map(|server| &server.sockets);
        let is_it =
            |socket: &&Socket| matches!(socket, Socket::Ip(SocketAddr::V6(_))) && socket.port() == Some(port);
        sockets.find(is_it).map(|socket| self.address_of(socket))
    }

    fn address_of(&self, socket: &Socket) -> SocketAddr {
        self.moved.get(socket).map_or_else(|| socket.reached(), |reserved| reserved.address)
    }
}

impl Socket {
    /// Its port; a Unix socket has none.
    fn port(&self) -> Option<u16> {
        match self {
            Socket::Ip(address) => Some(address.port()),
            Socket::Name(_, port) => Some(*port),
            Socket::Unix(_) => None,
        }
    }

    /// Where a client of this machine reaches it.
    fn reached(&self) -> SocketAddr {
        let loopback = IpAddr::from(Ipv4Addr::LOCALHOST);
        match self {
            Socket::Ip(address) if !address.ip().is_unspecified() => *address,
            Socket::Ip(SocketAddr::V6(address)) => (Ipv6Addr::LOCALHOST, address.port()).into(),
            other => (loopback, other.port().unwrap_or(0)).into(),
        }
    }
}
