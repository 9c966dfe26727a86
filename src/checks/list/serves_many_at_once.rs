//! Many streams and sockets stay open at once, and all are served.

use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::Mutex;

use crate::checks::streamed::Reader;
use super::websocket_echoes::socket_at;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::{Fault, Message, Reply, Session, Socket};
use crate::environment::{Location, LocationType};
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "serves-many-at-once",
    summary: "many streams and sockets are open at once, and all are served",
    explanation: "\
As many streams as `--connections` says are opened at the first location of the site that streams, and as many sockets at
its first WebSocket location, each over a connection of its own. When the last is open, every stream must get another event,
and every socket its own text back. Clients of real-time services stay: what serves ten may fail the hundredth. A failure
means that something counts connections: `limit_conn`, `max_conns`, `worker_connections`, or the limit of open files.",
    of: Of::Site,
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// Sites take turns: what one holds open is all that the sandbox has room for.
static TURN: Mutex<()> = Mutex::const_new(());

/// How many are being opened at any moment.
const OPENING: usize = 64;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let first = |kinds: &[LocationType]| {
        let mut locations = case.site().service.locations.iter();
        locations.find(|one| kinds.contains(&one.kind) && crate::checks::path::of(one).is_ok())
    };
    let streaming = first(&[LocationType::Sse, LocationType::Stream]);
    let sockets = first(&[LocationType::Websocket]);
    if streaming.is_none() && sockets.is_none() {
        return Vec::new();
    }
    let _turn = TURN.lock().await;
    vec![at_once(case, streaming, sockets).await]
}

async fn at_once<'c>(
    case: &Case<'c>,
    streaming: Option<&'c Location>,
    sockets: Option<&'c Location>,
) -> Outcome {
    let via = case.transports().first().copied().unwrap_or(Transport::Tls);
    let count = case.deployment().connections;
    let places = [streaming.map(|one| (case.at(one), false)), sockets.map(|one| (case.at(one), true))];
    let places: Vec<_> = places.into_iter().flatten().collect();
    let kinds = [streaming.map(|_| format!("{count} streams")), sockets.map(|_| format!("{count} sockets"))];
    let kinds = kinds.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    let expected = format!("{kinds} open at once, all served");
    let wanted = places.iter().flat_map(|place| std::iter::repeat_n(place, count));
    let opening = wanted.map(|(place, is_socket)| opened(place, via, *is_socket));
    let opening: Vec<BoxFuture<'_, _>> = opening.map(FutureExt::boxed).collect();
    let opened: Vec<Seen<Held>> = stream::iter(opening).buffered(OPENING).collect().await;
    // Every one is open now, or will never be.
    let serving = opened.into_iter().map(async |held| held?.served(case.patience()).await);
    let served: Vec<Seen<Held>> = join_all(serving).await;
    let faults: Vec<&Miss> = served.iter().filter_map(|one| one.as_ref().err()).collect();
    let good = served.len() - faults.len();
    let seen = match faults.first() {
        None => Ok(format!("all {good} served")),
        Some(Miss::Unknown(first) | Miss::Broken(first, _)) => {
            let seen = format!("{good} of {} served; the first of the others: {first}", served.len());
            Err(Miss::broken(seen, Symptom::Crowded))
        }
    };
    case.outcome(Some(via), expected, seen)
}

/// What is held open.
enum Held {
    /// The connection ends with its session.
    Stream {
        _session: Session,
        reply: Box<Reply>,
    },
    Socket(Box<Socket>),
}

/// Opens one, and sees it served a first time.
async fn opened(case: &Case<'_>, via: Transport, is_socket: bool) -> Seen<Held> {
    let path = case.path()?;
    if is_socket {
        let order = Order::new(Work::Echo);
        return Ok(Held::Socket(Box::new(socket_at(case, None, &order, path).await?)));
    }
    // Seldom enough for thousands at once; without an end as long as this takes.
    let every = Duration::from_millis(200 + case.deployment().connections as u64);
    let order = Order::new(Work::Events { count: 1000, every });
    let (session, reply) = case.ask(via, &case.ordered(via, &path, &order)).await?;
    match reply.status {
        200 => Held::Stream { _session: session, reply: Box::new(reply) }.served(case.patience()).await,
        status => Err(Miss::status(status)),
    }
}

impl Held {
    /// Waits until it is served: an event, or its own text back.
    async fn served(mut self, patience: Duration) -> Seen<Held> {
        match &mut self {
            Held::Stream { reply, .. } => {
                let mut reader = Reader::of(reply);
                loop {
                    let (_, piece) = reply.piece(patience).await?.ok_or(Fault::Closed)?;
                    if reader.take(&piece)? > 0 {
                        break;
                    }
                }
            }
            Held::Socket(socket) => {
                let text = Message::Text("one of many".to_owned());
                socket.send(text.clone(), patience).await?;
                let answer = socket.receive(patience).await?;
                if answer != text {
                    return Err(Fault::Protocol(format!("{answer:?} instead of its own text")).into());
                }
            }
        }
        Ok(self)
    }
}
