//! Free ports of the loopback, for what cannot have its own.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket, sockopt};

use super::script::Socket;
use crate::standin;

/// More connections than any run opens at once wait to be taken.
const BACKLOG: i32 = 4096;

/// A port that nobody else is given while this lives.
///
/// It is bound but not listening: with `SO_REUSEADDR`, which nginx sets as well, the kernel lets nginx bind it
/// beside us, and does not hand it to anybody who asks for a free one.
#[derive(Debug)]
pub(super) struct Reserved {
    pub(super) address: SocketAddr,
    _socket: OwnedFd,
}

/// Where a stand-in listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Stand {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl Stand {
    /// As it is written in a `proxy_pass` or a group's `server`.
    pub(super) fn written(&self) -> String {
        match self {
            Stand::Tcp(address) => address.to_string(),
            Stand::Unix(path) => format!("unix:{}", path.display()),
        }
    }

    /// Listens at a free port of the loopback.
    pub(super) fn anywhere() -> io::Result<(Stand, standin::Socket)> {
        let made = made((Ipv4Addr::LOCALHOST, 0).into())?;
        listen(&made, BACKLOG)?;
        let socket = TcpListener::from(made);
        Ok((Stand::Tcp(socket.local_addr()?), standin::Socket::Tcp(socket)))
    }

    /// Listens there.
    pub(super) fn listen(&self) -> io::Result<standin::Socket> {
        match self {
            Stand::Tcp(address) => {
                let made = made(*address)?;
                listen(&made, BACKLOG)?;
                Ok(standin::Socket::Tcp(TcpListener::from(made)))
            }
            Stand::Unix(path) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                Ok(standin::Socket::Unix(UnixListener::bind(path)?))
            }
        }
    }
}

impl Reserved {
    /// A free port of the loopback of the same family.
    pub(super) fn like(socket: &Socket) -> io::Result<Reserved> {
        let is_v6 = matches!(socket, Socket::Ip(SocketAddr::V6(_))) && has_ipv6();
        let ip = if is_v6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() };
        Reserved::at(SocketAddr::new(ip, 0))
    }

    /// A free port of the loopback.
    pub(super) fn new() -> io::Result<Reserved> {
        Reserved::at((Ipv4Addr::LOCALHOST, 0).into())
    }

    fn at(address: SocketAddr) -> io::Result<Reserved> {
        let socket = made(address)?;
        let address = SocketAddr::try_from(getsockname(&socket)?)?;
        Ok(Reserved { address, _socket: socket })
    }
}

/// A bound socket that others may share the port of.
fn made(address: SocketAddr) -> io::Result<OwnedFd> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let made = socket(family, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&made, rustix::io::FdFlags::CLOEXEC)?;
    sockopt::set_socket_reuseaddr(&made, true)?;
    bind(&made, &address)?;
    Ok(made)
}

/// Whether this machine has the loopback of IPv6.
pub(super) fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// A path short enough for a Unix socket, whose addresses have 108 bytes.
pub(super) fn is_short_enough(path: &Path) -> bool {
    path.as_os_str().len() < 108
}

impl fmt::Display for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Socket::Ip(address) => address.fmt(f),
            Socket::Name(name, port) => write!(f, "{name}:{port}"),
            Socket::Unix(path) => write!(f, "unix:{path}"),
        }
    }
}
