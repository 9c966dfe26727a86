//! Free ports in place of the ones a site file names.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket, sockopt};

/// Which port stands for which, the same for all files of one nginx.
#[derive(Default, Debug)]
pub(super) struct Ports {
    map: BTreeMap<u16, Reserved>,
}

/// A port nobody else is given while this lives.
///
/// It is bound but not listening: with `SO_REUSEADDR`, which nginx sets as well, the kernel lets nginx bind
/// it beside us, and does not hand it to anybody who asks for a free one.
#[derive(Debug)]
struct Reserved {
    port: u16,
    _socket: OwnedFd,
}

impl Ports {
    /// The free port that stands for `port`.
    pub(super) fn stand_in(&mut self, port: u16) -> u16 {
        self.map.entry(port).or_insert_with(Reserved::new).port
    }

    /// Every pair: what the files say, what stands for it.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (u16, u16)> {
        self.map.iter().map(|(&port, reserved)| (port, reserved.port))
    }
}

impl Reserved {
    fn new() -> Reserved {
        Reserved::try_new().expect("the system has a free port")
    }

    fn try_new() -> rustix::io::Result<Reserved> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        sockopt::set_socket_reuseaddr(&socket, true)?;
        bind(&socket, &SocketAddrV4::new([0, 0, 0, 0].into(), 0))?;
        let address = SocketAddrV4::try_from(getsockname(&socket)?)?;
        Ok(Reserved { port: address.port(), _socket: socket })
    }
}
