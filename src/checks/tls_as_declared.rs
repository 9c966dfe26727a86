//! TLS is spoken as declared.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Symptom, Transport};
use crate::client::{Answer, Fault, OldVersion, Tls, offer};
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
    let mut outcomes = Vec::new();
    for version in [OldVersion::Tls10, OldVersion::Tls11] {
        outcomes.push(old(case, version, declared.protocols.contains(&version.name())).await);
    }
    for version in ["TLSv1.2", "TLSv1.3"] {
        outcomes.push(new(case, version, declared.protocols.contains(&version)).await);
    }
    outcomes.push(alpn(case).await);
    for name in case.names() {
        outcomes.push(certificate(case, &name).await);
    }
    outcomes
}

fn version_expected(version: &str, is_declared: bool) -> String {
    format!("{version} is {}", if is_declared { "accepted" } else { "refused" })
}

async fn old(case: &Case<'_>, version: OldVersion, is_declared: bool) -> Outcome {
    let via = Some(Transport::Tls);
    let expected = version_expected(version.name(), is_declared);
    let answer = async {
        let address = case.address_of(case.site().name(), Transport::Tls).map_err(Fault::Name)?;
        offer(address, &case.names()[0], version, case.patience()).await
    };
    let seen = match answer.await {
        Ok(answer) => answer,
        Err(fault) => return case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
    };
    match (seen, is_declared) {
        (Answer::Accepted, true) => case.passed(via, expected, format!("{} accepted", version.name())),
        (Answer::Accepted, false) => {
            case.failed(via, expected, format!("{} accepted", version.name()), Symptom::Tls)
        }
        // OpenSSL 3 refuses these at its usual security level, whatever nginx is told.
        (Answer::Refused(_), true) => {
            let reason = "refused: OpenSSL 3 speaks it only with `@SECLEVEL=0` among the ciphers";
            case.skipped(via, expected, reason)
        }
        (Answer::Refused(alert), false) => {
            let how = alert.map_or_else(String::new, |alert| format!(", alert {alert}"));
            case.passed(via, expected, format!("{} refused{how}", version.name()))
        }
    }
}

async fn new(case: &Case<'_>, version: &'static str, is_declared: bool) -> Outcome {
    let via = Some(Transport::Tls);
    let expected = version_expected(version, is_declared);
    let trust = crate::client::Trust::anyone();
    let tls = Tls { trust, alpn: vec![], versions: vec![version] };
    match (case.connect_as(&case.names()[0], Transport::Tls, Some(tls)).await, is_declared) {
        (Ok(_), true) => case.passed(via, expected, format!("{version} accepted")),
        (Ok(_), false) => case.failed(via, expected, format!("{version} accepted"), Symptom::Tls),
        (Err(fault @ Fault::Tls(_)), false) => {
            case.passed(via, expected, format!("{version} refused: {fault}"))
        }
        (Err(fault), _) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
    }
}

async fn alpn(case: &Case<'_>) -> Outcome {
    let via = Some(Transport::Tls);
    let is_http2 = case.transports().contains(&Transport::Http2);
    let chosen = if is_http2 { "h2" } else { "http/1.1" };
    let expected = format!("`{chosen}` is chosen by ALPN of `h2` and `http/1.1`");
    let trust = crate::client::Trust::anyone();
    let tls = Tls { trust, alpn: vec!["h2", "http/1.1"], versions: vec![] };
    match case.connect_as(&case.names()[0], Transport::Tls, Some(tls)).await {
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok(connection) => {
            let agreed = connection.handshake.as_ref().and_then(|handshake| handshake.alpn.as_deref());
            let seen =
                agreed.map_or_else(|| "none is chosen".to_owned(), |name| format!("`{name}` is chosen"));
            match agreed == Some(chosen) {
                true => case.passed(via, expected, seen),
                false => case.failed(via, expected, seen, Symptom::Alpn),
            }
        }
    }
}

async fn certificate(case: &Case<'_>, name: &str) -> Outcome {
    let via = Some(Transport::Tls);
    let expected = format!("a valid certificate for `{name}`, with its chain");
    let tls = Transport::Tls.tls(&case.deployment().trust);
    match case.connect_as(name, Transport::Tls, tls).await {
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok(connection) => {
            let sent = connection.handshake.map_or(0, |handshake| handshake.chain.len());
            case.passed(via, expected, format!("valid, {sent} certificates sent"))
        }
    }
}
