//! A request reaches the back end as the client sent it.

use bytes::Bytes;
use futures_util::FutureExt;

use std::time::Duration;

use crate::checks::grpc_call;
use crate::checks::seen::in_words;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport, path};
use crate::client::{Body, Request};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::{Record, Work, filler};

pub(super) static CHECK: Check = Check {
    id: "request-unchanged",
    summary: "method, path, query, body and headers of a request reach the back end as the client sent them",
    explanation: "\
A `GET` with a query and with headers that real clients send (`Authorization`, `Origin`, `Accept-Encoding` and others, and a `Cookie`
of 6 KiB: nginx has room for 8) is sent in every way the site offers, by `POST` with a body and its `Content-Type` too where the type is `stream`, and by
every other usual method where it is `http`. The back end must see the same, without the location's prefix where `strip_prefix` is
declared. Where it is `grpc` a call with metadata is made. Methods that a raw `limit_except` keeps out are skipped. Where nothing else takes a path below the location's, one with an encoded
space and an encoded slash is tried as well: it must not be decoded on its way. Headers that `request_headers` replaces are
left out. A failure means that sessions and tokens get lost, or that the back end looks for another resource: a
`proxy_set_header` empties what clients send, `proxy_pass` has a path too many or too few, or ends in `$uri`.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Websocket,
        LocationType::Sse,
        LocationType::Stream,
        LocationType::Health,
        LocationType::Grpc,
    ]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// What clients send that is theirs alone.
const HEADERS: [(&str, &str); 9] = [
    ("Authorization", "Bearer nginx-gen"),
    ("Accept", "application/json;q=0.9, */*"),
    ("Accept-Encoding", "gzip, br"),
    ("Accept-Language", "ko-KR"),
    ("If-None-Match", "\"nginx-gen\""),
    ("Range", "bytes=0-"),
    ("Origin", "https://nginx-gen.test"),
    ("X-Nginx-Gen-Own", "as it was sent"),
    (COOKIE, ""),
];

/// The header that is as long as real ones get.
const COOKIE: &str = "Cookie";

/// How long it is.
const COOKIE_LENGTH: u32 = 6 * 1024;

/// Methods with a body, and what they are sent with.
const METHODS: [(&str, &[u8]); 6] =
    [("POST", BODY), ("PUT", BODY), ("PATCH", BODY), ("DELETE", b""), ("OPTIONS", b""), ("HEAD", b"")];

/// A query that shows whether it is decoded or lost.
const QUERY: &str = "token=a%20b%2Fc%3D&x=y+z";

/// Behind a path: a space and a slash that are part of a name.
const ENCODED: &str = "/nginx-gen%20a%2Fb";

const BODY: &[u8] = b"{\"nginx-gen\": true}";

/// What clients of gRPC send beside a message.
const METADATA: [(&str, &str); 4] = [
    ("Authorization", "Bearer nginx-gen"),
    ("Grpc-Timeout", "7S"),
    ("X-Nginx-Gen-Own", "as it was sent"),
    ("X-Nginx-Gen-Bin", "AAEC/w=="),
];

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    if case.location().kind == LocationType::Grpc {
        let expected = "a call: the same method and metadata at the back end";
        let called = |case, via| async move { called(&case, via).await };
        return case.in_each(grpc_call::ways(case), expected, called).await;
    }
    let gets = "`GET`: the same path, query and headers at the back end";
    let mut outcomes = case.in_each(case.transports(), gets, |case, via| async move { got(&case, via).await }).await;
    let methods = match case.location().kind {
        LocationType::Http => METHODS.as_slice(),
        LocationType::Stream => &METHODS[..1],
        _ => &[],
    };
    for (method, body) in methods {
        let expected = format!("`{method}`: the same method and body at the back end");
        let with = |case, via| async move { with_method(&case, via, method, body).await };
        outcomes.extend(case.in_each(case.transports(), &expected, with).await);
    }
    outcomes
}

/// The client's own headers.
fn headers() -> Vec<(String, String)> {
    let value = |name: &str, value: &str| match name {
        COOKIE => filler(COOKIE_LENGTH).trim_end().replace(' ', "="),
        _ => value.to_owned(),
    };
    HEADERS.iter().map(|(name, text)| ((*name).to_owned(), value(name, text))).collect()
}

fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    if text.len() > MOST { format!("{text:.MOST$}… ({} bytes)", text.len()) } else { text.to_owned() }
}

async fn got(case: &Case<'_>, via: Transport) -> Seen {
    let mut seen = String::new();
    for (target, passed) in targets(case)? {
        let order = Order::new(Work::Echo);
        let mut request = case.ordered(via, &target, &order);
        request.headers.extend(headers());
        let (_, reply) = case.ask(via, &request).await?;
        if matches!(reply.status, 400 | 414 | 431) {
            return Err(Miss::broken(reply.status.to_string(), Symptom::LongRequest));
        }
        let record = case.record(&order, reply.status)?;
        if record.method != "GET" {
            return Err(Miss::broken(format!("`{}` at the back end", record.method), Symptom::Altered));
        }
        if record.target != passed {
            let seen = format!("`{}`, where `{passed}` is promised", record.target);
            return Err(Miss::broken(seen, Symptom::Target));
        }
        all_came(case, &request, &record)?;
        seen = format!("`{}`, with all headers", record.target);
    }
    Ok(seen)
}

async fn called(case: &Case<'_>, via: Transport) -> Seen {
    let method = grpc_call::method(case)?;
    let order = Order::new(Work::Grpc { count: 1, every: Duration::ZERO, status: 0 });
    let mut request = grpc_call::ordered(case, via, &method, &order);
    request.headers.extend(METADATA.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let (_, reply) = case.ask(via, &request).await?;
    let record = case.record(&order, reply.status)?;
    if record.target != method {
        let seen = format!("`{}`, where `{method}` is promised", record.target);
        return Err(Miss::broken(seen, Symptom::Target));
    }
    all_came(case, &request, &record)?;
    Ok(format!("`{method}`, with all metadata"))
}

/// Whether the back end saw each header as it was sent.
fn all_came(case: &Case<'_>, request: &Request, record: &Record) -> Seen<()> {
    let replaced = &case.location().proxy.request_headers;
    for (name, sent) in &request.headers {
        let is_replaced = || replaced.iter().any(|own| own.name.eq_ignore_ascii_case(name));
        let came = record.header(&name.to_ascii_lowercase());
        if came != Some(sent) && !is_replaced() {
            let [came, sent] = [in_words(came.as_slice()), in_words(&[sent])].map(|text| shortened(&text));
            let seen = format!("`{name}`: {came}, where the client sent {sent}");
            return Err(Miss::broken(seen, Symptom::ClientHeader(name.clone())));
        }
    }
    Ok(())
}

async fn with_method(case: &Case<'_>, via: Transport, method: &'static str, body: &'static [u8]) -> Seen {
    case.lets_in(method)?;
    let order = Order::new(Work::Echo);
    let carried = if body.is_empty() { Body::Empty } else { Body::Bytes(Bytes::from_static(body)) };
    let mut request = Request { method, body: carried, ..case.ordered(via, &case.path()?, &order) };
    if !body.is_empty() {
        request = request.header("Content-Type", "application/json");
    }
    let (_, reply) = case.ask(via, &request).await?;
    let Some(record) = case.journal().get(&order.nonce) else {
        let seen = format!("{}, though no back end was asked", reply.status);
        return Err(Miss::broken(seen, Symptom::Altered));
    };
    let length = record.body.unwrap_or_default();
    let seen = format!("`{}` with {length} bytes", record.method);
    if record.method != method || length != body.len() as u64 {
        return Err(Miss::broken(seen, Symptom::Altered));
    }
    all_came(case, &request, &record)?;
    Ok(seen)
}

/// What is asked for, and what the back end is to see of it.
fn targets(case: &Case<'_>) -> Seen<Vec<(String, String)>> {
    let location = case.location();
    let own = case.path()?;
    let separator = if own.contains('?') { '&' } else { '?' };
    let below = format!("{}{ENCODED}", location.path.trim_end_matches('/'));
    let decoded = below.replace("%20", " ").replace("%2F", "/");
    let is_passed_on = !case.is_direct() && !location.proxy.strip_prefix;
    let below = (is_passed_on && path::is_surely_of(case.site(), location, &decoded)).then_some(below);
    let targets = std::iter::once(format!("{own}{separator}{QUERY}")).chain(below);
    Ok(targets.map(|target| (target.clone(), location.passed_path(&target))).collect())
}
