//! A gRPC call reaches its back end, and its message and status come back.

use std::time::Duration;

use futures_util::FutureExt;
use hyper::header::HeaderMap;

use crate::checks::grpc_call::{self, LENGTH};
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::{Fault, Reply};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::{METADATA, REFUSAL, Record, Work};

pub(super) static CHECK: Check = Check {
    id: "calls-grpc",
    summary: "a gRPC call reaches the declared back end over HTTP/2, and its status comes back",
    explanation: "\
Two unary calls, over HTTP/2 with TLS, or in clear where the site has no TLS. The first is answered with a message and, in the
trailers, `grpc-status: 0`; the second is refused with status 5, a `grpc-message` and no message, which gRPC puts among the headers.
Both statuses must arrive with the service's own metadata, and the stand-in at the declared address must have seen the call as it was sent: method, message and
`te: trailers`, over HTTP/2. That messages of a long call arrive in time is seen to by `streams-in-time`.

A failure means that clients see `UNAVAILABLE` or `INTERNAL` whatever the back end says: `proxy_pass` stands where `grpc_pass`
should and drops the trailers, HTTP/2 is not offered, or the call goes elsewhere.",
    of: Of::Location(&[LocationType::Grpc]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// A call: how many messages answer it, its status, and both in words.
struct Call {
    messages: u32,
    status: u8,
    expected: &'static str,
}

const CALLS: [Call; 2] = [
    Call { messages: 1, status: 0, expected: "a message, and `grpc-status: 0` behind it" },
    Call { messages: 0, status: 5, expected: "for a call that is refused, `grpc-status: 5`" },
];

/// The length of a stand-in's message.
const EACH: usize = 6;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for call in &CALLS {
        outcomes
            .extend(case.in_each(grpc_call::ways(case), call.expected, |case, via| async move { over(&case, via, call).await }).await);
    }
    outcomes
}

async fn over(case: &Case<'_>, via: Transport, call: &Call) -> Seen {
    let method = grpc_call::method(case)?;
    let order = Order::new(Work::Grpc { count: call.messages, every: Duration::ZERO, status: call.status });
    let (reply, body) = called(case, via, &method, &order).await?;
    if reply.status != 200 {
        return Err(Miss::status(reply.status));
    }
    let got = grpc_call::status(&reply);
    let is_whole = body.len() == EACH * call.messages as usize;
    if !grpc_call::is_grpc(&reply) || got != Some(call.status.to_string()) || !is_whole {
        let kind = reply.header("content-type").unwrap_or("no content type");
        let got =
            got.map_or_else(|| "no `grpc-status`".to_owned(), |status| format!("`grpc-status: {status}`"));
        return Err(Miss::broken(format!("200, {kind}, {} bytes, {got}", body.len()), Symptom::NoGrpc));
    }
    if let Some(lost) = lost(&reply, call) {
        return Err(Miss::broken(format!("`grpc-status: {}` without {lost}", call.status), Symptom::NoGrpc));
    }
    let record = case.record(&order, reply.status)?;
    reached(case, call, &method, &record)
}

/// What of the metadata of an answer is not there.
fn lost(reply: &Reply, call: &Call) -> Option<String> {
    let (own, value) = METADATA;
    let has = |headers: &HeaderMap, name, value| headers.get(name).is_some_and(|came| came == value);
    let is_behind = reply.trailers.as_ref().is_none_or(|trailers| has(trailers, own, value));
    let is_refusal = call.messages == 0;
    if !has(&reply.headers, own, value) {
        Some(format!("the metadata `{own}` of the service"))
    } else if !is_behind {
        Some(format!("the metadata `{own}` behind the message"))
    } else if is_refusal && !has(&reply.headers, "grpc-message", REFUSAL) {
        Some("its `grpc-message`".to_owned())
    } else {
        None
    }
}

/// Calls and reads the answer to its end, behind which the trailers are.
async fn called(
    case: &Case<'_>,
    via: Transport,
    method: &str,
    order: &Order,
) -> Result<(Reply, Vec<u8>), Fault> {
    let request = grpc_call::ordered(case, via, method, order);
    let (_session, mut reply) = case.ask(via, &request).await?;
    let body = reply.bytes(EACH * 2, case.patience()).await?;
    Ok((reply, body))
}

/// Whether the declared back end saw the call as it was sent.
fn reached(case: &Case<'_>, call: &Call, method: &str, record: &Record) -> Seen {
    let trailers = record.header("te");
    let seen = format!(
        "`grpc-status: {}` from `{}`, which saw {} {}, {} bytes, `te: {}`",
        call.status,
        record.stand_in,
        record.version,
        record.target,
        record.body.unwrap_or_default(),
        trailers.unwrap_or_default()
    );
    let is_as_sent = record.version == "HTTP/2.0"
        && record.target == method
        && record.body == Some(LENGTH)
        && trailers == Some("trailers");
    let seen = case.from_own(record, seen)?;
    if is_as_sent { Ok(seen) } else { Err(Miss::broken(seen, Symptom::NoGrpc)) }
}
