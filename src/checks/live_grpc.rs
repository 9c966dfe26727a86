//! A live gRPC service answers, be it that it does not know the method.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Symptom, Transport, grpc_call};
use crate::client::{Fault, Reply};
use crate::environment::LocationType;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "answers-grpc",
    summary: "the gRPC service answers with a status of gRPC",
    explanation: "\
A call over HTTP/2 with an empty message, to the location's `probe` path or else to a method that no service has, so that nothing
happens there. Any `grpc-status` passes: a service says 12 (unimplemented) of a method that it does not have, 7 or 16 to a
stranger. An answer without one comes from somebody else: a page of nginx because the back end is down or speaks no gRPC, a
location that is not passed on by `grpc_pass`, or a gateway before both. Of a location that takes one method only nothing is
known without `probe`, and it is skipped.",
    of: Of::Location(&[LocationType::Grpc]),
    needs: Needs::Deployment,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for transport in grpc_call::ways(case) {
        outcomes.push(over(case, transport).await);
    }
    outcomes
}

async fn over(case: &Case<'_>, transport: Transport) -> Outcome {
    let (via, expected) = (Some(transport), "200 with a `grpc-status`");
    let told = case.location().probe.is_some().then(|| case.path().ok()).flatten();
    let Some(method) = told.or_else(|| grpc_call::made_up(case)) else {
        let reason = "a call of its method could do something: say with `probe:` which one may be called";
        return case.skipped(via, expected, reason);
    };
    match called(case, transport, &method).await {
        Err(fault) => case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
        Ok(reply) => {
            let kind = reply.header("content-type").unwrap_or("no content type");
            match grpc_call::status(&reply).filter(|_| grpc_call::is_grpc(&reply)) {
                Some(status) => {
                    let after = reply.answered.duration_since(reply.asked).as_millis();
                    case.passed(via, expected, format!("`grpc-status: {status}` after {after} ms"))
                }
                None if reply.status == 200 => case.failed(
                    via,
                    expected,
                    format!("200 with {kind}, and no `grpc-status`"),
                    Symptom::NoGrpc,
                ),
                None => {
                    let seen = format!("{} with {kind}, and no `grpc-status`", reply.status);
                    case.failed(via, expected, seen, Symptom::Status(reply.status))
                }
            }
        }
    }
}

/// Calls and reads the answer to its end, behind which the status is.
async fn called(case: &Case<'_>, transport: Transport, method: &str) -> Result<Reply, Fault> {
    let (_session, mut reply) = case.ask(transport, &grpc_call::empty(case, transport, method)).await?;
    reply.bytes(0, case.patience()).await?;
    Ok(reply)
}
