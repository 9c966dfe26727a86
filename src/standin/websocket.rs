//! A WebSocket as a back end holds it: every message comes back, or it says goodbye by itself.

use futures_util::{SinkExt, StreamExt};
use hyper::body::Incoming;
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use super::answer::{Log, Pieces};

/// Whether a request asks for a WebSocket as RFC 6455 wants it: nginx must have passed both headers on.
pub(super) fn is_asked_for(request: &Request<Incoming>) -> bool {
    let headers = request.headers();
    has_word(headers, "upgrade", "websocket")
        && has_word(headers, "connection", "upgrade")
        && headers.contains_key("sec-websocket-key")
        && request.version() == hyper::Version::HTTP_11
}

fn has_word(headers: &HeaderMap, name: &str, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|own| own.trim().eq_ignore_ascii_case(word))
}

/// Answers with 101 and the first subprotocol offered, and echoes from then on; with a code it closes at once.
pub(super) fn accept(mut request: Request<Incoming>, log: Log, goodbye: Option<u16>) -> Response<Pieces> {
    let key = request.headers().get("sec-websocket-key").map_or(&b""[..], HeaderValue::as_bytes);
    let accepted = HeaderValue::try_from(derive_accept_key(key)).expect("base64 is a header's value");
    let offered = request.headers().get("sec-websocket-protocol").and_then(|names| names.to_str().ok());
    let chosen = offered.and_then(|names| HeaderValue::try_from(names.split(',').next()?.trim()).ok());
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Ok(stream) = upgrade.await {
            let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(stream), Role::Server, None).await;
            if let Some(code) = goodbye {
                log.sent();
                // A client that is gone already is found to be so below.
                let _ = socket.close(Some(CloseFrame { code: code.into(), reason: "".into() })).await;
            }
            echo(socket, &log).await;
        }
        log.left();
    });
    let mut response = Pieces::whole("text/plain", "");
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.clear();
    headers.insert("upgrade", HeaderValue::from_static("websocket"));
    headers.insert("connection", HeaderValue::from_static("Upgrade"));
    headers.insert("sec-websocket-accept", accepted);
    if let Some(name) = chosen {
        headers.insert("sec-websocket-protocol", name);
    }
    response
}

/// Echoes until the client says goodbye or is gone. Pings and closes are answered by the library.
async fn echo(mut socket: WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>, log: &Log) {
    loop {
        match socket.next().await {
            Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                log.sent();
                if socket.send(message).await.is_err() {
                    return log.note(|record| record.cut = true);
                }
            }
            Some(Ok(Message::Close(frame))) => {
                log.note(|record| record.close_code = frame.map(|frame| frame.code.into()));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) => return log.note(|record| record.cut = record.close_code.is_none()),
            None => return,
        }
    }
}
