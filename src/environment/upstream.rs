//! `upstream:` where a service listens: a port, `host:port`, `unix:/path`, or a group of them.

use super::fields::{Fields, Found, Key, key, one_or_many};
use super::node::{Node, Value, shorten};
use super::scalar::{At, as_written, at, one_of, whole_number};
use super::values::{Time, bad_value, seconds};

/// Keys of an upstream group.
pub(super) const GROUP_KEYS: &[Key] = &[
    key("servers", "list of servers", "where the copies of the service listen"),
    key(
        "balance",
        "`round_robin`, `least_conn`, `ip_hash`, `random`",
        "how requests are spread; `round_robin` when left out",
    ),
    key("keepalive", "number", "idle connections that each nginx worker keeps open to the group"),
];

/// Keys of a server in a group.
pub(super) const SERVER_KEYS: &[Key] = &[
    key("address", "port, `host:port` or `unix:/path`", "where it listens"),
    key("weight", "number", "its share of the requests, 1 when left out"),
    key(
        "max_fails",
        "number",
        "failures before it is left alone for `fail_timeout`; 0 never leaves it alone",
    ),
    key("fail_timeout", "duration", "how long failures count, and how long it is left alone then"),
    key("backup", "`true` or `false`", "used only when all others are down"),
];

/// Where a service listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// One address.
    One(Address),
    /// Several, with balancing.
    Group(Group),
}

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A TCP port of a host.
    Tcp {
        /// Host name, IPv4 address, or IPv6 address in brackets.
        host: String,
        /// From 1 to 65535.
        port: u16,
    },
    /// A Unix socket: an absolute path.
    Unix(String),
}

/// Several servers behind one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// At least one.
    pub servers: Vec<Server>,
    /// How requests are spread.
    pub balance: Balance,
    /// Idle connections kept open per worker.
    pub keepalive: Option<u64>,
}

/// A server of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Where it listens.
    pub address: Address,
    /// Its share.
    pub weight: Option<u64>,
    /// Failures before it is left alone.
    pub max_fails: Option<u64>,
    /// How long failures count.
    pub fail_timeout: Option<Time>,
    /// Used only when all others are down.
    pub backup: bool,
}

/// nginx's balancing methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// In turn; needs no directive.
    RoundRobin,
    /// `least_conn`: to the server with the fewest open connections, right for long-lived streams.
    LeastConn,
    /// `ip_hash`: the same client to the same server.
    IpHash,
    /// `random`.
    Random,
}

const BALANCES: &[(&str, Balance)] = &[
    ("round_robin", Balance::RoundRobin),
    ("least_conn", Balance::LeastConn),
    ("ip_hash", Balance::IpHash),
    ("random", Balance::Random),
];

impl Balance {
    /// The directive that asks for it; none for nginx's default.
    pub fn directive(self) -> Option<&'static str> {
        let word = BALANCES.iter().find(|(_, balance)| *balance == self).map(|(word, _)| *word);
        word.filter(|_| self != Balance::RoundRobin)
    }
}

impl Address {
    /// As nginx writes it in `server` of an upstream: `127.0.0.1:8080` or `unix:/path`.
    pub fn for_server(&self) -> String {
        match self {
            Address::Tcp { host, port } => format!("{host}:{port}"),
            Address::Unix(path) => format!("unix:{path}"),
        }
    }
}

/// Reads `upstream:`.
pub(super) fn upstream(node: &Node, found: &mut Found) -> Option<At<Upstream>> {
    at(node, found, |node, found| match node.value {
        Value::Mapping(_) => group(node, found).map(Upstream::Group),
        _ => address(node, found).map(Upstream::One),
    })
}

fn group(node: &Node, found: &mut Found) -> Option<Group> {
    let fields = Fields::of(node, "an upstream group", &[GROUP_KEYS], found)?;
    let servers = fields
        .required("servers", found, |node, found| one_or_many(node, "a list of servers", found, server));
    let balance =
        fields.optional("balance", found, |node, found| one_of(node, "a balancing method", BALANCES, found));
    let keepalive = fields.optional("keepalive", found, |node, found| {
        whole_number(node, "a number of connections", 1..=65_535, found)
    });
    let group = Group { servers: servers?, balance: balance.unwrap_or(Balance::RoundRobin), keepalive };
    let fault = if group.servers.is_empty() {
        Some("an upstream group without servers")
    } else if group.servers.iter().all(|server| server.backup) {
        Some("an upstream group of backup servers only")
    } else if group.servers.iter().any(|s| s.backup)
        && matches!(group.balance, Balance::IpHash | Balance::Random)
    {
        Some("`backup` does not go with `ip_hash` and `random`")
    } else {
        None
    };
    match fault {
        None => Some(group),
        Some(message) => {
            found.push(bad_value(node, message).why("nginx refuses such an `upstream` block"));
            None
        }
    }
}

fn server(node: &Node, found: &mut Found) -> Option<Server> {
    if !matches!(node.value, Value::Mapping(_)) {
        let address = address(node, found)?;
        return Some(Server { address, weight: None, max_fails: None, fail_timeout: None, backup: false });
    }
    let fields = Fields::of(node, "a server of an upstream", &[SERVER_KEYS], found)?;
    let address = fields.required("address", found, address);
    let number = |from: u64| {
        move |node: &Node, found: &mut Found| whole_number(node, "a count", from..=1_000_000, found)
    };
    let weight = fields.optional("weight", found, number(1));
    let max_fails = fields.optional("max_fails", found, number(0));
    let fail_timeout = fields.optional("fail_timeout", found, seconds);
    let backup = fields.optional("backup", found, super::scalar::truth).unwrap_or(false);
    Some(Server { address: address?, weight, max_fails, fail_timeout, backup })
}

/// Reads one address; a bare port is one of this machine.
pub(super) fn address(node: &Node, found: &mut Found) -> Option<Address> {
    let expected = "a port, `host:port` or `unix:/path`";
    let text = as_written(node, expected, found)?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let port = port(node, found)?;
        return Some(Address::Tcp { host: "127.0.0.1".to_owned(), port });
    }
    match parse_address(text) {
        Ok(address) => Some(address),
        Err(help) => {
            found.push(bad_value(node, format!("`{}` is not {expected}", shorten(text))).help(help));
            None
        }
    }
}

/// A TCP port.
fn port(node: &Node, found: &mut Found) -> Option<u16> {
    let number = whole_number(node, "a port", 1..=65_535, found)?;
    u16::try_from(number).ok()
}

/// A TCP port with its place.
pub(super) fn port_at(node: &Node, found: &mut Found) -> Option<At<u16>> {
    at(node, found, port)
}

fn parse_address(text: &str) -> Result<Address, String> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let rest = rest.trim_end_matches('/');
        return Err(format!("leave the scheme `{scheme}://` out: `{rest}`"));
    }
    if let Some(path) = text.strip_prefix("unix:") {
        let odd = |c: char| c.is_control() || c.is_whitespace() || ":;{}$\"'\\".contains(c);
        return if path.starts_with('/') && path.len() <= 100 && !path.contains(odd) {
            Ok(Address::Unix(path.to_owned()))
        } else {
            Err("a Unix socket is an absolute path of at most 100 plain characters: `unix:/run/app.sock`"
                .into())
        };
    }
    let Some((host, port)) = text.rsplit_once(':').filter(|(host, _)| !host.is_empty()) else {
        return Err(format!("add the port: `{}:8080`", text.trim_matches(':')));
    };
    let port =
        port.parse().ok().filter(|port| *port != 0 && text.as_bytes()[host.len() + 1].is_ascii_digit());
    let port = port.ok_or("the port behind `:` is a whole number from 1 to 65535, with nothing behind it")?;
    if is_host(host) { Ok(Address::Tcp { host: host.to_owned(), port }) } else { Err(host_fault(host)) }
}

fn host_fault(host: &str) -> String {
    if host.parse::<std::net::Ipv6Addr>().is_ok() {
        return format!("write an IPv6 address in brackets: `[{host}]:…`");
    }
    format!("`{}` is neither a host name, an IPv4 address nor an IPv6 address in brackets", shorten(host))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|a| a.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let numeric = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if numeric {
        host.parse::<std::net::Ipv4Addr>().is_ok()
    } else {
        host.len() <= 253 && host.split('.').all(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["app:8080", "10.0.0.1:80", "[::1]:80", "unix:/run/app.sock", "a-b.c_d.e:1"] {
            assert!(parse_address(good).is_ok_and(|address| address.for_server() == good), "{good}");
        }
        for bad in
            ["app", ":80", "app:0", "app:70000", "app:+80", "app:80/", "http://a:80", "::1:80", "1.2.3:80"]
        {
            assert!(parse_address(bad).is_err(), "{bad}");
        }
        for bad in ["a b:80", "a;b:80", "unix:run", "unix:/a b", "-a:80", "a..b:80", "[::g]:80", "é:80"] {
            assert!(parse_address(bad).is_err(), "{bad}");
        }
    }
}
