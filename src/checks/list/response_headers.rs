//! The declared headers of answers reach the client.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::environment::{Header, LocationType};
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
    // nginx sends no header with an empty value.
    let declared = case.location().response_headers.iter().filter(|header| !header.value.is_empty());
    let declared: Vec<&Header> = declared.collect();
    if declared.is_empty() {
        return Vec::new();
    }
    let told = declared.iter().map(|header| format!("`{}: {}`", header.name, header.value));
    let expected = told.collect::<Vec<_>>().join(", ");
    case.in_each(case.transports(), &expected, |via| over(case, via, &declared)).await
}

async fn over(case: &Case<'_>, via: Transport, declared: &[&Header]) -> Seen {
    let request = case.ordered(via, &case.path()?, &Order::new(Work::Echo));
    let (_, reply) = case.ask(via, &request).await?;
    for Header { name, value } in declared {
        let values = reply.headers.get_all(name).iter();
        let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
        let is_there =
            if value.contains('$') { !values.is_empty() } else { values.contains(&value.as_str()) };
        if !is_there {
            let seen =
                if values.is_empty() { "none".to_owned() } else { format!("`{}`", values.join("`, `")) };
            let seen = format!("`{name}`: {seen}, in an answer with {}", reply.status);
            return Err(Miss::broken(seen, Symptom::ResponseHeader(name.clone())));
        }
    }
    Ok("all of them".to_owned())
}
