//! A site is there: its name, its port, its handshake.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Transport};
use crate::client::Connection;
use crate::outcome::Outcome;

pub(in crate::checks) static CHECK: Check = Check {
    id: "is-reached",
    summary: "the site is found, takes connections, and shows a certificate that is believed",
    explanation: "\
One connection under the site's first name: the name must have an address, somebody must listen there, and TLS must come about
with a certificate that is believed. It is tried before all else of a site, whatever `--check` asks for. What fails here would
fail at every location: it is told once, and the site's other checks are skipped with that reason.",
    of: Of::Site,
    needs: Needs::Connection,
    run: |case| run(case).map(|outcome| vec![outcome]).boxed(),
};

async fn run(case: &Case<'_>) -> Outcome {
    let via = case.transports()[0];
    let place = format!("`{}` port {}", case.site().name(), case.port(via));
    let expected = match via.is_clear() {
        true => format!("a connection to {place}"),
        false => format!("a connection to {place}, and TLS with a certificate that is believed"),
    };
    case.outcome(Some(via), expected, over(case, via).await)
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    if case.is_direct() && case.site().direct_address().is_none() {
        let reason = "the service is reached by a Unix socket, which nobody has but its own machine";
        return Err(Miss::unknown(reason));
    }
    let Connection { handshake, .. } = case.connect(via).await?;
    Ok(handshake.map_or("a connection", |handshake| handshake.version).to_owned())
}
