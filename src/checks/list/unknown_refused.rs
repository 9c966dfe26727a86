//! Names of no site are refused.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::client::{Fault, Reply, Request, Session, Tls, Trust};
use crate::nginx::version::Version;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "unknown-refused",
    summary: "a name of no site gets no answer, in clear or over TLS",
    explanation: "\
A name that no site has is asked for at the site's ports. In clear the connection must be closed without an answer (444);
over TLS the handshake must be refused, so that strangers see no certificate. Without a default server, nginx serves
unknown names from whichever file it loads first. Promised by every profile except `guide`, unless `default_server: false`.",
    of: Of::Site,
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

/// A name that nobody can have (RFC 6761).
const STRANGER: &str = "nginx-gen-knows-no-such-name.invalid";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(settings) = &case.context.environment.nginx else { return vec![] };
    if !settings.default_server || !case.promises_more_than_the_guide() {
        return vec![];
    }
    let expected = format!("no answer for `{STRANGER}`: the connection is closed");
    let seen = in_clear(case).await;
    let mut outcomes = vec![case.outcome(Some(Transport::Clear), expected, seen)];
    if case.site().tls.is_some() {
        // Before 1.19.4 nginx cannot refuse a handshake; the connection is closed after it.
        let expected =
            format!("no TLS handshake for `{STRANGER}`, or no answer where nginx is older than 1.19.4");
        let seen = over_tls(case, settings.version.value >= Version::new(1, 19, 4)).await;
        outcomes.push(case.outcome(Some(Transport::Tls), expected, seen));
    }
    outcomes
}

async fn in_clear(case: &Case<'_>) -> Seen {
    match case.ask_clear(STRANGER, "/").await {
        Ok((_, reply)) => unanswered(Ok(reply)),
        Err(Miss::Broken(_, Symptom::Fault(fault))) => unanswered(Err(fault)),
        Err(miss) => Err(miss),
    }
}

async fn over_tls(case: &Case<'_>, is_refusable: bool) -> Seen {
    let tls = Tls { trust: Trust::anyone(), alpn: vec!["http/1.1"], versions: vec![] };
    let connection = match case.connect_as(STRANGER, Transport::Tls, Some(tls)).await {
        Err(fault @ Fault::Tls(_)) => return Ok(fault.to_string()),
        Ok(_) if is_refusable => {
            return Err(Miss::broken("a handshake and a certificate", Symptom::Stranger));
        }
        connection => connection?,
    };
    let request = Request { authority: STRANGER.to_owned(), ..case.get(Transport::Tls, "/") };
    let mut session = Session::open(connection, Transport::Tls.version(), case.patience()).await?;
    unanswered(session.send(&request, case.patience()).await)
}

/// That the connection was closed in place of an answer.
fn unanswered(answer: Result<Reply, Fault>) -> Seen {
    match answer {
        Err(fault @ Fault::Closed) => Ok(fault.to_string()),
        Err(fault) => Err(fault.into()),
        Ok(reply) => Err(Miss::broken(format!("{} for it", reply.status), Symptom::Stranger)),
    }
}
