//! Why a certificate is not believed.

use std::fmt;
use std::io;
use std::time::Duration;

use tokio_rustls::rustls::pki_types::UnixTime;
use tokio_rustls::rustls::{CertificateError, Error};

/// Why a certificate is not believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It, or one of its chain, ended so many days ago; none where that is not known.
    Expired(Option<u64>),
    /// It is of other names: the one that is asked for, and those that it has.
    Name(String, Vec<String>),
    /// It leads to no authority that is trusted, or a certificate between the two is not sent.
    Issuer,
    /// It is an authority's own, and no server's.
    Authority,
    /// Anything else, in the words of the TLS library.
    Other(String),
}

impl Refusal {
    /// What a failed handshake says of the certificate, if it is that.
    pub(super) fn of(error: &io::Error) -> Option<Refusal> {
        let Error::InvalidCertificate(why) = error.get_ref()?.downcast_ref::<Error>()? else { return None };
        Some(Refusal::from(why))
    }
}

impl From<&CertificateError> for Refusal {
    fn from(why: &CertificateError) -> Refusal {
        let days = |from: &UnixTime, to: &UnixTime| {
            Duration::from_secs(to.as_secs().saturating_sub(from.as_secs())).as_secs() / DAY
        };
        match why {
            CertificateError::Expired => Refusal::Expired(None),
            CertificateError::ExpiredContext { time, not_after } => {
                Refusal::Expired(Some(days(not_after, time)))
            }
            CertificateError::NotValidForNameContext { expected, presented } => {
                let plain = |name: &String| {
                    let inner = name.split_once("(\"").and_then(|(_, rest)| rest.strip_suffix("\")"));
                    inner.unwrap_or(name).to_owned()
                };
                Refusal::Name(expected.to_str().into_owned(), presented.iter().map(plain).collect())
            }
            // A signature that does not fit is another authority's of the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Refusal::Issuer,
            CertificateError::Other(why) if why.to_string().contains("CaUsedAsEndEntity") => {
                Refusal::Authority
            }
            other => Refusal::Other(other.to_string()),
        }
    }
}

/// A day in seconds.
pub(super) const DAY: u64 = 24 * 60 * 60;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Expired(None) => f.write_str("the certificate has expired"),
            Refusal::Expired(Some(0)) => f.write_str("the certificate expired less than a day ago"),
            Refusal::Expired(Some(1)) => f.write_str("the certificate expired a day ago"),
            Refusal::Expired(Some(days)) => write!(f, "the certificate expired {days} days ago"),
            Refusal::Name(asked, has) => {
                let has: Vec<_> = has.iter().map(|name| format!("`{name}`")).collect();
                write!(f, "the certificate is of {}, not of `{asked}`", has.join(", "))
            }
            Refusal::Issuer => f.write_str("the certificate leads to no authority that is trusted here"),
            Refusal::Authority => {
                f.write_str("the certificate is an authority's own (`CA:TRUE`), not a server's")
            }
            Refusal::Other(why) => write!(f, "the certificate is not believed: {why}"),
        }
    }
}
