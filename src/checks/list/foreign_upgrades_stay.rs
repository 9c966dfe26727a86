//! An upgrade to anything but WebSocket ends at nginx.

use futures_util::FutureExt;

use super::websocket_echoes::way;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "foreign-upgrades-stay",
    summary: "a client's upgrade to anything but WebSocket is not passed on",
    explanation: "\
A request asks for an upgrade to `h2c`, HTTP/2 in clear. The back end must not see it: one that agrees would speak past nginx
from then on, and every rule of nginx with it. `proxy_set_header Upgrade $http_upgrade` passes on whatever the client wants, and
`Connection upgrade` in every request keeps nginx from using connections to the back end again;
all profiles but `guide` promise to let only `websocket` through.",
    of: Of::Location(&[
        LocationType::Websocket,
        LocationType::Http,
        LocationType::Sse,
        LocationType::Stream,
    ]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// What is promised.
const EXPECTED: &str = "a request with `Upgrade: h2c` reaches the back end as an ordinary one";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let own = &case.location().proxy.request_headers;
    let is_own = own.iter().any(|header| header.name.eq_ignore_ascii_case("upgrade"));
    if is_own || !case.promises_more_than_the_guide() {
        return vec![];
    }
    case.in_each(vec![way(case)], EXPECTED, |case, via| async move { over(&case, via).await }).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let order = Order::new(Work::Echo);
    let request = case.ordered(via, &case.path()?, &order);
    let request = request
        .header("connection", "Upgrade, HTTP2-Settings")
        .header("upgrade", "h2c")
        .header("http2-settings", "AAMAAABkAAQAAP__");
    let (_, reply) = case.ask(via, &request).await?;
    let record = case.record(&order, reply.status)?;
    if let Some(passed) = record.header("upgrade") {
        return Err(Miss::broken(format!("`Upgrade: {passed}`"), Symptom::ForeignUpgrade));
    }
    match record.header("connection").filter(|value| value.to_ascii_lowercase().contains("upgrade")) {
        Some(passed) => Err(Miss::broken(format!("`Connection: {passed}`"), Symptom::ForeignUpgrade)),
        None => Ok("no `Upgrade`".to_owned()),
    }
}
