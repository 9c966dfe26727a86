//! Where no back end listens, nginx says so.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport, Variant};
use crate::environment::LocationType;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "back-end-down",
    summary: "502 when nobody listens where the back end is",
    explanation: "\
On a second nginx of the same files, whose back ends are ports that nobody listens on, every route must answer 502, at once. A
failure means that something else than the declared back end answers here, or that a fault of it is hidden.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Websocket,
        LocationType::Sse,
        LocationType::Stream,
        LocationType::Health,
    ]),
    needs: Needs::Variants,
    run: |case| run(case).boxed(),
};

/// What is promised.
const EXPECTED: &str = "502 while nobody listens at the back end's address";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    case.in_each(case.transports(), EXPECTED, |case, via| async move { over(&case, via).await }).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let path = case.path()?;
    let mut session = case.session_on(Some(Variant::WITHOUT_BACK_ENDS), via).await?;
    let reply = session.send(&case.get(via, &path), case.patience()).await?;
    match reply.status {
        502 => Ok("502".to_owned()),
        other => Err(Miss::broken(other.to_string(), Symptom::Hidden)),
    }
}
