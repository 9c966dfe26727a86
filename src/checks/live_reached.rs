//! A live site is there: its name, its port, its handshake.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Symptom};
use crate::client::Connection;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "is-reached",
    summary: "the site is found, takes connections, and shows a certificate that is believed",
    explanation: "\
One connection under the site's first name: the name must have an address, somebody must listen there, and TLS must come about
with a certificate that is believed. It is tried before all else of a site, whatever `--check` asks for. What fails here would
fail at every location: it is told once, and the site's other checks are skipped with that reason.",
    of: Of::Site,
    needs: Needs::Deployment,
    run: |case| run(case).map(|outcome| vec![outcome]).boxed(),
};

async fn run(case: &Case<'_>) -> Outcome {
    let transport = case.transports()[0];
    if case.is_direct() && case.site().direct_address().is_none() {
        let reason = "the service is reached by a Unix socket, which nobody has but its own machine";
        return case.skipped(None, case.check.summary, reason);
    }
    let via = Some(transport);
    let place = format!("`{}` port {}", case.site().name(), case.port(transport));
    let expected = match transport.is_clear() {
        true => format!("a connection to {place}"),
        false => format!("a connection to {place}, and TLS with a certificate that is believed"),
    };
    match case.connect(transport).await {
        Ok(Connection { handshake, .. }) => {
            let seen = handshake.map_or("a connection", |handshake| handshake.version);
            case.passed(via, expected, seen)
        }
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
    }
}
