//! TLS 1.0 and 1.1, which no safe library speaks any more: a `ClientHello` by hand, and what comes back.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::fault::{Fault, within};

/// A version that is offered by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OldVersion {
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
}

/// What a server makes of an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It goes on in this version.
    Accepted,
    /// It ends the handshake: an alert of this number, or without a word.
    Refused(Option<u8>),
}

impl OldVersion {
    /// In nginx's words.
    pub fn name(self) -> &'static str {
        match self {
            OldVersion::Tls10 => "TLSv1",
            OldVersion::Tls11 => "TLSv1.1",
        }
    }

    /// The minor number on the wire.
    fn minor(self) -> u8 {
        match self {
            OldVersion::Tls10 => 1,
            OldVersion::Tls11 => 2,
        }
    }
}

/// Offers a version and no later one, and reads the first record of the answer.
///
/// # Errors
/// When nobody listens, or nothing comes in time.
pub async fn offer(
    address: SocketAddr,
    name: &str,
    version: OldVersion,
    deadline: Duration,
) -> Result<Answer, Fault> {
    within(deadline, async {
        let refused = |error: std::io::Error| Fault::refused(address, &error);
        let mut stream = TcpStream::connect(address).await.map_err(refused)?;
        stream.write_all(&client_hello(name, version)).await.map_err(|error| Fault::broken(&error))?;
        let mut start = [0; 11];
        match stream.read_exact(&mut start[..7]).await {
            Ok(_) if start[0] == ALERT => Ok(Answer::Refused(Some(start[6]))),
            Ok(_) => {
                stream.read_exact(&mut start[7..]).await.map_err(|error| Fault::broken(&error))?;
                // Type and length of the message stand before the version it speaks.
                let accepted = start[0] == HANDSHAKE && start[9..] == [3, version.minor()];
                Ok(if accepted { Answer::Accepted } else { Answer::Refused(None) })
            }
            Err(_) => Ok(Answer::Refused(None)),
        }
    })
    .await
}

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// Suites every server of these versions knows: AES with RSA, and with ECDHE for RSA and ECDSA keys.
const SUITES: [u16; 7] = [0xc009, 0xc00a, 0xc013, 0xc014, 0x002f, 0x0035, 0x000a];

/// The record (RFC 4346, 7.4.1.2), with the name (RFC 6066) and the curves that ECDHE needs (RFC 4492).
fn client_hello(name: &str, version: OldVersion) -> Vec<u8> {
    let mut body = vec![3, version.minor()];
    body.extend(b"nginx-gen offers an old version!");
    body.push(0);
    body.extend(counted(&SUITES.map(u16::to_be_bytes).concat()));
    body.extend([1, 0]);
    let mut host = vec![0];
    host.extend(counted(name.as_bytes()));
    let extensions = [
        extension(0, &counted(&host)),
        // x25519, P-256, P-384; uncompressed points.
        extension(10, &counted(&[0, 29, 0, 23, 0, 24])),
        extension(11, &[1, 0]),
    ];
    body.extend(counted(&extensions.concat()));
    let mut message = vec![1, 0];
    message.extend(counted(&body));
    let mut record = vec![HANDSHAKE, 3, 1];
    record.extend(counted(&message));
    record
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &counted(data)].concat()
}

/// The bytes behind their number in two bytes.
fn counted(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a hello of a few hundred bytes");
    [&length.to_be_bytes()[..], bytes].concat()
}
