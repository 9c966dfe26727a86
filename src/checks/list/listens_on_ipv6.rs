//! The site is served over IPv6 as it is over IPv4.

use std::net::SocketAddr;

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::client::{Connection, Endpoint, Fault, Session, Tls, connect};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "listens-on-ipv6",
    summary: "the site is served over IPv6, where `ipv6` is on",
    explanation: "\
Each port of the site is asked over IPv6: in clear for any answer, over TLS for the site's own certificate. Clients prefer IPv6 where
the name has such an address, and most only wait before they take the other: pages are slow for some, and nobody knows why. A failure
means that `listen [::]:443` is missing in this site while another has it, whose default server then answers. `probe` asks where the
name has an address of IPv6. Promised by every profile except `guide`.",
    of: Of::Site,
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let is_on = case.context.environment.nginx.as_ref().is_some_and(|settings| settings.ipv6);
    if !is_on || !case.promises_more_than_the_guide() {
        return Vec::new();
    }
    let mut ways = vec![Transport::Clear];
    ways.extend(case.site().tls.is_some().then_some(Transport::Tls));
    let mut outcomes = Vec::new();
    for via in ways {
        let what = if via.is_clear() { "an answer" } else { "its certificate" };
        let expected = format!("{what} from port {} over IPv6", case.port(via));
        let case = case.anew();
        outcomes.push(case.outcome(Some(via), expected, over(&case, via).await));
    }
    outcomes
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    if via.is_clear() && case.site().tls.is_some() && case.deployment().is_one_port {
        return Err(Miss::unknown("`--connect` names one port, which is that of HTTPS"));
    }
    let name = case.names()[0].clone();
    let Some(address) = (case.deployment().resolve_v6)(&name, case.port(via)).map_err(no_listen)? else {
        return Err(Miss::unknown("no address of IPv6 is known, or this machine does not speak it"));
    };
    let connection = reached(case, via, address, name).await.map_err(no_listen)?;
    if !via.is_clear() {
        return Ok(format!("its certificate, from {address}"));
    }
    let mut session = Session::open(connection, via.version(), case.patience()).await?;
    let mut request = case.get(via, "/");
    request.headers.retain(|header| !case.deployment().headers.contains(header));
    match session.send(&request, case.patience()).await {
        Ok(reply) => Ok(format!("{} from {address}", reply.status)),
        Err(fault) => Err(no_listen(fault)),
    }
}

async fn reached(case: &Case<'_>, via: Transport, address: SocketAddr, name: String) -> Result<Connection, Fault> {
    let tls = (!via.is_clear()).then(|| Tls {
        trust: case.deployment().trust.clone(),
        alpn: vec!["http/1.1"],
        versions: vec![],
    });
    connect(&Endpoint { address, name, tls }, case.patience()).await
}

/// What fails over IPv6 alone is a matter of `listen`.
fn no_listen(fault: Fault) -> Miss {
    match fault {
        Fault::Here(_) => fault.into(),
        fault => Miss::broken(fault.to_string(), Symptom::NoIpv6),
    }
}
