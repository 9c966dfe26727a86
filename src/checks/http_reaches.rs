//! A request reaches the back end that is declared, and its answer comes back.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Order, Symptom, Transport};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "reaches-back-end",
    summary: "a request reaches the declared back end",
    explanation: "\
A `GET` is sent in every way the site offers. The stand-in at the address that the environment declares must be the one
that gets it, and its answer must come back with 200. A failure means that another location takes the path, that
`proxy_pass` leads elsewhere, or that nginx answers by itself.",
    of: Of::Location(&[LocationType::Http, LocationType::Health, LocationType::Sse, LocationType::Stream]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for transport in case.transports() {
        outcomes.push(over(case, transport).await);
    }
    outcomes
}

async fn over(case: &Case<'_>, transport: Transport) -> Outcome {
    let via = Some(transport);
    let expected = "200 from the declared back end";
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return case.skipped(via, expected, reason),
    };
    let order = Order::new(Work::Echo);
    match case.ask(transport, &case.ordered(transport, &path, &order)).await {
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok((_, reply)) if reply.status != 200 => {
            case.failed(via, expected, reply.status.to_string(), Symptom::Status(reply.status))
        }
        Ok(_) => reached(case, transport, expected, &order),
    }
}

/// Whether the journal knows of the request, at an address of the site's.
fn reached(case: &Case<'_>, transport: Transport, expected: &str, order: &Order) -> Outcome {
    let via = Some(transport);
    let Some(record) = case.journal().get(&order.nonce) else {
        return case.failed(via, expected, "200, though no back end was asked", Symptom::Elsewhere);
    };
    let seen = format!("200 from `{}`", record.stand_in);
    if case.is_own_back_end(&record.stand_in) {
        case.passed(via, expected, seen)
    } else {
        case.failed(via, expected, seen, Symptom::Elsewhere)
    }
}
