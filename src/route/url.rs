//! A URL as a user types it, split where nginx and its clients split it.

use crate::diagnostic::{Diagnostic, Words};

/// A URL of a site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Url {
    /// As it was typed.
    pub text: String,
    /// Whether it is asked for over TLS; none where no scheme is given.
    pub is_tls: Option<bool>,
    /// Whether the scheme is `ws` or `wss`.
    pub is_websocket: bool,
    /// The host, in brackets where it is an IPv6 address.
    pub host: String,
    /// The port, where it is given.
    pub port: Option<u16>,
    /// The target of the request line: path and arguments.
    pub target: String,
}

const SCHEMES: [(&str, bool); 6] =
    [("https", true), ("wss", true), ("grpcs", true), ("http", false), ("ws", false), ("grpc", false)];

impl Url {
    /// Reads `wss://name:port/path?arguments`; scheme, port and path may be left out.
    ///
    /// # Errors
    /// When no client would send a request for it.
    pub fn parse(text: &str) -> Result<Url, Diagnostic> {
        let (is_tls, rest) = match text.split_once("://") {
            Some((scheme, rest)) if !scheme.contains(['/', '?', '#']) => (Some(is_tls(text, scheme)?), rest),
            _ => (None, text),
        };
        let is_websocket = ["ws:", "wss:"].iter().any(|scheme| {
            is_tls.is_some() && text.get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme))
        });
        // A client keeps the fragment to itself.
        let rest = rest.split('#').next().unwrap_or(rest);
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        let (host, port) = split_port(text, authority)?;
        Ok(Url { text: text.to_owned(), is_tls, is_websocket, host: host.to_owned(), port, target })
    }
}

fn is_tls(url: &str, scheme: &str) -> Result<bool, Diagnostic> {
    let known = SCHEMES.iter().find(|(known, _)| scheme.eq_ignore_ascii_case(known));
    known.map(|(_, is_tls)| *is_tls).ok_or_else(|| {
        let why = format!("nginx does not serve `{scheme}://`");
        bad(url, why).help("start it with `https://`, `wss://`, `http://` or `ws://`, or with the name")
    })
}

/// The host and the port behind it.
fn split_port<'u>(url: &str, authority: &'u str) -> Result<(&'u str, Option<u16>), Diagnostic> {
    let end_of_host = authority.find(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match authority[end_of_host..].find(':') {
        Some(colon) => (&authority[..end_of_host + colon], Some(&authority[end_of_host + colon + 1..])),
        None => (authority, None),
    };
    let example = "write it as a client would: `wss://api.example.com/ws/`";
    if host.is_empty() {
        return Err(bad(url, "it names no host").help(example));
    }
    let is_odd = |character: char| character.is_whitespace() || character.is_control() || character == '@';
    if host.contains(is_odd) {
        return Err(bad(url, format!("`{host}` is not a host")).help(example));
    }
    let Some(port) = port else { return Ok((host, None)) };
    match port.parse::<u16>() {
        Ok(number) if number > 0 && !port.starts_with('+') => Ok((host, Some(number))),
        _ => Err(bad(url, format!("`{port}` is not a port")).help("a port is a number from 1 to 65535")),
    }
}

fn bad(url: &str, why: impl Into<Words>) -> Diagnostic {
    Diagnostic::error("bad-url", format!("`{url}` is not a URL of a site")).why(why)
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn every_part_but_the_host_may_be_left_out() {
        let parts = |text| {
            let url = Url::parse(text).unwrap();
            (url.is_tls, url.host, url.port, url.target)
        };
        let expected = |tls, host: &str, port, target: &str| (tls, host.to_owned(), port, target.to_owned());
        assert_eq!(parts("WSS://a.org:8443/ws?x=1#f"), expected(Some(true), "a.org", Some(8443), "/ws?x=1"));
        assert_eq!(parts("http://a.org"), expected(Some(false), "a.org", None, "/"));
        assert_eq!(parts("a.org?x=http://b"), expected(None, "a.org", None, "/?x=http://b"));
        assert_eq!(parts("ws://[::1]:81/a"), expected(Some(false), "[::1]", Some(81), "/a"));
    }

    #[test]
    fn what_is_none_is_told_why() {
        let why = |text| Url::parse(text).unwrap_err().why.unwrap();
        assert_eq!(why("ftp://a.org/"), "nginx does not serve `ftp://`");
        assert_eq!(why("https:///path"), "it names no host");
        assert_eq!(why("https://me@a.org/"), "`me@a.org` is not a host");
        assert_eq!(why("a.org:http/"), "`http` is not a port");
    }
}
