//! Where no back end listens, nginx says so.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Symptom, Transport, Variant};
use crate::environment::LocationType;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "back-end-down",
    summary: "502 when nobody listens where the back end is",
    explanation: "\
On a second nginx of the same files, whose back ends are ports that nobody listens on, every route must answer 502, at once. A
failure means that something else than the declared back end answers here, or that a fault of it is hidden.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Websocket,
        LocationType::Sse,
        LocationType::Stream,
        LocationType::Health,
    ]),
    needs: Needs::Variants,
    run: |case| run(case).boxed(),
};

/// What is promised.
const EXPECTED: &str = "502 while nobody listens at the back end's address";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return vec![case.skipped(None, EXPECTED, reason)],
    };
    let mut outcomes = Vec::new();
    for transport in case.transports() {
        outcomes.push(over(case, transport, &path).await);
    }
    outcomes
}

async fn over(case: &Case<'_>, transport: Transport, path: &str) -> Outcome {
    let via = Some(transport);
    let variant = Variant { scale: None, without_back_ends: true };
    let answer = async {
        let mut session = case.session_on(Some(variant), transport).await?;
        session.send(&case.get(transport, path), case.patience()).await
    };
    match answer.await {
        Ok(reply) if reply.status == 502 => case.passed(via, EXPECTED, "502"),
        Ok(reply) => case.failed(via, EXPECTED, reply.status.to_string(), Symptom::Elsewhere),
        Err(fault) => case.failed(via, EXPECTED, fault.to_string(), Symptom::Fault(&fault)),
    }
}
