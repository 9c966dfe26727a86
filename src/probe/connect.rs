//! Where the connections of a probe go.

use std::fmt;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use super::{Resolve, Resolved};

/// `ADDRESS` or `ADDRESS:PORT`: where to connect, whatever the name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Connect {
    address: IpAddr,
    /// None for the port that is asked for.
    port: Option<u16>,
}

/// Finds addresses: those that are given, else those of DNS.
#[derive(Clone, Default, Debug)]
pub struct Resolver {
    /// For single names.
    pub given: Vec<Resolve>,
    /// For all others.
    pub everywhere: Option<Connect>,
}

impl FromStr for Connect {
    type Err = String;

    fn from_str(text: &str) -> Result<Connect, String> {
        let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse() {
            return Ok(Connect { address, port: None });
        }
        let whole: SocketAddr = text
            .parse()
            .map_err(|_| "write an IP address, with `:port` behind it if need be: `[::1]:8443`".to_owned())?;
        Ok(Connect { address: whole.ip(), port: Some(whole.port()) })
    }
}

impl Connect {
    /// Whether it names a port, which then stands for all.
    pub fn names_port(&self) -> bool {
        self.port.is_some()
    }
}

impl fmt::Display for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => SocketAddr::new(self.address, port).fmt(f),
            None => self.address.fmt(f),
        }
    }
}

impl Resolver {
    /// Where a port of a host is found. May block, to ask DNS.
    ///
    /// # Errors
    /// With the reason, in words, when the name leads nowhere.
    pub fn address(&self, host: &str, port: u16) -> Result<SocketAddr, String> {
        if let Some(address) = Resolved(self.given.clone()).address(host, port) {
            return Ok(SocketAddr::new(address, port));
        }
        if let Some(Connect { address, port: other }) = self.everywhere {
            return Ok(SocketAddr::new(address, other.unwrap_or(port)));
        }
        let mut found = (host, port).to_socket_addrs().map_err(|error| format!("`{host}`: {error}"))?;
        found.next().ok_or_else(|| format!("`{host}` has no address"))
    }

    /// The same over IPv6, where the host has such an address. May block, to ask DNS.
    pub fn address_v6(&self, host: &str, port: u16) -> Option<SocketAddr> {
        if self.everywhere.is_some() || Resolved(self.given.clone()).address(host, port).is_some() {
            return self.address(host, port).ok().filter(SocketAddr::is_ipv6);
        }
        (host, port).to_socket_addrs().ok()?.find(SocketAddr::is_ipv6)
    }
}

#[cfg(test)]
mod tests {
    use super::{Connect, Resolver};

    fn connect(text: &str) -> Connect {
        text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"))
    }

    #[test]
    fn an_address_may_have_a_port() {
        for text in ["127.0.0.1", "127.0.0.1:8443", "::1", "[::1]:8443"] {
            assert_eq!(connect(text).to_string(), text);
        }
        assert_eq!(connect("[::1]").to_string(), "::1");
        assert!("example.com".parse::<Connect>().unwrap_err().starts_with("write an IP address"));
    }

    #[test]
    fn a_name_of_its_own_comes_before_the_one_for_all() {
        let resolver = Resolver {
            given: vec!["a.example.com:443:127.0.0.2".parse().unwrap()],
            everywhere: Some(connect("127.0.0.3:8443")),
        };
        let address = |host, port| resolver.address(host, port).map(|address| address.to_string());
        assert_eq!(address("a.example.com", 443).as_deref(), Ok("127.0.0.2:443"));
        assert_eq!(address("a.example.com", 80).as_deref(), Ok("127.0.0.3:8443"));
    }
}
