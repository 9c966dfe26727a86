//! A live gRPC service answers, be it that it does not know the method.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport, grpc_call};
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
    case.in_each(grpc_call::ways(case), "200 with a `grpc-status`", |case, via| async move { over(&case, via).await }).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let told = case.location().probe.is_some().then(|| case.path().ok()).flatten();
    let method = told.or_else(|| grpc_call::made_up(case)).ok_or_else(|| {
        Miss::unknown("a call of its method could do something: say with `probe:` which one may be called")
    })?;
    let reply = called(case, via, &method).await?;
    if let Some(status) = grpc_call::status(&reply).filter(|_| grpc_call::is_grpc(&reply)) {
        let after = reply.answered.duration_since(reply.asked).as_millis();
        return Ok(format!("`grpc-status: {status}` after {after} ms"));
    }
    let kind = reply.header("content-type").unwrap_or("no content type");
    let seen = format!("{} with {kind}, and no `grpc-status`", reply.status);
    let symptom = if reply.status == 200 { Symptom::NoGrpc } else { Symptom::Status(reply.status) };
    Err(Miss::broken(seen, symptom))
}

/// Calls and reads the answer to its end, behind which the status is.
async fn called(case: &Case<'_>, transport: Transport, method: &str) -> Result<Reply, Fault> {
    let (_session, mut reply) = case.ask(transport, &grpc_call::empty(case, transport, method)).await?;
    reply.bytes(0, case.patience()).await?;
    Ok(reply)
}
