//! A header to send, as it is typed.

use std::str::FromStr;

use hyper::header::{HeaderName, HeaderValue};

/// `NAME:VALUE`, spaces round the value left out.
#[derive(Clone, PartialEq, Eq)]
pub struct Sent {
    /// The name, in lower case.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Without the value, which may be a secret.
impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent").field("name", &self.name).finish_non_exhaustive()
    }
}

impl FromStr for Sent {
    type Err = String;

    fn from_str(text: &str) -> Result<Sent, String> {
        let (name, value) = text.split_once(':').ok_or("write it as `name: value`")?;
        let value = value.trim();
        let name = HeaderName::try_from(name.trim()).map_err(|_| "that is no name of a header")?;
        HeaderValue::try_from(value).map_err(|_| "that is no value of a header")?;
        Ok(Sent { name: name.as_str().to_owned(), value: value.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::Sent;

    #[test]
    fn a_header_has_a_name_and_a_value() {
        let Sent { name, value } = "Origin: https://a.example.com".parse().expect("it is one");
        assert_eq!((name.as_str(), value.as_str()), ("origin", "https://a.example.com"));
        let fault = |text: &str| text.parse::<Sent>().unwrap_err();
        assert_eq!(fault("Origin"), "write it as `name: value`");
        assert_eq!(fault("a b: c"), "that is no name of a header");
        assert_eq!(fault("a: b\nc"), "that is no value of a header");
    }
}
