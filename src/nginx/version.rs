//! Versions of nginx.

use std::fmt;

/// A version of nginx: `1.22` names the branch and stands for its first release.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version {
    major: u16,
    minor: u16,
    patch: u16,
}

impl Version {
    /// The first with `http2 on;`.
    pub const HTTP2_DIRECTIVE: Version = Version::new(1, 25, 1);
    /// The first with `listen … quic`.
    pub const HTTP3: Version = Version::new(1, 25, 0);
    /// The first with `ssl_reject_handshake`.
    pub const REJECT_HANDSHAKE: Version = Version::new(1, 19, 4);

    /// A version by its numbers.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Version {
        Version { major, minor, patch }
    }

    /// Reads `1.22` or `1.22.1`.
    pub fn parse(text: &str) -> Result<Version, String> {
        let mut parts = text.split('.').map(str::parse::<u16>);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor)), None, None) => Ok(Version::new(major, minor, 0)),
            (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch)), None) => {
                Ok(Version::new(major, minor, patch))
            }
            _ => Err(format!("`{text}` is not a version of nginx")),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
