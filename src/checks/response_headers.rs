//! The declared headers of answers reach the client.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Order, Symptom, Transport};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "response-headers",
    summary: "the declared `response_headers` reach the client",
    explanation: "\
A `GET` in every way the site offers; its answer must carry each header that `response_headers` declares, with its value. Of one
whose value holds variables of nginx only the name is looked for. A failure means that another `add_header` further in dropped
it: nginx inherits them all or none.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Websocket,
        LocationType::Sse,
        LocationType::Stream,
        LocationType::Health,
        LocationType::Static,
        LocationType::Redirect,
    ]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    // nginx sends no header with an empty value.
    if case.location().response_headers.iter().any(|header| !header.value.is_empty()) {
        for transport in case.transports() {
            outcomes.push(over(case, transport).await);
        }
    }
    outcomes
}

async fn over(case: &Case<'_>, transport: Transport) -> Outcome {
    let via = Some(transport);
    let declared = || case.location().response_headers.iter().filter(|header| !header.value.is_empty());
    let expected = declared()
        .map(|header| format!("`{}: {}`", header.name, header.value))
        .collect::<Vec<_>>()
        .join(", ");
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return case.skipped(via, expected, reason),
    };
    let request = case.ordered(transport, &path, &Order::new(Work::Echo));
    let reply = match case.ask(transport, &request).await {
        Ok((_, reply)) => reply,
        Err(fault) => return case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
    };
    for header in declared() {
        let values: Vec<_> =
            reply.headers.get_all(&header.name).iter().filter_map(|value| value.to_str().ok()).collect();
        let is_there =
            if header.value.contains('$') { !values.is_empty() } else { values.contains(&&*header.value) };
        if !is_there {
            let seen =
                if values.is_empty() { "none".to_owned() } else { format!("`{}`", values.join("`, `")) };
            let seen = format!("`{}`: {seen}, in an answer with {}", header.name, reply.status);
            return case.failed(via, expected, seen, Symptom::ResponseHeader(&header.name));
        }
    }
    case.passed(via, expected, "all of them")
}
