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
    /// HTTP/2 in clear, without asking whether it is spoken: as gRPC has it where there is no TLS.
    ClearHttp2,
}

impl Transport {
    /// As it is called in reports.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Clear => "HTTP/1.1 in clear",
            Transport::Tls => "HTTP/1.1 over TLS",
            Transport::Http2 => "HTTP/2",
            Transport::ClearHttp2 => "HTTP/2 in clear",
        }
    }

    /// The HTTP that is spoken.
    pub fn version(self) -> Version {
        match self {
            Transport::Clear | Transport::Tls => Version::Http11,
            Transport::Http2 | Transport::ClearHttp2 => Version::Http2,
        }
    }

    /// How TLS is spoken, if it is.
    pub(super) fn tls(self, trust: &Trust) -> Option<Tls> {
        let alpn = match self {
            Transport::Clear | Transport::ClearHttp2 => return None,
            Transport::Tls => "http/1.1",
            Transport::Http2 => "h2",
        };
        Some(Tls { trust: trust.clone(), alpn: vec![alpn], versions: vec![] })
    }

    /// What stands before `://` in a URL.
    pub fn scheme(self) -> &'static str {
        if self.is_clear() { "http" } else { "https" }
    }

    /// Whether it goes without TLS.
    pub fn is_clear(self) -> bool {
        matches!(self, Transport::Clear | Transport::ClearHttp2)
    }
}
