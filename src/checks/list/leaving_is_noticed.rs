//! A client that goes away is noticed by the back end.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::checks::streamed;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::Fault;
use crate::environment::LocationType;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "leaving-is-noticed",
    summary: "the back end notices that a client goes away",
    explanation: "\
The client reads the first event of a stream and closes its connection, in every way the site offers, while the back end is
silent: the next event is due after eight seconds. nginx must close its own connection to the back end long before, for
a stream that says little would otherwise be kept for nobody until it next says something. A failure means that back ends
go on with work for clients that are gone, a language model's included, and run out of connections:
`proxy_ignore_client_abort` is on.",
    of: Of::Location(&[LocationType::Sse, LocationType::Stream, LocationType::Grpc]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// How long the back end is silent after its first event.
const SILENCE: Duration = Duration::from_secs(8);

/// Well before the next event, whose writing would fail and so be noticed. It is waited for no longer than it takes.
const IN_TIME: Duration = Duration::from_secs(5);

/// How long the first event is waited for: where events are held back it does not come.
const FIRST: Duration = Duration::from_millis(600);

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let expected = format!("the back end sees the client gone within {} ms", IN_TIME.as_millis());
    let over = async |via| {
        let case = case.anew();
        case.outcome(Some(via), &expected, over(&case, via).await)
    };
    join_all(streamed::ways(case).into_iter().map(over)).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let order = Order::new(streamed::work(case, 2, SILENCE));
    let status = come_and_go(case, via, &streamed::path(case)?, &order).await?;
    if status != 200 {
        return Err(Miss::status(status));
    }
    let gone = std::time::Instant::now();
    let record = case.journal().wait(&order.nonce, IN_TIME, |record| record.left.is_some()).await;
    match record.map(|record| record.left) {
        None => Err(Miss::broken("200, though no back end was asked", Symptom::Elsewhere)),
        Some(Some(left)) => Ok(format!("seen after {} ms", left.saturating_duration_since(gone).as_millis())),
        Some(None) => {
            let seen = format!("not seen for {} ms, nor before the next event", IN_TIME.as_millis());
            Err(Miss::broken(seen, Symptom::Unnoticed))
        }
    }
}

/// Reads the first piece of the answer and goes away; the status.
async fn come_and_go(case: &Case<'_>, transport: Transport, path: &str, order: &Order) -> Result<u16, Fault> {
    let (session, mut reply) = case.ask(transport, &streamed::ordered(case, transport, path, order)).await?;
    if reply.status == 200 {
        // That the event is held back is told of by another check.
        match reply.piece(FIRST).await {
            Ok(_) | Err(Fault::Timeout(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    drop(session);
    Ok(reply.status)
}
