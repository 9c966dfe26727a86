//! A client that comes back says which event it had last, and the back end hears it.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
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
    let expected = format!("the back end sees `Last-Event-ID: {ID}`");
    case.in_each(case.transports(), &expected, |case, via| async move { over(&case, via).await }).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let order = Order::new(Work::Echo);
    let request = case.ordered(via, &case.path()?, &order).header(HEADER, ID);
    let (_, reply) = case.ask(via, &request).await?;
    let record = case.record(&order, reply.status)?;
    match record.header(HEADER) {
        Some(ID) => Ok("the same".to_owned()),
        Some(other) => Err(Miss::broken(format!("`{other}`"), Symptom::ClientHeader("Last-Event-ID".to_owned()))),
        None => Err(Miss::broken("no such header", Symptom::ClientHeader("Last-Event-ID".to_owned()))),
    }
}
