//! The path without its final slash is served, too.

use futures_util::FutureExt;

use super::websocket_echoes::{socket_at, way};
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::Body;
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "path-without-slash",
    summary: "a WebSocket, an event stream and a token stream are served at the location's path without its final slash",
    explanation: "\
A handshake at `/ws`, where `/ws/` is declared; a `GET` for type `sse`, a `POST` for type `stream`. nginx answers with 301 where
nothing else is said: WebSocket clients do not follow redirects, and a `POST` becomes a `GET`. All profiles but `guide` promise a
`location = /ws` beside the declared one; `probe` only sees, by a `GET`, that there is no redirect. A failure means that this twin is
missing, or leads elsewhere.",
    of: Of::Location(&[LocationType::Websocket, LocationType::Sse, LocationType::Stream]),
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Some(path) = case.location().twin_path() else { return vec![] };
    let is_declared = case.site().service.locations.iter().any(|other| other.path.value == path);
    if is_declared || case.is_direct() || !case.promises_more_than_the_guide() {
        return vec![];
    }
    if case.deployment().journal.is_none() {
        let expected = format!("`{path}` is no redirect");
        return case.in_each(vec![way(case)], &expected, |case, via| async move { from_afar(&case, via, path).await }).await;
    }
    let expected = format!("`{path}` is answered by the declared back end");
    case.in_each(vec![way(case)], &expected, |case, via| async move { at(&case, via, path).await }).await
}

/// What a stranger sees of it by a `GET`, which sets nothing going.
async fn from_afar(case: &Case<'_>, via: Transport, path: &str) -> Seen {
    let (_, reply) = case.ask(via, &case.get(via, path)).await?;
    match reply.status {
        300..=399 => Err(Miss::broken(reply.status.to_string(), Symptom::Twin)),
        status => Ok(status.to_string()),
    }
}

async fn at(case: &Case<'_>, via: Transport, path: &str) -> Seen {
    let order = Order::new(Work::Echo);
    let request = case.ordered(via, path, &order);
    let status = match case.location().kind {
        LocationType::Websocket => {
            socket_at(case, None, &order, path.to_owned()).await?;
            101
        }
        LocationType::Stream => case.ask(via, &request.post(Body::Empty)).await?.1.status,
        _ => case.ask(via, &request).await?.1.status,
    };
    if matches!(status, 300..=399) {
        return Err(Miss::broken(status.to_string(), Symptom::Twin));
    }
    if !matches!(status, 101 | 200) {
        return Err(Miss::status(status));
    }
    let record = case.record(&order, status)?;
    case.from_own(&record, format!("{status} from `{}`", record.stand_in))
}
