//! The certificates that a deployment shows.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Symptom, Transport};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "certificate",
    summary: "the certificate is believed, and will be for a while",
    explanation: "\
A TLS handshake for each of the site's names, as a browser makes it: the certificate must hold the name, and lead through
the chain that nginx sends to an authority that this machine trusts (or `--cacert`). All of the chain must stay valid for
`--min-days` more days: certbot renews 30 days before the end, so fewer mean that renewing fails.",
    of: Of::Site,
    needs: Needs::Deployment,
    run: |case| run(case).boxed(),
};

/// Further than this nobody looks: no authority issues for longer.
const FAR: u64 = 4000;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    if case.is_direct() || case.site().tls.is_none() {
        return outcomes;
    }
    for name in &case.site().server_names {
        outcomes.push(of(case, name.as_str()).await);
    }
    outcomes
}

async fn of(case: &Case<'_>, name: &str) -> Outcome {
    let deployment = case.deployment();
    let expected =
        format!("a certificate of `{name}` that is believed for {} more days", deployment.min_days);
    if name.starts_with(['~', '.']) || name.contains('*') {
        return case.skipped(None, expected, "a pattern does not tell which name to ask for");
    }
    let handshake = match case.connect_as(name, Transport::Tls, Transport::Tls.tls(&deployment.trust)).await {
        Ok(connection) => connection.handshake,
        Err(fault) => return case.failed(None, expected, fault.to_string(), Symptom::Fault(&fault)),
    };
    let chain = handshake.map(|handshake| handshake.chain).unwrap_or_default();
    if deployment.is_insecure {
        return case.skipped(None, expected, "with `--insecure` any certificate is believed");
    }
    match deployment.trust.days_left(&chain, name, FAR) {
        Some(days) if days >= deployment.min_days.into() => {
            let more = if days == FAR { "or more " } else { "" };
            let noun = if chain.len() == 1 { "certificate" } else { "certificates" };
            let seen = format!("{days} days {more}left, {} {noun} sent", chain.len());
            case.passed(None, expected, seen)
        }
        days => {
            let seen = format!("it ends in {} days", days.unwrap_or_default());
            case.failed(None, expected, seen, Symptom::Expiring)
        }
    }
}
