//! The ways in which a client reaches a site.

use crate::client::{Tls, Trust, Version};

/// A way to reach a site.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Transport {
    /// HTTP/1.1 in clear.
    Clear,
    /// HTTP/1.1 over TLS.
    Tls,
    /// HTTP/2, over TLS.
    Http2,
}

impl Transport {
    /// As it is called in reports.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Clear => "HTTP/1.1 in clear",
            Transport::Tls => "HTTP/1.1 over TLS",
            Transport::Http2 => "HTTP/2",
        }
    }

    /// The HTTP that is spoken.
    pub fn version(self) -> Version {
        if self == Transport::Http2 { Version::Http2 } else { Version::Http11 }
    }

    /// How TLS is spoken, if it is.
    pub(super) fn tls(self, trust: &Trust) -> Option<Tls> {
        let alpn = match self {
            Transport::Clear => return None,
            Transport::Tls => "http/1.1",
            Transport::Http2 => "h2",
        };
        Some(Tls { trust: trust.clone(), alpn: vec![alpn], versions: vec![] })
    }

    /// What stands before `://` in a URL.
    pub fn scheme(self) -> &'static str {
        if self == Transport::Clear { "http" } else { "https" }
    }
}
