//! A live WebSocket opens, lives, and is closed politely.

use std::time::Instant;

use bytes::Bytes;
use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::client::{self, Fault, Message, Opening, Socket, user_agent};
use crate::environment::LocationType;
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "opens-socket",
    summary: "a WebSocket opens, and answers a ping",
    explanation: "\
A handshake over HTTP/1.1 on the location's `probe` path or first endpoint, with the declared subprotocols offered: the
answer is 101 and names one of them. Then a ping, which every WebSocket answers whatever it speaks, and a polite goodbye;
no message is sent. Any other answer than 101 mostly means that `Upgrade` and `Connection` are lost on the way. Where a
login is asked for and none is given (`--bearer-env`, `--header-env`), nothing is known, and the check is skipped.",
    of: Of::Location(&[LocationType::Websocket]),
    needs: Needs::Deployment,
    run: |case| run(case).map(|outcome| vec![outcome]).boxed(),
};

/// What the back end may say before it answers the ping.
const MOST_MESSAGES: usize = 1000;

async fn run(case: &Case<'_>) -> Outcome {
    let via = case.transports()[0];
    let expected = match case.location().proxy.subprotocols.as_slice() {
        [] => "101, and a pong for a ping".to_owned(),
        names => format!("101 with `{}`, and a pong for a ping", names.join("` or `")),
    };
    case.outcome(Some(via), expected, over(case, via).await)
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let mut socket = match open(case, via, case.path()?).await {
        Err(Fault::Refused(status @ (401 | 403))) if case.deployment().headers.is_empty() => {
            return Err(Miss::Unknown(login(status)));
        }
        opened => opened?,
    };
    let seen = pinged(case, &mut socket).await;
    let goodbye = socket.send(Message::Close(Some(1000)), case.patience()).await;
    if goodbye.is_ok() {
        // Its answer is waited for, so that the back end logs no broken connection; whether it comes is its affair.
        let _ = until(case, &mut socket, |message| matches!(message, Message::Close(_))).await;
    }
    seen
}

/// Whether an open socket answers, in a subprotocol that was offered.
async fn pinged(case: &Case<'_>, socket: &mut Socket) -> Seen {
    let pong = pong(case, socket).await;
    let pong =
        pong.map_err(|fault| Miss::broken(format!("101, and after a ping: {fault}"), Symptom::Fault(fault)))?;
    let offered = &case.location().proxy.subprotocols;
    let seen = match &socket.subprotocol {
        _ if offered.is_empty() => return Ok(pong),
        Some(chosen) if offered.contains(chosen) => return Ok(pong),
        Some(other) => format!("101 with the subprotocol `{other}`"),
        None => "101 without a subprotocol".to_owned(),
    };
    Err(Miss::broken(seen, Symptom::ResponseHeader("Sec-WebSocket-Protocol".to_owned())))
}

/// Why nothing is known of a route that asks who is there.
pub(super) fn login(status: u16) -> String {
    format!("{status}: a login is asked for, which `--bearer-env` or `--header-env` can give")
}

async fn open(case: &Case<'_>, transport: Transport, target: String) -> Result<Socket, Fault> {
    let agent = ("user-agent".to_owned(), user_agent(case.deployment().purpose));
    let opening = Opening {
        authority: case.authority(transport),
        target,
        subprotocols: case.location().proxy.subprotocols.clone(),
        headers: std::iter::once(agent).chain(case.deployment().headers.iter().cloned()).collect(),
    };
    client::open(case.connect(transport).await?, &opening, case.patience()).await
}

/// Sends a ping, and says how the answer came.
async fn pong(case: &Case<'_>, socket: &mut Socket) -> Result<String, Fault> {
    let sent = Instant::now();
    let payload = Bytes::from_static(b"nginx-gen");
    match socket.send(Message::Ping(payload), case.patience()).await {
        Ok(()) | Err(Fault::Closed) => {}
        Err(fault) => return Err(fault),
    }
    let last =
        until(case, socket, |message| matches!(message, Message::Pong(_) | Message::Close(Some(_)))).await?;
    Ok(match last {
        Message::Close(Some(code)) => format!("101, and the back end says goodbye with {code}"),
        _ => format!("101, and a pong after {} ms", sent.elapsed().as_millis()),
    })
}

/// Reads on to a message of this kind.
async fn until(
    case: &Case<'_>,
    socket: &mut Socket,
    is_wanted: impl Fn(&Message) -> bool,
) -> Result<Message, Fault> {
    let deadline = Instant::now() + case.patience();
    for _ in 0..MOST_MESSAGES {
        let left = deadline.saturating_duration_since(Instant::now());
        let message = socket.receive(left).await.map_err(|fault| match fault {
            Fault::Timeout(_) => Fault::Timeout(case.patience()),
            other => other,
        })?;
        if is_wanted(&message) {
            return Ok(message);
        }
    }
    Err(Fault::Protocol(format!("no answer to it among {MOST_MESSAGES} messages")))
}
