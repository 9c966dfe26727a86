//! The arguments of `listen` (`ngx_http_core_listen`, `ngx_parse_url`).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::address::{self, Use};
use super::parameters::{self, LISTEN, Read};
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

/// What a server listens on; two are equal when nginx takes them for one socket.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Socket {
    host: Host,
    /// First and last port; none for a Unix socket.
    ports: Option<(u16, u16)>,
    is_quic: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Host {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    Unix(Box<str>),
    Name(Box<str>),
}

/// One `listen`.
pub(super) struct Listen {
    pub(super) socket: Socket,
    pub(super) is_default: bool,
    /// Whether it sets anything of the socket itself, which nginx takes from one `listen` only.
    pub(super) sets_options: bool,
}

/// Words that set the socket itself, by their beginning when they take a value.
const OPTIONS: [&str; 12] = [
    "bind",
    "deferred",
    "reuseport",
    "multipath",
    "setfib=",
    "fastopen=",
    "backlog=",
    "rcvbuf=",
    "sndbuf=",
    "accept_filter=",
    "ipv6only=",
    "so_keepalive=",
];

/// What came with a version.
const SINCE: [(&str, Version); 2] = [("quic", Version::HTTP3), ("multipath", Version::new(1, 29, 7))];

/// Why a `listen` is refused.
pub(super) enum Refused {
    /// The address is none, for this reason.
    Address(&'static str),
    /// The argument of this index is no word of `listen`.
    Parameter(usize),
    /// The argument of this index came with a later version.
    TooNew(usize, Version),
    /// This is said of the value of the argument of this index.
    Value(usize, String),
    /// The argument of this index does not go with `quic`.
    Quic(usize),
    /// The system takes the number before the port for an address, which no machine has.
    Number(Ipv4Addr, u16),
}

/// Words that stand behind the address, and are read as a name in its place.
const NO_ADDRESSES: [&str; 8] =
    ["default_server", "default", "ssl", "http2", "quic", "reuseport", "deferred", "proxy_protocol"];

/// What does not go with `quic`.
const NOT_QUIC: [&str; 7] =
    ["fastopen=", "backlog=", "deferred", "ssl", "http2", "so_keepalive=", "proxy_protocol"];

/// Reads one `listen` for a version of nginx.
pub(super) fn read(directive: Directive<'_>, version: Version) -> Result<Listen, Refused> {
    let mut args = directive.args();
    let address = args.next().map(Argument::value).unwrap_or_default();
    if let Some(reason) = address::fault(&address, Use::Listen) {
        return Err(Refused::Address(reason));
    }
    if (address.contains('$') && !address.starts_with("unix:")) || NO_ADDRESSES.contains(&&*address) {
        return Err(Refused::Address("host not found"));
    }
    let mut socket = socket(&address).ok_or(Refused::Address("invalid port"))?;
    if let (Host::Name(name), Some(port)) = (&socket.host, socket.port())
        && let Some(number) = name.parse().ok().filter(|number| *number < 1 << 24)
    {
        return Err(Refused::Number(Ipv4Addr::from_bits(number), port));
    }
    let (mut is_default, mut sets_options) = (false, false);
    for (index, argument) in args.enumerate() {
        let word = argument.content();
        if let Some((_, since)) = SINCE.into_iter().find(|(name, since)| *name == word && *since > version) {
            return Err(Refused::TooNew(index + 1, since));
        }
        match word {
            "default_server" | "default" => is_default = true,
            "quic" => socket.is_quic = true,
            "ssl" | "http2" | "proxy_protocol" => {}
            _ if is_option(word) => {
                sets_options = true;
                if let Read::Wrong(message) = parameters::read(word, LISTEN) {
                    return Err(Refused::Value(index + 1, message));
                }
            }
            _ => return Err(Refused::Parameter(index + 1)),
        }
    }
    if socket.is_quic
        && let Some(index) = directive.args().position(|word| begins(word.content(), &NOT_QUIC))
    {
        return Err(Refused::Quic(index));
    }
    Ok(Listen { socket, is_default, sets_options })
}

fn is_option(word: &str) -> bool {
    begins(word, &OPTIONS)
}

/// Whether it is one of the words, or begins with one that ends in `=`.
fn begins(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| if known.ends_with('=') { word.starts_with(known) } else { word == *known })
}

pub(super) fn socket(address: &str) -> Option<Socket> {
    if let Some(path) = address.strip_prefix("unix:") {
        return Some(Socket { host: Host::Unix(path.into()), ports: None, is_quic: false });
    }
    let (host, ports) = split(address);
    let ports = Some(ports.map_or(Some((80, 80)), read_ports)?);
    Some(Socket { host: read_host(host), ports, is_quic: false })
}

/// Host and port; a lone number is a port on every address.
fn split(address: &str) -> (&str, Option<&str>) {
    if let Some(end) = address.strip_prefix('[').and_then(|_| address.find(']')) {
        return (&address[..=end], address[end + 1..].strip_prefix(':'));
    }
    match address.rsplit_once(':') {
        Some((host, ports)) => (host, Some(ports)),
        None if address.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
            && !address.starts_with('-') =>
        {
            ("*", Some(address))
        }
        None => (address, None),
    }
}

/// `80` or `8000-8010`.
fn read_ports(text: &str) -> Option<(u16, u16)> {
    let port = |text: &str| text.parse().ok().filter(|port| *port > 0 && !text.starts_with('+'));
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (port(first)?, port(last)?);
    (first <= last).then_some((first, last))
}

fn read_host(host: &str) -> Host {
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if let Some(address) = v6.and_then(|address| address.parse().ok()) {
        return Host::V6(address);
    }
    match host {
        "*" => Host::V4(Ipv4Addr::UNSPECIFIED),
        _ => host.parse().map_or_else(|_| Host::Name(host.to_ascii_lowercase().into()), Host::V4),
    }
}

/// So many ports of a range are told apart.
const MOST_PORTS: u16 = 1000;

impl Socket {
    /// One for each port, as nginx opens them.
    pub(super) fn each(self) -> Vec<Socket> {
        match self.ports {
            Some((first, last)) if last - first < MOST_PORTS => {
                (first..=last).map(|port| Socket { ports: Some((port, port)), ..self.clone() }).collect()
            }
            _ => vec![self],
        }
    }

    /// Its port, or the first of them.
    pub(super) fn port(&self) -> Option<u16> {
        self.ports.map(|(first, _)| first)
    }

    /// What nginx gives a server without any `listen`.
    pub(super) fn implied() -> Socket {
        Socket { host: Host::V4(Ipv4Addr::UNSPECIFIED), ports: Some((80, 80)), is_quic: false }
    }
}

/// As nginx writes it: `0.0.0.0:80`.
impl fmt::Display for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::V4(address) => write!(f, "{address}")?,
            Host::V6(address) => write!(f, "[{address}]")?,
            Host::Unix(path) => write!(f, "unix:{path}")?,
            Host::Name(name) => f.write_str(name)?,
        }
        match self.ports {
            Some((first, last)) if first == last => write!(f, ":{first}"),
            Some((first, last)) => write!(f, ":{first}-{last}"),
            None => Ok(()),
        }
    }
}
