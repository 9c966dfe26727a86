//! A WebSocket opens at its path without the final slash, too.

use futures_util::FutureExt;

use super::websocket_echoes::{socket_at, way};
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "websocket-without-slash",
    summary: "a WebSocket opens at the location's path without its final slash",
    explanation: "\
A handshake at `/ws`, where `/ws/` is declared. nginx answers it with 301 where nothing else is said, and WebSocket clients do
not follow redirects. All profiles but `guide` promise a `location = /ws` beside the declared one. A failure means that this
twin is missing, or leads elsewhere.",
    of: Of::Location(&[LocationType::Websocket]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(path) = case.location().twin_path() else { return vec![] };
    let is_declared = case.site().service.locations.iter().any(|other| other.path.value == path);
    if is_declared || !case.promises_more_than_the_guide() {
        return vec![];
    }
    let expected = format!("101 at `{path}` from the declared back end");
    case.in_each(vec![way(case)], &expected, |_| at(case, path)).await
}

async fn at(case: &Case<'_>, path: &str) -> Seen {
    let order = Order::new(Work::Echo);
    socket_at(case, None, &order, path.to_owned()).await?;
    let reached = case.journal().get(&order.nonce).map(|record| record.stand_in);
    match reached.filter(|name| case.is_own_back_end(name)) {
        Some(stand_in) => Ok(format!("101 from `{stand_in}`")),
        None => Err(Miss::broken("101, from another back end", Symptom::Elsewhere)),
    }
}
