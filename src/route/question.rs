//! The request that is asked about.

use std::str::FromStr;

use serde::Serialize;

use super::url::Url;

/// A request for a URL.
#[derive(Clone, Debug)]
pub struct Question {
    /// The URL.
    pub url: Url,
    /// The method.
    pub method: Method,
    /// The headers that are given.
    pub headers: Vec<Header>,
}

/// A request method as nginx takes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Method(String);

impl Method {
    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Method, String> {
        let is_read = |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-');
        match !text.is_empty() && text.bytes().all(is_read) {
            true if matches!(text, "TRACE" | "CONNECT") => {
                Err(format!("nginx refuses `{text}` wherever it is sent"))
            }
            true => Ok(Method(text.to_owned())),
            false => Err("nginx answers 400 to such a method; write it in capitals, as `POST`".to_owned()),
        }
    }
}

/// A header of a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl FromStr for Header {
    type Err = String;

    fn from_str(text: &str) -> Result<Header, String> {
        let Some((name, value)) = text.split_once(':') else {
            return Err("write it as a client sends it: `Name: value`".to_owned());
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err(format!("`{name}` is no name of a header"));
        }
        if name.contains(|one: char| !one.is_ascii_alphanumeric() && one != '-') {
            return Err(format!(
                "nginx drops `{name}`: it reads letters, digits and `-` in names of headers"
            ));
        }
        if name.eq_ignore_ascii_case("host") {
            return Err("the host is that of the URL; write it there".to_owned());
        }
        Ok(Header { name: name.to_owned(), value: value.trim_matches([' ', '\t']).to_owned() })
    }
}

impl Question {
    /// A `GET` without headers of its own.
    pub fn get(url: Url) -> Question {
        Question { url, method: Method("GET".to_owned()), headers: vec![] }
    }

    /// The headers that arrive: a client of `wss://` asks for the upgrade without being told to.
    pub(super) fn sent_headers(&self) -> Vec<Header> {
        let mut headers = self.headers.clone();
        let upgrade = [("Upgrade", "websocket"), ("Connection", "Upgrade")];
        for (name, value) in upgrade.into_iter().filter(|_| self.url.is_websocket) {
            if !headers.iter().any(|header| header.name.eq_ignore_ascii_case(name)) {
                headers.push(Header { name: name.to_owned(), value: value.to_owned() });
            }
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, Method, Question, Url};

    fn header(name: &str, value: &str) -> Header {
        Header { name: name.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn headers_and_methods_are_read_as_a_client_sends_them() {
        assert_eq!("X-A:  b: c ".parse(), Ok(header("X-A", "b: c")));
        assert_eq!("Upgrade:".parse(), Ok(header("Upgrade", "")));
        assert_eq!("no colon".parse::<Header>().unwrap_err(), "write it as a client sends it: `Name: value`");
        assert_eq!("a b: c".parse::<Header>().unwrap_err(), "`a b` is no name of a header");
        assert!("X_A: b".parse::<Header>().unwrap_err().contains("drops `X_A`"));
        assert!("host: a".parse::<Header>().unwrap_err().contains("that of the URL"));
        assert_eq!("POST".parse::<Method>().unwrap().as_str(), "POST");
        assert!("TRACE".parse::<Method>().unwrap_err().contains("refuses `TRACE`"));
        assert!("post".parse::<Method>().unwrap_err().contains("400"));
    }

    #[test]
    fn a_websocket_is_asked_for_by_its_scheme() {
        let asked = |url, headers: &[Header]| {
            let url = Url::parse(url).unwrap();
            Question { headers: headers.to_vec(), ..Question::get(url) }.sent_headers()
        };
        let upgrade = [header("Upgrade", "websocket"), header("Connection", "Upgrade")];
        assert_eq!(asked("wss://a.org/", &[]), upgrade);
        let given = [header("connection", "close"), header("Upgrade", "websocket")];
        assert_eq!(asked("ws://a.org/", &given[..1]), given);
        assert_eq!(asked("https://a.org/", &[]), []);
    }
}
