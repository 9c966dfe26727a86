//! A live back end answers behind its location.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Symptom, Transport};
use crate::environment::LocationType;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "answers",
    summary: "the back end answers",
    explanation: "\
One `GET` in every way the site offers, and never anything else: a `stream` that takes only `POST` answers 405, and is
there. What a stranger may see passes: success, a redirect, 401, 403, 404. A health check has to succeed, or to ask who
is there. A status from 500 on fails: 502 and 503 mean that nothing listens where nginx looks for the back end, 504 that
it takes too long, others that it is broken itself.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Health,
        LocationType::Stream,
        LocationType::Static,
    ]),
    needs: Needs::Deployment,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    if case.is_direct() && case.location().kind == LocationType::Static {
        return outcomes; // its files are nginx's own
    }
    for transport in case.transports() {
        outcomes.push(over(case, transport).await);
    }
    outcomes
}

async fn over(case: &Case<'_>, transport: Transport) -> Outcome {
    let via = Some(transport);
    let is_health = case.location().kind == LocationType::Health;
    let expected = if is_health { "200 to 299, 401 or 403" } else { "any status below 500" };
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return case.skipped(via, expected, reason),
    };
    match case.ask(transport, &case.get(transport, &path)).await {
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok((_, reply)) => {
            let is_good = match reply.status {
                200..=299 | 401 | 403 => true,
                status => !is_health && status < 500,
            };
            let after = reply.answered.duration_since(reply.asked).as_millis();
            let seen = format!("{} after {after} ms", reply.status);
            if is_good {
                case.passed(via, expected, seen)
            } else {
                case.failed(via, expected, seen, Symptom::Status(reply.status))
            }
        }
    }
}
