//! `--resolve` and `--connect`: addresses in place of names, in the syntax of curl.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// `HOST:PORT:ADDRESS`, as curl's `--resolve` takes it: `*` for any host, brackets round an IPv6 address if one likes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolve {
    /// In lower case; none for any.
    host: Option<String>,
    port: u16,
    address: IpAddr,
}

/// The list of them; the first that names the host counts, then the first for any host.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Resolved(pub Vec<Resolve>);

impl FromStr for Resolve {
    type Err = String;

    fn from_str(text: &str) -> Result<Resolve, String> {
        const SHAPE: &str = "write it as `host:port:address`";
        let mut parts = text.splitn(3, ':');
        let (Some(host), Some(port), Some(address)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SHAPE.to_owned());
        };
        if host.is_empty() {
            return Err(SHAPE.to_owned());
        }
        let port = port.parse().map_err(|_| format!("`{port}` is no port; {SHAPE}"))?;
        let bare = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
        let address = bare.parse().map_err(|_| format!("`{address}` is no IP address; {SHAPE}"))?;
        Ok(Resolve { host: (host != "*").then(|| host.to_ascii_lowercase()), port, address })
    }
}

impl fmt::Display for Resolve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.as_deref().unwrap_or("any name");
        write!(f, "port {} of {host} is at {}", self.port, self.address)
    }
}

impl Resolved {
    /// The address given for a host and port, if any.
    pub fn address(&self, host: &str, port: u16) -> Option<IpAddr> {
        let host = host.to_ascii_lowercase();
        let of_port = || self.0.iter().filter(|resolve| resolve.port == port);
        let named = of_port().find(|resolve| resolve.host.as_ref() == Some(&host));
        named.or_else(|| of_port().find(|resolve| resolve.host.is_none())).map(|resolve| resolve.address)
    }
}

#[cfg(test)]
mod tests {
    use super::{Resolve, Resolved};

    #[test]
    fn the_syntax_is_curls() {
        let parsed = |text: &str| text.parse::<Resolve>();
        let all = ["*:443:127.0.0.1", "API.example.com:443:[::1]", "api.example.com:80:2001:db8::1"];
        let list = Resolved(all.map(|text| parsed(text).unwrap()).to_vec());
        let address = |host, port| list.address(host, port).map(|address| address.to_string());
        assert_eq!(address("api.Example.com", 443).as_deref(), Some("::1"));
        assert_eq!(address("ai.example.com", 443).as_deref(), Some("127.0.0.1"));
        assert_eq!(address("api.example.com", 80).as_deref(), Some("2001:db8::1"));
        assert_eq!(address("ai.example.com", 80), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let fault = |text: &str| text.parse::<Resolve>().unwrap_err();
        assert_eq!(fault("a:443"), "write it as `host:port:address`");
        assert_eq!(fault(":443:127.0.0.1"), "write it as `host:port:address`");
        assert_eq!(fault("a:https:127.0.0.1"), "`https` is no port; write it as `host:port:address`");
        assert_eq!(fault("a:443:b"), "`b` is no IP address; write it as `host:port:address`");
    }
}
