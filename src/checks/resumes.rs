//! A client that comes back says which event it had last, and the back end hears it.

use futures_util::FutureExt;
use futures_util::future::join_all;

use super::{Case, Check, Needs, Of, Order, Symptom, Transport};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "resumes",
    summary: "`Last-Event-ID` reaches the back end",
    explanation: "\
A browser that lost its event stream asks again, and says with `Last-Event-ID` which event it had last. The client sends
that header, in every way the site offers, and the stand-in must see the same value. A failure means that nginx sets
or drops the header: clients would miss events after each reconnect, or get them twice.",
    of: Of::Location(&[LocationType::Sse]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

const HEADER: &str = "last-event-id";

/// No number, so that nobody makes it up.
const ID: &str = "nginx-gen:41/b";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    join_all(case.transports().into_iter().map(|transport| over(case, transport))).await
}

async fn over(case: &Case<'_>, transport: Transport) -> Outcome {
    let via = Some(transport);
    let expected = format!("the back end sees `Last-Event-ID: {ID}`");
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return case.skipped(via, expected, reason),
    };
    let order = Order::new(Work::Echo);
    let request = case.ordered(transport, &path, &order).header(HEADER, ID);
    let status = match case.ask(transport, &request).await {
        Err(fault) => return case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok((_, reply)) => reply.status,
    };
    let record = case.journal().get(&order.nonce);
    match record.as_ref().map(|record| record.header(HEADER)) {
        None if status != 200 => case.failed(via, expected, status.to_string(), Symptom::Status(status)),
        None => {
            let seen = format!("{status}, though no back end was asked");
            case.failed(via, expected, seen, Symptom::Elsewhere)
        }
        Some(Some(ID)) => case.passed(via, expected, "the same"),
        Some(Some(other)) => case.failed(via, expected, format!("`{other}`"), Symptom::Resumption),
        Some(None) => case.failed(via, expected, "no such header", Symptom::Resumption),
    }
}
