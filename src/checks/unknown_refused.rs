//! Names of no site are refused.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Symptom, Transport};
use crate::client::{Fault, Tls, Trust};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "unknown-refused",
    summary: "a name of no site gets no answer, in clear or over TLS",
    explanation: "\
A name that no site has is asked for at the site's ports. In clear the connection must be closed without an answer (444);
over TLS the handshake must be refused, so that strangers see no certificate. Without a default server, nginx serves
unknown names from whichever file it loads first. Promised by every profile except `guide`, unless `default_server: false`.",
    of: Of::Site,
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// A name that nobody can have (RFC 6761).
const STRANGER: &str = "nginx-gen-knows-no-such-name.invalid";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let is_promised = case.context.environment.nginx.as_ref().is_some_and(|settings| settings.default_server);
    if !is_promised || !case.promises_more_than_the_guide() {
        return vec![];
    }
    let mut outcomes = vec![in_clear(case).await];
    if case.site().tls.is_some() {
        outcomes.push(over_tls(case).await);
    }
    outcomes
}

async fn in_clear(case: &Case<'_>) -> Outcome {
    let via = Some(Transport::Clear);
    let expected = format!("no answer for `{STRANGER}`: the connection is closed");
    match case.ask_clear(STRANGER, "/").await {
        Err(fault @ Fault::Closed) => case.passed(via, expected, fault.to_string()),
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok((_, reply)) => case.failed(via, expected, format!("{} for it", reply.status), Symptom::Stranger),
    }
}

async fn over_tls(case: &Case<'_>) -> Outcome {
    let via = Some(Transport::Tls);
    let settings = case.context.environment.nginx.as_ref().expect("there is an nginx");
    // Before 1.19.4 nginx cannot refuse a handshake; the connection is closed after it.
    let expected =
        format!("no TLS handshake for `{STRANGER}`, or no answer where nginx is older than 1.19.4");
    let tls = Tls { trust: Trust::anyone(), alpn: vec!["http/1.1"], versions: vec![] };
    let is_refusable = settings.version.value >= crate::nginx::version::Version::new(1, 19, 4);
    let connection = match case.connect_as(STRANGER, Transport::Tls, Some(tls)).await {
        Err(fault @ Fault::Tls(_)) => return case.passed(via, expected, fault.to_string()),
        Err(fault) => return case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok(_) if is_refusable => {
            return case.failed(via, expected, "a handshake and a certificate", Symptom::Stranger);
        }
        Ok(connection) => connection,
    };
    let request = crate::client::Request { authority: STRANGER.to_owned(), ..case.get(Transport::Tls, "/") };
    let opened = crate::client::Session::open(connection, Transport::Tls.version(), case.patience()).await;
    let answer = match opened {
        Ok(mut session) => session.send(&request, case.patience()).await,
        Err(fault) => Err(fault),
    };
    match answer {
        Err(fault @ Fault::Closed) => case.passed(via, expected, fault.to_string()),
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok(reply) => case.failed(via, expected, format!("{} for it", reply.status), Symptom::Stranger),
    }
}
