//! What is known of a request beside its target.

/// What is known of a request beside host, port and target; what is `None` is not known, and nothing is judged by it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent<'r> {
    /// Its method.
    pub method: Option<&'r str>,
    /// Whether it came over TLS.
    pub is_tls: Option<bool>,
    /// Its headers, all of them but `Host`, by name and value.
    pub headers: Option<&'r [(String, String)]>,
}

/// A header as nginx sees it.
pub(super) enum Header {
    /// Nothing is known of the headers.
    NotKnown,
    /// There is none of the name.
    NotSent,
    /// Its value; several of one name are joined, as since 1.23.0.
    Sent(String),
}

impl Sent<'_> {
    /// A header by its name in lower case with `_` for `-`.
    pub(super) fn header(&self, name: &str) -> Header {
        let Some(headers) = self.headers else { return Header::NotKnown };
        let is_it = |sent: &str| sent.to_ascii_lowercase().replace('-', "_") == name;
        let values = headers.iter().filter(|(sent, _)| is_it(sent)).map(|(_, value)| value.as_str());
        let values: Vec<_> = values.collect();
        let separator = if name == "cookie" { "; " } else { ", " };
        if values.is_empty() { Header::NotSent } else { Header::Sent(values.join(separator)) }
    }
}
