//! Addresses with ports, as nginx reads them (`ngx_parse_url`, `ngx_ptocidr`).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::parameters::number;

/// What an address is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// To listen on: a range of ports, or a port alone.
    Listen,
    /// To pass on to, with a path behind it.
    PassWithUri,
    /// To pass on to.
    Pass,
}

/// The room for the path of a Unix socket, with its end (`sun_path`).
const PATH: usize = 108;

/// What nginx says of an address it cannot read; nothing is looked up.
pub(super) fn fault(url: &str, purpose: Use) -> Option<&'static str> {
    let is_unix = url.get(..5).is_some_and(|begin| begin.eq_ignore_ascii_case("unix:"));
    if is_unix {
        let path = &url[5..];
        let path = if purpose == Use::PassWithUri { path.split(':').next().unwrap_or(path) } else { path };
        return match path.len() {
            0 => Some("no path in the unix domain socket"),
            length if length >= PATH => Some("too long path in the unix domain socket"),
            _ => None,
        };
    }
    let without_uri = |ends: &[char]| match url.find(ends) {
        Some(_) if purpose != Use::PassWithUri => Err("invalid host"),
        Some(at) => Ok(&url[..at]),
        None => Ok(url),
    };
    let told = match url.strip_prefix('[') {
        Some(_) => without_uri(&['/']).and_then(|place| v6(place, purpose)),
        None => without_uri(&['/', '?']).and_then(|place| v4(place, purpose)),
    };
    told.err()
}

fn v6(place: &str, purpose: Use) -> Result<(), &'static str> {
    let (host, behind) = place[1..].split_once(']').ok_or("invalid host")?;
    if !behind.is_empty() {
        ports(behind.strip_prefix(':').ok_or("invalid host")?, purpose)?;
    }
    match host {
        "" => Err("no host"),
        _ if host.parse::<Ipv6Addr>().is_err() => Err("invalid IPv6 address"),
        _ => Ok(()),
    }
}

fn v4(place: &str, purpose: Use) -> Result<(), &'static str> {
    let Some((host, behind)) = place.split_once(':') else {
        // To `listen` a number alone is a port.
        let first = place.split('-').next().unwrap_or(place);
        let is_port = place.split_once('-').is_none_or(|(_, last)| number(last).is_some());
        return match place {
            "" => Err("no host"),
            _ if purpose == Use::Listen && is_port && number(first).is_some() => ports(place, purpose),
            _ => named(place, purpose),
        };
    };
    ports(behind, purpose)?;
    named(host, purpose)
}

/// A name may be any, and is looked up when nginx starts; numbers with dots are an address or nothing.
fn named(host: &str, purpose: Use) -> Result<(), &'static str> {
    let parts: Vec<_> = host.split('.').collect();
    let is_sign = |byte: u8| !byte.is_ascii_alphanumeric() && !b".-_".contains(&byte);
    match host {
        "" => Err("no host"),
        // What is passed on to may be an upstream, whose name may be anything.
        _ if purpose == Use::Listen
            && host != "*"
            && (host.starts_with('-') || host.bytes().any(is_sign)) =>
        {
            Err("host not found")
        }
        _ if value_v4(host).is_some() => Ok(()),
        _ if is_numeric(host) && !is_short_v4(&parts) => Err("host not found"),
        _ => Ok(()),
    }
}

/// An address to the system's own reader: the last of fewer than four parts stands for those left out.
fn is_short_v4(parts: &[&str]) -> bool {
    let Some((last, first)) = parts.split_last().filter(|(_, first)| first.len() < 4) else { return false };
    let fits = |part: &str, most: u32| number(part).is_some_and(|part| part <= i64::from(most));
    first.iter().all(|part| fits(part, 255)) && fits(last, u32::MAX >> (8 * first.len()))
}

fn ports(text: &str, purpose: Use) -> Result<(), &'static str> {
    let port = |text: &str| number(text).filter(|port| (1..=65535).contains(port)).ok_or("invalid port");
    match text.split_once('-') {
        Some((first, last)) if purpose == Use::Listen => {
            let last = port(last)?;
            if port(first)? > last { Err("invalid port range") } else { Ok(()) }
        }
        _ => port(text).map(drop),
    }
}

/// Whether it is made of figures and dots, as no name is, and so an address or nothing.
pub(super) fn is_numeric(host: &str) -> bool {
    host.contains('.') && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether it is an address or a network such as `10.0.0.0/8`.
pub(super) fn is_network(text: &str) -> bool {
    let (address, mask) = text.split_once('/').map_or((text, None), |(address, mask)| (address, Some(mask)));
    let bits = if is_v4(address) {
        32
    } else if is_v6(address) {
        128
    } else {
        return false;
    };
    mask.is_none_or(|mask| number(mask).is_some_and(|mask| mask <= bits))
}

/// A network as nginx keeps it: whether it is one of IPv6, its first address and the length of its mask.
pub(super) type Network = (bool, u128, u32);

/// Reads an address or a network, and tells whether the mask leaves out bits that are not zero.
pub(super) fn read_network(text: &str) -> Option<(Network, bool)> {
    let (address, mask) = text.split_once('/').map_or((text, None), |(address, mask)| (address, Some(mask)));
    let (is_v6, value, bits) = match value_v4(address) {
        Some(value) => (false, u128::from(value), 32),
        None => (true, u128::from(address.parse::<Ipv6Addr>().ok()?), 128),
    };
    let length = match mask {
        Some(mask) => u32::try_from(number(mask)?).ok().filter(|length| *length <= bits)?,
        None => bits,
    };
    let low = match bits - length {
        0 => 0,
        128 => u128::MAX,
        left_out => (1 << left_out) - 1,
    };
    Some(((is_v6, value & !low, length), value & low != 0))
}

/// Four numbers, with leading zeros if need be (`ngx_inet_addr`, which knows no `255.255.255.255`).
fn is_v4(text: &str) -> bool {
    text != "255.255.255.255" && value_v4(text).is_some()
}

/// The address as a number.
fn value_v4(text: &str) -> Option<u32> {
    let mut octets = [0_u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        // To nginx nothing between two dots is zero.
        *octet = if part.is_empty() { 0 } else { u8::try_from(number(part)?).ok()? };
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets).into())
}

/// What nginx's own reader takes beyond this is left to it: groups with many zeros.
fn is_v6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
        || (text.split(':').count() > 2
            && text.split(':').any(|group| group.len() > 4)
            && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':'))
}

/// Whether an address has what a stream needs, which knows no default: a port, or a path of a socket.
pub(super) fn has_port(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(v6) => v6.contains("]:"),
        None => text.contains(':'),
    }
}

/// Whether it is an address, perhaps with a port, and no name (`ngx_parse_addr_port`).
pub(super) fn is_bindable(text: &str) -> bool {
    let is_port = |port: &str| number(port).is_some_and(|port| (1..=65535).contains(&port));
    let v6 = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match (v6, text.split_once(':')) {
        (Some((address, rest)), _) => {
            is_v6(address) && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
        }
        (None, Some((address, port))) if is_v4(address) => is_port(port),
        _ => is_v4(text) || is_v6(text),
    }
}

/// The ends of a range of IPv4 addresses, `10.0.0.0-10.0.0.255`.
pub(super) fn range(text: &str) -> Option<(u32, u32)> {
    let (first, last) = text.split_once('-').filter(|(first, last)| is_v4(first) && is_v4(last))?;
    Some((value_v4(first)?, value_v4(last)?))
}
