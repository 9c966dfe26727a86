//! A WebSocket opens, carries messages of every kind both ways, and closes as it should.

use bytes::Bytes;
use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Order, Symptom, Transport, Variant};
use crate::client::{Fault, Message, Opening, Socket, open};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "websocket-echoes",
    summary: "a WebSocket opens, with its subprotocol, and carries text, binary, a large frame, a ping and close codes",
    explanation: "\
A client shakes hands as a browser does and offers the declared subprotocols; the stand-in accepts only an upgrade that reached
it whole, in HTTP/1.1. Then text, bytes and a message of 1 MiB go out and come back, a ping is answered, and the close code
4001 must reach the back end and come back. On a second socket the back end says goodbye first, with 4002, which must reach the
client: applications tell by such codes whether to come again. WebSocket needs HTTP/1.1: clients that speak HTTP/2 fall back to it by ALPN.",
    of: Of::Location(&[LocationType::Websocket]),
    needs: Needs::StandIns,
    run: |case| run(case).map(|outcome| vec![outcome]).boxed(),
};

/// A message larger than any buffer of nginx's.
const LARGE: usize = 1 << 20;

/// A code of one's own, which nothing on the way would make up.
const CODE: u16 = 4001;

/// Another, of the back end's.
const GOODBYE: u16 = 4002;

async fn run(case: &Case<'_>) -> Outcome {
    let via = way(case);
    let subprotocols = &case.location().proxy.subprotocols;
    let expected = match subprotocols.first() {
        Some(name) => format!("101 with `{name}`, every message back, close codes passed on both ways"),
        None => "101, every message back, close codes passed on both ways".to_owned(),
    };
    let order = Order::new(Work::Echo);
    let mut socket = match socket(case, None, &order).await {
        Ok(socket) => socket,
        Err(NoSocket::Path(reason)) => return case.skipped(Some(via), expected, reason),
        Err(NoSocket::Fault(fault)) => {
            return case.failed(Some(via), expected, fault.to_string(), Symptom::Fault(&fault));
        }
    };
    if let Some(name) = subprotocols.first().filter(|name| socket.subprotocol.as_ref() != Some(*name)) {
        let seen =
            format!("101 with {:?} in place of `{name}`", socket.subprotocol.as_deref().unwrap_or("none"));
        return case.failed(Some(via), expected, seen, Symptom::RequestHeader("Sec-WebSocket-Protocol"));
    }
    match talk(case, &mut socket).await {
        Ok(()) => {}
        Err((what, fault)) => {
            let seen = format!("101, then {what}: {fault}");
            return case.failed(Some(via), expected, seen, Symptom::Fault(&fault));
        }
    }
    closed(case, via, expected, &order).await
}

/// Whether the codes of both goodbyes arrive, the client's first.
async fn closed(case: &Case<'_>, via: Transport, expected: String, order: &Order) -> Outcome {
    let via = Some(via);
    let record =
        case.journal().wait(&order.nonce, case.patience(), |record| record.close_code.is_some()).await;
    let Some(record) = record else {
        return case.failed(via, expected, "101 from somebody else than the stand-in", Symptom::Elsewhere);
    };
    if !case.is_own_back_end(&record.stand_in) {
        let seen = format!("101 from `{}`", record.stand_in);
        return case.failed(via, expected, seen, Symptom::Elsewhere);
    }
    if record.close_code != Some(CODE) {
        let seen = format!("the close code {:?} at the back end", record.close_code);
        return case.failed(via, expected, seen, Symptom::Cut);
    }
    match goodbye(case).await {
        Ok(Message::Close(Some(GOODBYE))) => {}
        Ok(other) => {
            let seen = format!("{other:.40?} where the back end closed with {GOODBYE}");
            return case.failed(via, expected, seen, Symptom::Cut);
        }
        Err(fault) => {
            let seen = format!("where the back end closed with {GOODBYE}: {fault}");
            return case.failed(via, expected, seen, Symptom::Fault(&fault));
        }
    }
    let seen = format!("text, bytes, 1 MiB, a ping, {CODE} and {GOODBYE}, with `{}`", record.stand_in);
    case.passed(via, expected, seen)
}

/// What comes over a socket that the back end closes.
async fn goodbye(case: &Case<'_>) -> Result<Message, Fault> {
    let order = Order::new(Work::Goodbye { code: GOODBYE });
    match socket(case, None, &order).await {
        Ok(mut socket) => socket.receive(case.patience()).await,
        Err(NoSocket::Path(reason)) => Err(Fault::Protocol(reason)),
        Err(NoSocket::Fault(fault)) => Err(fault),
    }
}

/// The way a WebSocket takes: HTTP/1.1.
pub(super) fn way(case: &Case<'_>) -> Transport {
    if case.site().tls.is_some() { Transport::Tls } else { Transport::Clear }
}

/// Why there is no socket.
pub(super) enum NoSocket {
    /// Nobody says which path to call.
    Path(String),
    /// It did not open.
    Fault(Fault),
}

/// Opens a WebSocket to the location, on the main nginx or on a variant.
pub(super) async fn socket(
    case: &Case<'_>,
    variant: Option<Variant>,
    order: &Order,
) -> Result<Socket, NoSocket> {
    let target = case.path().map_err(NoSocket::Path)?;
    socket_at(case, variant, order, target).await.map_err(NoSocket::Fault)
}

/// The same at a path.
pub(super) async fn socket_at(
    case: &Case<'_>,
    variant: Option<Variant>,
    order: &Order,
    target: String,
) -> Result<Socket, Fault> {
    let via = way(case);
    let request = case.ordered(via, &target, order);
    let opening = Opening {
        authority: request.authority,
        target,
        subprotocols: case.location().proxy.subprotocols.clone(),
        headers: request.headers,
    };
    open(case.connect_to(variant, via).await?, &opening, case.patience()).await
}

/// Sends one of each kind and waits for it to come back; says at which the trouble is.
async fn talk(case: &Case<'_>, socket: &mut Socket) -> Result<(), (&'static str, Fault)> {
    let messages = [
        ("text", Message::Text("grüße".to_owned())),
        ("bytes", Message::Binary(Bytes::from_static(&[0, 255, 13, 10]))),
        ("a message of 1 MiB", Message::Binary(vec![7; LARGE].into())),
    ];
    for (what, message) in messages {
        echoed(case, socket, message).await.map_err(|fault| (what, fault))?;
    }
    pinged(case, socket).await.map_err(|fault| ("a ping", fault))?;
    echoed(case, socket, Message::Close(Some(CODE))).await.map_err(|fault| ("a close", fault))
}

/// Sends a message, and holds what comes back to it.
pub(super) async fn echoed(case: &Case<'_>, socket: &mut Socket, message: Message) -> Result<(), Fault> {
    socket.send(message.clone(), case.patience()).await?;
    match socket.receive(case.patience()).await? {
        back if back == message => Ok(()),
        other => Err(Fault::Protocol(format!("another message came back: {other:.40?}"))),
    }
}

/// Sends a ping and waits for its pong.
pub(super) async fn pinged(case: &Case<'_>, socket: &mut Socket) -> Result<(), Fault> {
    socket.send(Message::Ping(Bytes::from_static(b"?")), case.patience()).await?;
    match socket.receive(case.patience()).await? {
        Message::Pong(_) => Ok(()),
        other => Err(Fault::Protocol(format!("no pong, but {other:.40?}"))),
    }
}
