//! A body of exactly the declared size passes, and one byte more does not.

use std::time::Duration;

use futures_util::FutureExt;

use crate::checks::streamed;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::Body;
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "body-size",
    summary: "a body of exactly `client_max_body_size` passes, one byte more is answered with 413",
    explanation: "\
In every way the site offers, a `POST` (a call, for type `grpc`) carries exactly as many bytes as the location, else its service, else nginx's own 1 MiB
allows; the messages of a call are bounded only where its location says so. The back end must get all of them. Then one byte more is announced, which nginx must refuse with 413 before it comes.
Sizes beyond 64 MiB are not sent, only the refusal is tried. A failure means that `client_max_body_size` is set on another level
than declared, or not at all: uploads fail that should not, or fill the disk.",
    of: Of::Location(&[LocationType::Http, LocationType::Stream, LocationType::Grpc]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// What nginx allows where nothing is said.
const USUAL: u64 = 1 << 20;

/// A call that ends at once.
const CALL: Work = Work::Grpc { count: 1, every: Duration::ZERO, status: 0 };

/// The most that is sent.
const LARGEST: u64 = 64 << 20;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let own = case.location().proxy.client_max_body_size.as_ref();
    // The messages of a streaming call count as one body, which has no end.
    let is_grpc = streamed::is_grpc(case);
    let declared = own.or(case.site().service.client_max_body_size.as_ref().filter(|_| !is_grpc));
    let size = declared.map_or(if is_grpc { 0 } else { USUAL }, |size| size.bytes);
    let ways = streamed::ways(case);
    // 0 means that nginx checks nothing: twice the usual size passes then.
    let most = if size == 0 { 2 * USUAL } else { size };
    let expected = format!("a body of {most} bytes passes");
    let mut outcomes = case.in_each(ways.clone(), &expected, |case, via| async move { passes(&case, via, most).await }).await;
    if size > 0 {
        let more = size + 1;
        let expected = format!("413 for a body of {more} bytes, as soon as it is announced");
        outcomes.extend(case.in_each(ways.clone(), &expected, |case, via| async move { refused(&case, via, more).await }).await);
    }
    outcomes
}

async fn passes(case: &Case<'_>, via: Transport, size: u64) -> Seen {
    case.lets_in("POST")?;
    if size > LARGEST {
        return Err(Miss::unknown(format!("more than {LARGEST} bytes are not sent")));
    }
    let order = Order::new(if streamed::is_grpc(case) { CALL } else { Work::Echo });
    let request = streamed::ordered(case, via, &streamed::path(case)?, &order).post(Body::Zeros(size));
    // Each MiB may take a quarter of a second, over TLS on a machine that is busy.
    let mebibytes = u32::try_from(size >> 20).unwrap_or(u32::MAX);
    let patience = case.patience() + Duration::from_millis(250) * mebibytes;
    let reply = case.session(via).await?.send(&request, patience).await?;
    if reply.status != 200 {
        return Err(Miss::status(reply.status));
    }
    match case.record(&order, reply.status)?.body.unwrap_or_default() {
        came if came == size => Ok("200, all of it at the back end".to_owned()),
        came => Err(Miss::broken(format!("200, {came} bytes at the back end"), Symptom::BodySize)),
    }
}

async fn refused(case: &Case<'_>, via: Transport, size: u64) -> Seen {
    case.lets_in("POST")?;
    let request = case.get(via, &streamed::path(case)?).post(Body::Announced(size));
    match case.ask(via, &request).await {
        Ok((_, reply)) if reply.status == 413 => Ok("413".to_owned()),
        Ok((_, reply)) => Err(Miss::broken(reply.status.to_string(), Symptom::BodySize)),
        Err(fault) => Err(Miss::broken(format!("no 413: {fault}"), Symptom::BodySize)),
    }
}
