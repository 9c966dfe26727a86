//! A request reaches the back end that is declared, and its answer comes back.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Transport};
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
    case.in_each(case.transports(), "200 from the declared back end", |case, via| async move { over(&case, via).await }).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let order = Order::new(Work::Echo);
    let (_, reply) = case.ask(via, &case.ordered(via, &case.path()?, &order)).await?;
    if reply.status != 200 {
        return Err(Miss::status(reply.status));
    }
    let record = case.record(&order, reply.status)?;
    case.from_own(&record, format!("200 from `{}`", record.stand_in))
}
