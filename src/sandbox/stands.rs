//! Where the stand-ins of the back ends listen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::isolation::Isolation;
use super::places::Places;
use super::script::{Script, Socket as Served, What};
use super::sockets::{Stand, is_short_enough};
use crate::standin::Socket;

/// Where names of hosts are looked up first.
pub(super) const HOSTS: &str = "/etc/hosts";

/// A back end that is played.
#[derive(Debug)]
pub(super) struct Played {
    /// Where its stand-in listens.
    pub(super) stand: Stand,
    /// Its socket, where the files must name another place than they do: a free port is only free while it is held.
    pub(super) exchanged: Option<Socket>,
}

/// Every path that nginx finds or makes.
pub(super) fn paths(script: &Script) -> impl Iterator<Item = &str> {
    let spots = script.spots().filter_map(|spot| match &spot.what {
        What::Needed(path, _)
        | What::Written(path)
        | What::Served(path)
        | What::Listen(Served::Unix(path)) => Some(path.as_str()),
        What::BackEnd(address) => address.strip_prefix("unix:"),
        What::Listen(_) | What::NoListen | What::Patience(_) => None,
    });
    spots.chain(has_names(script).then_some(HOSTS))
}

/// A stand-in for each back end.
pub(super) fn of(
    script: &Script,
    places: &Places,
    isolation: &Isolation,
) -> std::io::Result<BTreeMap<String, Played>> {
    let mut all = BTreeMap::new();
    for address in addresses(script) {
        let own = match isolation {
            Isolation::Namespaces => as_rendered(address, script, places),
            Isolation::Rewrite(_) => None,
        };
        let played = if let Some(stand) = own {
            Played { stand, exchanged: None }
        } else {
            let (stand, socket) = Stand::anywhere()?;
            Played { stand, exchanged: Some(socket) }
        };
        all.insert(address.to_owned(), played);
    }
    Ok(all)
}

/// The names and their addresses, as a file of hosts; `None` where no name is used.
pub(super) fn hosts(script: &Script) -> Option<String> {
    has_names(script).then(|| {
        let lines =
            names(script).into_iter().enumerate().map(|(index, name)| format!("{} {name}\n", host(index)));
        format!("127.0.0.1 localhost\n{}", lines.collect::<String>())
    })
}

/// The addresses that this machine's loopback must have beside its own.
pub(super) fn foreign_addresses(script: &Script) -> BTreeSet<IpAddr> {
    let listened = script.spots().filter_map(|spot| match &spot.what {
        What::Listen(Served::Ip(address)) => Some(address.ip()),
        _ => None,
    });
    let passed =
        addresses(script).filter_map(|address| address.parse::<SocketAddr>().ok()).map(|one| one.ip());
    listened.chain(passed).filter(|ip| !ip.is_unspecified() && !ip.is_loopback()).collect()
}

/// The back ends, as the files name them.
fn addresses(script: &Script) -> impl Iterator<Item = &str> {
    script.spots().filter_map(|spot| match &spot.what {
        What::BackEnd(address) => Some(address.as_str()),
        _ => None,
    })
}

/// The place a back end's stand-in has in namespaces, where nothing else listens.
fn as_rendered(address: &str, script: &Script, places: &Places) -> Option<Stand> {
    if let Some(path) = address.strip_prefix("unix:") {
        let path = places.moved(path).is_none().then(|| PathBuf::from(path))?;
        return is_short_enough(&path).then_some(Stand::Unix(path));
    }
    if let Ok(address) = address.parse() {
        return Some(Stand::Tcp(address));
    }
    let (name, port) = address.rsplit_once(':')?;
    let index = names(script).iter().position(|one| *one == name);
    let ip = if name == "localhost" { Ipv4Addr::LOCALHOST } else { host(index?) };
    places.moved(HOSTS).is_none().then_some(Stand::Tcp((ip, port.parse().ok()?).into()))
}

/// The names of hosts that the files use, `localhost` aside.
fn names(script: &Script) -> BTreeSet<&str> {
    let back_ends = addresses(script)
        .filter(|address| !address.starts_with("unix:") && address.parse::<SocketAddr>().is_err())
        .filter_map(|address| Some(address.rsplit_once(':')?.0));
    let listens = script.spots().filter_map(|spot| match &spot.what {
        What::Listen(Served::Name(name, _)) => Some(name.as_str()),
        _ => None,
    });
    back_ends.chain(listens).filter(|name| *name != "localhost").collect()
}

fn has_names(script: &Script) -> bool {
    let is_named = |address: &str| !address.starts_with("unix:") && address.parse::<SocketAddr>().is_err();
    !names(script).is_empty() || addresses(script).any(is_named)
}

/// Another address of the loopback for each name, so that they may share ports.
fn host(index: usize) -> Ipv4Addr {
    let number = u32::try_from(index + 1).unwrap_or(1) & 0x00ff_ffff;
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 0)) + number)
}
