//! Many streams and sockets stay open at once, and all are served.

use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::Mutex;

use super::websocket_echoes::{socket, way};
use crate::checks::streamed::{self, Reader};
use crate::checks::{path, Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::{Fault, Message, Reply, Session, Socket};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "serves-many-at-once",
    summary: "many streams, sockets and calls are open at once, and all are served",
    explanation: "\
As many streams as `--connections` says are opened at the first location of the site that streams, and as many sockets at
its first WebSocket location, each over a connection of its own; then as many calls at its first location of gRPC. When the last is
open, every stream and call must get another event or message, and every socket its own text back. Clients of real-time services stay: what serves ten may fail the hundredth. A failure
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
        let location = locations.find(|one| kinds.contains(&one.kind) && path::of(one).is_ok())?;
        Some(case.at(location))
    };
    let streams = first(&[LocationType::Sse, LocationType::Stream]).map(|case| Place { case, noun: "streams" });
    let sockets = first(&[LocationType::Websocket]).map(|case| Place { case, noun: "sockets" });
    let calls = first(&[LocationType::Grpc]).map(|case| Place { case, noun: "calls" });
    // Calls have a round of their own: the room is for a stream and a socket each.
    let mut outcomes = Vec::new();
    for round in [[streams, sockets], [calls, None]] {
        let round: Vec<Place<'_>> = round.into_iter().flatten().collect();
        if !round.is_empty() {
            let _turn = TURN.lock().await;
            outcomes.extend(at_once(&round).await);
        }
    }
    outcomes
}

/// Where as many are held open as are wanted.
struct Place<'c> {
    case: Case<'c>,
    /// What they are called.
    noun: &'static str,
}

async fn at_once(round: &[Place<'_>]) -> Vec<Outcome> {
    let wanted = round.iter().flat_map(|place| std::iter::repeat_n(place, place.count()));
    let opening: Vec<BoxFuture<'_, _>> = wanted.map(|place| place.opened().boxed()).collect();
    let opened: Vec<Seen<Held>> = stream::iter(opening).buffered(OPENING).collect().await;
    // Every one is open now, or will never be.
    let patience = round[0].case.patience();
    let serving = opened.into_iter().map(async |held| held?.served(patience).await);
    let mut served = join_all(serving).await.into_iter();
    let all: Vec<_> = round.iter().map(|place| format!("{} {}", place.count(), place.noun)).collect();
    let expected = format!("{} open at once, all served", all.join(" and "));
    let told = |place: &Place<'_>| {
        let seen = place.told(served.by_ref().take(place.count()).map(|held| held.map(drop)));
        place.case.outcome(Some(place.via()), expected.clone(), seen)
    };
    round.iter().map(told).collect()
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

impl Place<'_> {
    fn count(&self) -> usize {
        self.case.deployment().connections
    }

    fn is_socket(&self) -> bool {
        self.case.location().kind == LocationType::Websocket
    }

    fn via(&self) -> Transport {
        if self.is_socket() { way(&self.case) } else { streamed::ways(&self.case)[0] }
    }

    /// Opens one, and sees it served a first time.
    async fn opened(&self) -> Seen<Held> {
        let case = &self.case;
        if self.is_socket() {
            let order = Order::new(Work::Echo);
            return Ok(Held::Socket(Box::new(socket(case, None, &order).await?)));
        }
        // Seldom enough for thousands at once; without an end as long as this takes.
        let every = Duration::from_millis(200 + self.count() as u64);
        let order = Order::new(streamed::work(case, 1000, every));
        let request = streamed::ordered(case, self.via(), &streamed::path(case)?, &order);
        let (session, reply) = case.ask(self.via(), &request).await?;
        match reply.status {
            200 => Held::Stream { _session: session, reply: Box::new(reply) }.served(case.patience()).await,
            status => Err(Miss::status(status)),
        }
    }

    /// How many were served. Where none was, it is not their number that hinders them.
    fn told(&self, served: impl Iterator<Item = Seen<()>>) -> Seen {
        let (mut good, mut first) = (0, None);
        for one in served {
            match one {
                Ok(()) => good += 1,
                Err(miss) => first = first.or(Some(miss)),
            }
        }
        let (count, noun) = (self.count(), self.noun);
        match first {
            None => Ok(format!("all {good} {noun} served")),
            Some(Miss::Broken(first, symptom)) if good == 0 => {
                Err(Miss::broken(format!("no {noun} served at all: {first}"), symptom))
            }
            Some(Miss::Unknown(first) | Miss::Broken(first, _)) => {
                let seen = format!("{good} of {count} {noun} served; the first of the others: {first}");
                Err(Miss::broken(seen, Symptom::Crowded))
            }
        }
    }
}

impl Held {
    /// Waits until it is served: an event, or its own text back.
    async fn served(mut self, patience: Duration) -> Seen<Held> {
        let held_back = |fault| match fault {
            Fault::Timeout(_) => Miss::broken(format!("no event: {fault}"), Symptom::Late),
            fault => fault.into(),
        };
        match &mut self {
            Held::Stream { reply, .. } => {
                let mut reader = Reader::of(reply);
                loop {
                    let piece = reply.piece(patience).await.map_err(held_back)?;
                    let (_, piece) = piece.ok_or(Fault::Closed)?;
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
