//! A body of exactly the declared size passes, and one byte more does not.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Order, Symptom, Transport};
use crate::client::Body;
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "body-size",
    summary: "a body of exactly `client_max_body_size` passes, one byte more is answered with 413",
    explanation: "\
In every way the site offers, a `POST` carries exactly as many bytes as the location, else its service, else nginx's own 1 MiB
allows; the back end must get all of them. Then one byte more is announced, which nginx must refuse with 413 before it comes.
Sizes beyond 64 MiB are not sent, only the refusal is tried. A failure means that `client_max_body_size` is set on another level
than declared, or not at all: uploads fail that should not, or fill the disk.",
    of: Of::Location(&[LocationType::Http]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// What nginx allows where nothing is said.
const USUAL: u64 = 1 << 20;

/// The most that is sent.
const LARGEST: u64 = 64 << 20;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let own = case.location().proxy.client_max_body_size.as_ref();
    let declared = own.or(case.site().service.client_max_body_size.as_ref());
    let size = declared.map_or(USUAL, |size| size.bytes);
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return vec![case.skipped(None, "bodies of the declared size pass", reason)],
    };
    let mut outcomes = Vec::new();
    for transport in case.transports() {
        outcomes.push(passes(case, transport, &path, size).await);
        if size > 0 {
            outcomes.push(refused(case, transport, &path, size + 1).await);
        }
    }
    outcomes
}

/// 0 means that nginx checks nothing: twice the usual size passes then.
async fn passes(case: &Case<'_>, transport: Transport, path: &str, size: u64) -> Outcome {
    let via = Some(transport);
    let size = if size == 0 { 2 * USUAL } else { size };
    let expected = format!("a body of {size} bytes passes");
    if size > LARGEST {
        return case.skipped(via, expected, format!("more than {LARGEST} bytes are not sent"));
    }
    let order = Order::new(Work::Echo);
    let request = case.ordered(transport, path, &order).post(Body::Zeros(size));
    // Each MiB may take a quarter of a second, over TLS on a machine that is busy.
    let patience =
        case.patience() + std::time::Duration::from_millis(250) * u32::try_from(size >> 20).unwrap_or(0);
    let answer = async { case.session(transport).await?.send(&request, patience).await };
    match answer.await {
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok(reply) if reply.status != 200 => {
            case.failed(via, expected, reply.status.to_string(), Symptom::Status(reply.status))
        }
        Ok(_) => match case.journal().get(&order.nonce).and_then(|record| record.body) {
            Some(came) if came == size => case.passed(via, expected, "200, all of it at the back end"),
            Some(came) => {
                case.failed(via, expected, format!("200, {came} bytes at the back end"), Symptom::BodySize)
            }
            None => case.failed(via, expected, "200, though no back end was asked", Symptom::Elsewhere),
        },
    }
}

async fn refused(case: &Case<'_>, transport: Transport, path: &str, size: u64) -> Outcome {
    let via = Some(transport);
    let expected = format!("413 for a body of {size} bytes, as soon as it is announced");
    let request = case.get(transport, path).post(Body::Announced(size));
    match case.ask(transport, &request).await {
        Ok((_, reply)) if reply.status == 413 => case.passed(via, expected, "413"),
        Ok((_, reply)) => case.failed(via, expected, reply.status.to_string(), Symptom::BodySize),
        Err(fault) => case.failed(via, expected, format!("no 413: {fault}"), Symptom::BodySize),
    }
}
