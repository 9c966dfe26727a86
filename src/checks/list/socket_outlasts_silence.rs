//! An open WebSocket outlasts the silence that is declared, and no more.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::join_all;

use super::outlasts_silence::TOO_BUSY;
use super::websocket_echoes::{echoed, pinged, socket, way};
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Variant};
use crate::client::{Fault, Message, Socket};
use crate::environment::LocationType;
use crate::nginx::value::{Unit, parse_time};
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "socket-outlasts-silence",
    summary: "an open WebSocket outlasts the declared silence, lives on pings, and ends without them",
    explanation: "\
Nobody waits for a day, so this runs on a second nginx of the same files whose `proxy_read_timeout` and its like are divided by
a factor that makes the *declared* `read_timeout` 1.5 s long. A back end that is silent for a second must not be cut off: a
location that has nginx's own 60 s in place of an hour would be, after 50 ms. A WebSocket with a ping every half second must
live for longer than the time-out, and end without one. One that ends when the declared time is nearly over, since a busy machine
was late with what was to keep it open, shows nothing, and is tried again.",
    of: Of::Location(&[LocationType::Websocket]),
    needs: Needs::Variants,
    run: |case| run(case).boxed(),
};

/// What the declared time-out is scaled down to.
const SCALED: Duration = Duration::from_millis(1500);

/// A silence well within it.
const SHORT: Duration = Duration::from_secs(1);

/// A socket that lived for this long after the last sign of life may have had its time.
const LATE: Duration = Duration::from_millis(1200);

/// How often a socket is tried that had its time.
const TRIES: u32 = 5;

/// The pause between pings, and how many outlast the time-out.
const PING: Duration = Duration::from_millis(500);
const PINGS: u32 = 5;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let declared = declared(case);
    let Ok(milliseconds) = parse_time(&declared, Unit::Milliseconds) else { return vec![] };
    let scale = u32::try_from(milliseconds / 1500).unwrap_or(u32::MAX).max(1);
    let variant = Variant::scaled(scale);
    let tries = [
        ("a silence of 1 s is outlasted".to_owned(), in_time(move || used_after_silence(case, variant)).boxed()),
        (format!("a ping every {} ms keeps it open", PING.as_millis()), in_time(move || only_pinged(case, variant)).boxed()),
        ("an idle socket is ended".to_owned(), idle(case, variant).boxed()),
    ];
    let told = tries.map(async |(expected, seen)| {
        let expected = format!("{expected} (`{declared}`, scaled down {scale} times)");
        case.outcome(Some(way(case)), expected, seen.await)
    });
    join_all(told).await
}

/// Why a socket is not open.
enum Ended {
    /// Before its time.
    Early(Miss),
    /// When its time was nearly over: the machine was late.
    Late,
}

/// Tries again where the machine was late.
async fn in_time<F: Future<Output = Result<String, Ended>>>(attempt: impl Fn() -> F) -> Seen {
    for _ in 0..TRIES {
        match attempt().await {
            Ok(seen) => return Ok(seen),
            Err(Ended::Early(miss)) => return Err(miss),
            Err(Ended::Late) => {}
        }
    }
    Err(Miss::unknown(TOO_BUSY))
}

/// The time-out that the YAML declares, or the type does.
fn declared(case: &Case<'_>) -> String {
    let location = case.location();
    let own = location.proxy.read_timeout.as_ref().map(|time| time.text.clone());
    own.unwrap_or_else(|| location.kind.traits().read_timeout.unwrap_or("60s").to_owned())
}

/// A socket that is silent for a second, and then used.
async fn used_after_silence(case: &Case<'_>, variant: Variant) -> Result<String, Ended> {
    let since = Instant::now();
    let mut socket = opened(case, variant).await?;
    silent(&mut socket, SHORT).await.map_err(|fault| ended(fault, since))?;
    let text = Message::Text("still there?".to_owned());
    echoed(case, &mut socket, text).await.map_err(|fault| ended(fault, since))?;
    Ok("still open".to_owned())
}

/// A socket that is only pinged, for longer than the time-out.
async fn only_pinged(case: &Case<'_>, variant: Variant) -> Result<String, Ended> {
    let mut since = Instant::now();
    let mut socket = opened(case, variant).await?;
    for _ in 0..PINGS {
        silent(&mut socket, PING).await.map_err(|fault| ended(fault, since))?;
        let next = Instant::now();
        pinged(case, &mut socket).await.map_err(|fault| ended(fault, since))?;
        since = next;
    }
    Ok("open after 2.5 s".to_owned())
}

async fn opened(case: &Case<'_>, variant: Variant) -> Result<Socket, Ended> {
    socket(case, Some(variant), &Order::new(Work::Echo)).await.map_err(Ended::Early)
}

/// Waits, and sees when the socket ends meanwhile.
async fn silent(socket: &mut Socket, pause: Duration) -> Result<(), Fault> {
    match socket.receive(pause).await {
        Err(Fault::Timeout(_)) => Ok(()),
        Err(fault) => Err(fault),
        Ok(Message::Close(_)) => Err(Fault::Closed),
        Ok(message) => Err(Fault::Protocol(format!("a message that nobody sent: {message:.40?}"))),
    }
}

/// What a fault of a socket means that something was sent on at this moment, or a little later.
fn ended(fault: Fault, since: Instant) -> Ended {
    match fault {
        Fault::Closed if since.elapsed() >= LATE => Ended::Late,
        Fault::Closed => {
            let after = since.elapsed().as_millis();
            Ended::Early(Miss::broken(format!("{fault} after {after} ms of silence"), Symptom::Cut))
        }
        fault => Ended::Early(fault.into()),
    }
}

/// A socket that nobody uses: nginx ends it when its time is up.
async fn idle(case: &Case<'_>, variant: Variant) -> Seen {
    let mut socket = socket(case, Some(variant), &Order::new(Work::Echo)).await?;
    let opened = Instant::now();
    match socket.receive(SCALED * 3).await {
        Err(Fault::Closed) | Ok(Message::Close(_)) => {
            Ok(format!("ended after {} ms", opened.elapsed().as_millis()))
        }
        Err(Fault::Timeout(after)) => {
            let seen = format!("open after {} ms of silence", after.as_millis());
            Err(Miss::broken(seen, Symptom::Uncut))
        }
        Ok(message) => Err(Miss::broken(format!("{message:.40?}"), Symptom::Elsewhere)),
        Err(fault) => Err(fault.into()),
    }
}
