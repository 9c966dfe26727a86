//! TLS is spoken as declared.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::client::{Answer, Fault, OldVersion, Tls, Trust, offer};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "tls-as-declared",
    summary: "the declared versions of TLS are spoken and no others, HTTP/2 is offered as declared, the certificate is valid",
    explanation: "\
Each version from TLS 1.0 to 1.3 is offered alone: those of `protocols` must be accepted and the others refused. ALPN must
choose `h2` exactly where `http2` is on. Under each name the certificate must be valid, which takes its chain as well: a
certificate sent without its chain works in browsers that know the missing link, and in few other clients.",
    of: Of::Site,
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(declared) = &case.site().tls else { return vec![] };
    let told = |expected: String, seen| case.outcome(Some(Transport::Tls), expected, seen);
    let mut outcomes = Vec::new();
    for version in [OldVersion::Tls10, OldVersion::Tls11] {
        let is_declared = declared.protocols.contains(&version.name());
        outcomes
            .push(told(version_expected(version.name(), is_declared), old(case, version, is_declared).await));
    }
    for version in ["TLSv1.2", "TLSv1.3"] {
        let is_declared = declared.protocols.contains(&version);
        outcomes.push(told(version_expected(version, is_declared), new(case, version, is_declared).await));
    }
    let chosen = if case.transports().contains(&Transport::Http2) { "h2" } else { "http/1.1" };
    let expected = format!("`{chosen}` is chosen by ALPN of `h2` and `http/1.1`");
    outcomes.push(told(expected, alpn(case, chosen).await));
    for name in case.names() {
        let expected = format!("a valid certificate for `{name}`, with its chain");
        outcomes.push(told(expected, certificate(case, &name).await));
    }
    outcomes
}

fn version_expected(version: &str, is_declared: bool) -> String {
    format!("{version} is {}", if is_declared { "accepted" } else { "refused" })
}

async fn old(case: &Case<'_>, version: OldVersion, is_declared: bool) -> Seen {
    let address = case.address_of(case.site().name(), Transport::Tls)?;
    let answer = offer(address, &case.names()[0], version, case.patience()).await?;
    let version = version.name();
    match (answer, is_declared) {
        (Answer::Accepted, true) => Ok(format!("{version} accepted")),
        (Answer::Accepted, false) => Err(Miss::broken(format!("{version} accepted"), Symptom::Tls)),
        // OpenSSL 3 refuses these at its usual security level, whatever nginx is told.
        (Answer::Refused(_), true) => {
            Err(Miss::unknown("refused: OpenSSL 3 speaks it only with `@SECLEVEL=0` among the ciphers"))
        }
        (Answer::Refused(Some(alert)), false) => Ok(format!("{version} refused, alert {alert}")),
        (Answer::Refused(None), false) => Ok(format!("{version} refused")),
    }
}

async fn new(case: &Case<'_>, version: &'static str, is_declared: bool) -> Seen {
    let tls = Tls { trust: Trust::anyone(), alpn: vec![], versions: vec![version] };
    match (case.connect_as(&case.names()[0], Transport::Tls, Some(tls)).await, is_declared) {
        (Ok(_), true) => Ok(format!("{version} accepted")),
        (Ok(_), false) => Err(Miss::broken(format!("{version} accepted"), Symptom::Tls)),
        (Err(fault @ Fault::Tls(_)), false) => Ok(format!("{version} refused: {fault}")),
        (Err(fault), _) => Err(fault.into()),
    }
}

async fn alpn(case: &Case<'_>, chosen: &str) -> Seen {
    let tls = Tls { trust: Trust::anyone(), alpn: vec!["h2", "http/1.1"], versions: vec![] };
    let connection = case.connect_as(&case.names()[0], Transport::Tls, Some(tls)).await?;
    let agreed = connection.handshake.as_ref().and_then(|handshake| handshake.alpn.as_deref());
    let seen = agreed.map_or_else(|| "none is chosen".to_owned(), |name| format!("`{name}` is chosen"));
    match agreed == Some(chosen) {
        true => Ok(seen),
        false => Err(Miss::broken(seen, Symptom::Alpn)),
    }
}

async fn certificate(case: &Case<'_>, name: &str) -> Seen {
    let tls = Transport::Tls.tls(&case.deployment().trust);
    let connection = case.connect_as(name, Transport::Tls, tls).await?;
    let sent = connection.handshake.map_or(0, |handshake| handshake.chain.len());
    Ok(format!("valid, {sent} certificates sent"))
}
