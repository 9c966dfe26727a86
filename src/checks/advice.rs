//! What is known of each symptom: the causes, the directives that decide it, the commands to run next.

mod answer;
mod certificates;
mod files;
mod group;
mod request;
mod site;
mod status;
mod stream;
mod way;

use super::Symptom;
use crate::client::Fault;

pub(super) use certificates::{ALPN, TLS_NAME, TLS_VERSION};
pub(super) use way::{NO_CLEAR_HTTP2, NOT_RUNNING};

use answer::{ANSWER, HIDDEN, LONG_HEAD, NO_EVENTS, NO_GRPC, RESPONSE_HEADER, SLOW, SUBPROTOCOL};
use certificates::{EXPIRED, TLS, of_certificate};
use files::{CACHING, ESCAPED, FILE, FILE_TYPE, LOGGED, NO_FILES, NO_PAGE};
use group::{NOT_KEPT, NOT_RETRIED, SENT_TWICE, UNBALANCED};
use request::{
    ALTERED, BODY_SIZE, CLIENT_HEADER, ELSEWHERE, FOREIGN_UPGRADE, LONG_REQUEST, REQUEST_HEADER, TARGET,
};
use site::{CHALLENGE, CHALLENGE_FILE, MISDIRECTED, NO_IPV6, STRANGER, TWIN, VERSION};
use status::{no_upgrade, of_status};
use stream::{CROWDED, CUT, LATE, UNCUT, UNNOTICED};
use way::{CLOSED, NO_ADDRESS, NO_ROOM, PROTOCOL, REFUSED, SILENCE};

/// What is known of a symptom.
pub(super) struct Advice {
    /// The likeliest first. One that begins with a line of nginx in back-ticks comes before the others where that stands,
    /// and behind them where it does not; one that begins with a directive is behind them where that is not set.
    pub(super) causes: &'static [&'static str],
    /// The directives that decide it, with those of the server.
    pub(super) directives: &'static [&'static str],
    /// As they are typed; `{…}` are filled in.
    pub(super) commands: &'static [&'static str],
}

/// What is known of what was seen.
pub(super) fn advice(symptom: &Symptom) -> Advice {
    match symptom {
        Symptom::Fault(Fault::Name(_)) => NO_ADDRESS,
        Symptom::Fault(Fault::Certificate(refusal)) => of_certificate(refusal),
        Symptom::Expiring => EXPIRED,
        Symptom::Fault(Fault::Connect(_)) => REFUSED,
        Symptom::Fault(Fault::Here(_)) => NO_ROOM,
        Symptom::Fault(Fault::Tls(_)) => TLS,
        Symptom::Tls => TLS_VERSION,
        Symptom::Twin => TWIN,
        Symptom::Fault(Fault::Closed) => CLOSED,
        Symptom::Fault(Fault::Refused(status)) => no_upgrade(*status),
        Symptom::Fault(Fault::Timeout(_)) | Symptom::Silence => SILENCE,
        Symptom::Fault(Fault::Protocol(_)) => PROTOCOL,
        Symptom::Fault(Fault::Subprotocol(_)) => SUBPROTOCOL,
        Symptom::Status(status) => of_status(*status),
        Symptom::Late => LATE,
        Symptom::Cut => CUT,
        Symptom::Uncut => UNCUT,
        Symptom::Hidden => HIDDEN,
        Symptom::NoEvents => NO_EVENTS,
        Symptom::RequestHeader(_) => REQUEST_HEADER,
        Symptom::ForeignUpgrade => FOREIGN_UPGRADE,
        Symptom::Target => TARGET,
        Symptom::ResponseHeader(_) => RESPONSE_HEADER,
        Symptom::BodySize => BODY_SIZE,
        Symptom::Elsewhere => ELSEWHERE,
        Symptom::Misdirected => MISDIRECTED,
        Symptom::Challenge(300..=399) => CHALLENGE,
        Symptom::Challenge(_) => CHALLENGE_FILE,
        Symptom::Stranger => STRANGER,
        Symptom::Version => VERSION,
        Symptom::NoIpv6 => NO_IPV6,
        Symptom::Unbalanced => UNBALANCED,
        Symptom::NotRetried => NOT_RETRIED,
        Symptom::SentTwice => SENT_TWICE,
        Symptom::NotKept => NOT_KEPT,
        Symptom::Alpn => ALPN,
        Symptom::Logged => LOGGED,
        Symptom::NoGrpc => NO_GRPC,
        Symptom::File => FILE,
        Symptom::NoFiles => NO_FILES,
        Symptom::NoPage => NO_PAGE,
        Symptom::Escaped => ESCAPED,
        Symptom::Caching => CACHING,
        Symptom::FileType => FILE_TYPE,
        Symptom::ClientHeader(_) => CLIENT_HEADER,
        Symptom::Altered => ALTERED,
        Symptom::Answer => ANSWER,
        Symptom::LongHead => LONG_HEAD,
        Symptom::LongRequest => LONG_REQUEST,
        Symptom::Slow => SLOW,
        Symptom::Crowded => CROWDED,
        Symptom::Unnoticed => UNNOTICED,
        Symptom::Bug => BUG,
    }
}

const BUG: Advice = Advice {
    causes: &["a fault of nginx-gen, not of this route"],
    directives: &[],
    commands: &["RUST_BACKTRACE=1 nginx-gen {purpose} {environment}"],
};
