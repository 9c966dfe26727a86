//! Clear HTTP is redirected to HTTPS.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "redirects-to-https",
    summary: "clear HTTP is redirected to HTTPS, to the same name, path and query",
    explanation: "\
Each name of a site with TLS is asked in clear for a path with a query and an escape. The answer must be 301 or 308, to
`https://` and the very name, path and query that were asked for. With `$server_name` every other name is sent to the
first of the list; with `$uri` the query is lost and escapes are decoded.",
    of: Of::Site,
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

/// A path that shows whether it is decoded on the way, with a query.
const TARGET: &str = "/nginx-gen/a%20b?c=d&e=%2F";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    if case.site().tls.is_some() {
        for name in case.names() {
            let wanted = format!("https://{}{TARGET}", case.authority_of(&name, Transport::Tls));
            let expected = format!("301 or 308 to `{wanted}`");
            let case = case.anew();
            let seen = of_name(&case, &name, &wanted).await;
            outcomes.push(case.outcome(Some(Transport::Clear), expected, seen));
        }
    }
    outcomes
}

async fn of_name(case: &Case<'_>, name: &str, wanted: &str) -> Seen {
    let (_, reply) = case.ask_clear(name, TARGET).await?;
    let status = reply.status;
    let Some(location) = reply.header("location") else {
        return Err(Miss::broken(format!("{status} for `{name}`"), Symptom::Misdirected));
    };
    let seen = format!("{status} to `{location}`");
    match matches!(status, 301 | 308) && location == wanted {
        true => Ok(seen),
        false => Err(Miss::broken(seen, Symptom::Misdirected)),
    }
}
