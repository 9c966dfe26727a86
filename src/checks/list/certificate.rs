//! The certificates that a deployment shows.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
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
        let days = case.deployment().min_days;
        let expected = format!("a certificate of `{}` that is believed for {days} more days", name.as_str());
        outcomes.push(case.outcome(None, expected, of(case, name.as_str()).await));
    }
    outcomes
}

async fn of(case: &Case<'_>, name: &str) -> Seen {
    let deployment = case.deployment();
    if name.starts_with(['~', '.']) || name.contains('*') {
        return Err(Miss::unknown("a pattern does not tell which name to ask for"));
    }
    let tls = Transport::Tls.tls(&deployment.trust);
    let handshake = case.connect_as(name, Transport::Tls, tls).await?.handshake;
    let chain = handshake.map(|handshake| handshake.chain).unwrap_or_default();
    if deployment.is_insecure {
        return Err(Miss::unknown("with `--insecure` any certificate is believed"));
    }
    match deployment.trust.days_left(&chain, name, FAR) {
        Some(days) if days >= deployment.min_days.into() => {
            let more = if days == FAR { "or more " } else { "" };
            let noun = if chain.len() == 1 { "certificate" } else { "certificates" };
            Ok(format!("{days} days {more}left, {} {noun} sent", chain.len()))
        }
        days => {
            let seen = format!("it ends in {} days", days.unwrap_or_default());
            Err(Miss::broken(seen, Symptom::Expiring))
        }
    }
}
