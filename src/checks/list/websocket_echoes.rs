//! A WebSocket opens, carries messages of every kind both ways, and closes as it should.

use bytes::Bytes;
use futures_util::FutureExt;

use crate::checks::seen::in_words;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport, Variant};
use crate::client::{Fault, Message, Opening, Socket, open};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::{Record, Work};

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
    run: |case| run(case).boxed(),
};

/// A message larger than any buffer of nginx's.
const LARGE: usize = 1 << 20;

/// A code of one's own, which nothing on the way would make up.
const CODE: u16 = 4001;

/// Another, of the back end's.
const GOODBYE: u16 = 4002;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let via = way(case);
    let subprotocol = case.location().proxy.subprotocols.first();
    let opened = subprotocol.map_or_else(|| "101".to_owned(), |name| format!("101 with `{name}`"));
    let expected = format!("{opened}, every message back, close codes passed on both ways");
    let echoes = case.outcome(Some(via), expected, both_ways(case, subprotocol).await);
    let expected = "`Upgrade: WebSocket`, as some clients write it, and extensions reach the back end";
    vec![echoes, case.outcome(Some(via), expected, as_others_ask(case, via).await)]
}

/// How other clients ask: the name of the protocol is the same in capitals.
const ASKED: [(&str, &str); 4] = [
    ("connection", "keep-alive, Upgrade"),
    ("upgrade", "WebSocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-extensions", "permessage-deflate; client_max_window_bits"),
];

/// Whether the back end is asked as well; it gives an ordinary answer.
async fn as_others_ask(case: &Case<'_>, via: Transport) -> Seen {
    let order = Order::new(Work::status(200));
    let mut request = case.ordered(via, &case.path()?, &order);
    request.headers.extend(ASKED.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let (_, reply) = case.ask(via, &request).await?;
    let record = case.record(&order, reply.status)?;
    // `Connection` is between neighbours alone.
    for (name, sent) in ASKED.into_iter().skip(1) {
        let came = record.header(name);
        if !came.is_some_and(|came| came.eq_ignore_ascii_case(sent)) {
            let seen = format!("`{name}`: {}, where the client sent `{sent}`", in_words(came.as_slice()));
            return Err(Miss::broken(seen, Symptom::ClientHeader(name.to_owned())));
        }
    }
    Ok("all of it".to_owned())
}

async fn both_ways(case: &Case<'_>, subprotocol: Option<&String>) -> Seen {
    let order = Order::new(Work::Echo);
    let mut socket = socket(case, None, &order).await?;
    if let Some(name) = subprotocol.filter(|name| socket.subprotocol.as_ref() != Some(*name)) {
        let seen =
            format!("101 with {:?} in place of `{name}`", socket.subprotocol.as_deref().unwrap_or("none"));
        return Err(Miss::broken(seen, Symptom::RequestHeader("Sec-WebSocket-Protocol".to_owned())));
    }
    talk(case, &mut socket).await?;
    let stand_in = heard(case, &order).await?;
    goodbye(case).await?;
    Ok(format!("text, bytes, 1 MiB, a ping, {CODE} and {GOODBYE}, with `{stand_in}`"))
}

/// The stand-in that heard the client's close code; it is to be the site's own.
async fn heard(case: &Case<'_>, order: &Order) -> Seen {
    let has_heard = |record: &Record| record.close_code.is_some();
    let record = case.journal().wait(&order.nonce, case.patience(), has_heard).await;
    let Some(record) = record else {
        return Err(Miss::broken("101 from somebody else than the stand-in", Symptom::Elsewhere));
    };
    case.from_own(&record, format!("101 from `{}`", record.stand_in))?;
    match record.close_code {
        Some(CODE) => Ok(record.stand_in),
        other => Err(Miss::broken(format!("the close code {other:?} at the back end"), Symptom::Cut)),
    }
}

/// Whether the close code of a back end that ends the talk comes.
async fn goodbye(case: &Case<'_>) -> Seen<()> {
    let order = Order::new(Work::Goodbye { code: GOODBYE });
    let mut socket = socket(case, None, &order).await?;
    match socket.receive(case.patience()).await {
        Ok(Message::Close(Some(GOODBYE))) => Ok(()),
        Ok(other) => {
            let seen = format!("{other:.40?} where the back end closed with {GOODBYE}");
            Err(Miss::broken(seen, Symptom::Cut))
        }
        Err(fault) => {
            let seen = format!("where the back end closed with {GOODBYE}: {fault}");
            Err(Miss::broken(seen, Symptom::Fault(fault)))
        }
    }
}

/// The way a WebSocket takes: HTTP/1.1.
pub(super) fn way(case: &Case<'_>) -> Transport {
    if case.site().tls.is_some() { Transport::Tls } else { Transport::Clear }
}

/// Opens a WebSocket to the location, on the main nginx or on a variant.
pub(super) async fn socket(case: &Case<'_>, variant: Option<Variant>, order: &Order) -> Seen<Socket> {
    Ok(socket_at(case, variant, order, case.path()?).await?)
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

/// Sends one of each kind and waits for it to come back.
async fn talk(case: &Case<'_>, socket: &mut Socket) -> Seen<()> {
    let at = |what: &'static str| {
        move |fault: Fault| Miss::broken(format!("101, then {what}: {fault}"), Symptom::Fault(fault))
    };
    let messages = [
        ("text", Message::Text("grüße".to_owned())),
        ("bytes", Message::Binary(Bytes::from_static(&[0, 255, 13, 10]))),
        ("a message of 1 MiB", Message::Binary(vec![7; LARGE].into())),
    ];
    for (what, message) in messages {
        echoed(case, socket, message).await.map_err(at(what))?;
    }
    pinged(case, socket).await.map_err(at("a ping"))?;
    echoed(case, socket, Message::Close(Some(CODE))).await.map_err(at("a close"))
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
