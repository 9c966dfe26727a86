//! nginx does not tell strangers its version.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "hides-version",
    summary: "nginx answers without its version",
    explanation: "\
The site is asked for a path that no file and no location of a back end has to answer: the redirect to HTTPS in clear, and a
request with a method that nginx itself refuses in every other way. The `Server` of the answer may say `nginx`, and not which one:
lists of faults are kept by version. Promised by every profile except `guide`. A failure means that `server_tokens off` is missing.",
    of: Of::Site,
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

/// nginx refuses it before it looks for a location.
const REFUSED: &str = "TRACE";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    if case.is_direct() || !case.promises_more_than_the_guide() {
        return Vec::new();
    }
    let expected = "an answer of nginx without its version";
    let mut outcomes = Vec::new();
    if case.site().tls.is_some() {
        let case = case.anew();
        let seen = in_clear(&case).await;
        outcomes.push(case.outcome(Some(Transport::Clear), expected, seen));
    }
    let ways = case.transports().into_iter().take(1).collect();
    outcomes.extend(case.in_each(ways, expected, |case, via| async move { refused(&case, via).await }).await);
    outcomes
}

async fn in_clear(case: &Case<'_>) -> Seen {
    let (_, reply) = case.ask_clear(&case.names()[0], "/").await?;
    told(reply.header("server"))
}

async fn refused(case: &Case<'_>, via: Transport) -> Seen {
    let request = crate::client::Request { method: REFUSED, ..case.get(via, "/") };
    let (_, reply) = case.ask(via, &request).await?;
    told(reply.header("server"))
}

/// What the `Server` of an answer tells.
fn told(server: Option<&str>) -> Seen {
    let seen = server.map_or_else(|| "no `Server`".to_owned(), |server| format!("`Server: {server}`"));
    match server.is_some_and(|server| server.contains('/')) {
        true => Err(Miss::broken(seen, Symptom::Version)),
        false => Ok(seen),
    }
}
