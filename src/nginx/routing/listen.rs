//! Where a server listens (`ngx_http_core_listen`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::nginx::tree::Directive;

/// The address of a `listen`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Address {
    /// An address; `0.0.0.0` and `[::]` take what no other address of the port does.
    Ip(IpAddr),
    /// A Unix socket, by its path.
    Unix(String),
    /// A host name, which nginx resolves when it starts.
    Name(String),
}

/// One place a server listens at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listen {
    /// The address.
    pub address: Address,
    /// The first and the last port; 0 for a Unix socket.
    pub ports: (u16, u16),
    /// Whether it takes the requests for names no server of the address has.
    pub is_default: bool,
    /// Whether it speaks TLS.
    pub is_tls: bool,
    /// Whether it says itself that more than HTTP/1.1 is spoken there: HTTP/2, or HTTP/3.
    pub is_http2: bool,
}

impl Listen {
    /// Reads a `listen`; `None` when the address is none.
    pub fn of(listen: Directive<'_>) -> Option<Listen> {
        let place = listen.arg(0)?.value();
        let has = |word: &str| listen.args().skip(1).any(|argument| argument.is(word));
        let (address, ports) = place_of(&place)?;
        let is_default = has("default_server") || has("default");
        let is_tls = has("ssl") || has("quic");
        Some(Listen { address, ports, is_default, is_tls, is_http2: has("http2") || has("quic") })
    }

    /// Where a server listens; without any `listen` that is port 80 of every IPv4 address, when nginx is
    /// started by root.
    pub fn all_of(server: Directive<'_>) -> Vec<Listen> {
        let mut listens = server.find_all("listen").peekable();
        if listens.peek().is_none() {
            let address = Address::Ip(Ipv4Addr::UNSPECIFIED.into());
            return vec![Listen {
                address,
                ports: (80, 80),
                is_default: false,
                is_tls: false,
                is_http2: false,
            }];
        }
        listens.filter_map(Listen::of).collect()
    }

    /// Whether it has this port.
    pub fn has_port(&self, port: u16) -> bool {
        (self.ports.0..=self.ports.1).contains(&port)
    }
}

fn place_of(place: &str) -> Option<(Address, (u16, u16))> {
    if let Some(path) = place.strip_prefix("unix:") {
        return Some((Address::Unix(path.to_owned()), (0, 0)));
    }
    if let Some(ports) = ports_of(place) {
        return Some((Address::Ip(Ipv4Addr::UNSPECIFIED.into()), ports));
    }
    if let Some(rest) = place.strip_prefix('[') {
        let (address, behind) = rest.split_once(']')?;
        let address = address.parse::<Ipv6Addr>().ok()?;
        let ports = if behind.is_empty() { (80, 80) } else { ports_of(behind.strip_prefix(':')?)? };
        return Some((Address::Ip(address.into()), ports));
    }
    let (host, ports) = match place.split_once(':') {
        Some((host, ports)) => (host, ports_of(ports)?),
        None => (place, (80, 80)),
    };
    let address = match (host, host.parse::<Ipv4Addr>()) {
        ("", _) => return None,
        ("*", _) => Address::Ip(Ipv4Addr::UNSPECIFIED.into()),
        (_, Ok(address)) => Address::Ip(address.into()),
        (name, Err(_)) => Address::Name(name.to_ascii_lowercase()),
    };
    Some((address, ports))
}

/// `80` or `8000-8010`.
fn ports_of(text: &str) -> Option<(u16, u16)> {
    let port = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0 && !text.starts_with('+'));
    match text.split_once('-') {
        Some((first, last)) => Some((port(first)?, port(last)?)).filter(|(first, last)| first <= last),
        None => port(text).map(|port| (port, port)),
    }
}
