//! The back end sees who asked, for which name, and the declared headers.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::FutureExt;

use crate::checks::streamed;
use crate::checks::seen::in_words;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::Request;
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::{Record, Work};

pub(super) static CHECK: Check = Check {
    id: "request-headers",
    summary: "the back end sees the client's address, the name and scheme that were asked for, and the declared headers",
    explanation: "\
A request that already carries an `X-Forwarded-For` is sent in every way the site offers, under each of its names. The back end must
see the name that was asked for in `Host`, the client's address in `X-Real-IP` and behind what `X-Forwarded-For` held, the scheme in
`X-Forwarded-Proto`, and what `request_headers` declares. Type `health` promises only what is declared. A failure means that a
header is not set, most often because one `proxy_set_header` further in dropped all inherited ones.",
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

/// What the client says of where it comes from; from the addresses kept for documentation.
const BEFORE: &str = "203.0.113.7";

/// A call that ends at once.
const CALL: Work = Work::Grpc { count: 1, every: Duration::ZERO, status: 0 };

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    case.in_each(streamed::ways(case), "the declared headers at the back end", |case, via| async move { over(&case, via).await }).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let mut seen = String::new();
    for name in case.names() {
        seen = under(case, via, &name).await?;
    }
    Ok(seen)
}

/// What came of a request for one of the site's names.
async fn under(case: &Case<'_>, via: Transport, name: &str) -> Seen {
    let order = Order::new(if streamed::is_grpc(case) { CALL } else { Work::Echo });
    let request = streamed::ordered(case, via, &streamed::path(case)?, &order);
    let request = Request { authority: case.authority_of(name, via), ..request };
    let (_, reply) = case.ask(via, &request.header("x-forwarded-for", BEFORE)).await?;
    let record = case.record(&order, reply.status)?;
    let promises = promises(case, via, name);
    for Promise { name, value } in &promises {
        let seen = record.header(&name.to_ascii_lowercase());
        if !value.is_kept(seen) {
            let seen = in_words(seen.as_slice());
            let seen = format!("`{name}`: {seen}, where {} is promised", value.told());
            return Err(Miss::broken(seen, Symptom::RequestHeader(name.clone())));
        }
    }
    let names: Vec<_> = promises.iter().map(|promise| format!("`{}`", promise.name)).collect();
    Ok(listed(&names, &record))
}

fn listed(names: &[String], record: &Record) -> String {
    let headers = if names.is_empty() { "no header promised".to_owned() } else { names.join(", ") };
    format!("{headers}, at `{}`", record.stand_in)
}

/// A header that the back end is to see.
struct Promise {
    name: String,
    value: Expected,
}

enum Expected {
    /// One of these.
    OneOf(Vec<String>),
    /// The client's address: nothing but loopback is spoken here.
    Client,
    /// What the client sent, and its address behind it, so that it cannot be forged.
    ExtendedByClient,
    /// Something: its value holds variables of nginx.
    Something,
    /// Not at all: nginx sends no header with an empty value.
    Nothing,
}

impl Expected {
    fn told(&self) -> String {
        match self {
            Expected::OneOf(values) => format!("`{}`", values.join("` or `")),
            Expected::Client => "the client's address".to_owned(),
            Expected::ExtendedByClient => format!("`{BEFORE}, ` and the client's address"),
            Expected::Something => "what its variables hold".to_owned(),
            Expected::Nothing => "none".to_owned(),
        }
    }

    fn is_kept(&self, seen: Option<&str>) -> bool {
        let is_client = |text: &str| text.trim().parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match (self, seen) {
            (Expected::Nothing, None) | (Expected::Something, Some(_)) => true,
            (Expected::OneOf(values), Some(seen)) => values.iter().any(|value| value == seen),
            (Expected::Client, Some(seen)) => is_client(seen),
            (Expected::ExtendedByClient, Some(seen)) => {
                seen.strip_prefix(BEFORE).and_then(|rest| rest.strip_prefix(',')).is_some_and(is_client)
            }
            _ => false,
        }
    }
}

/// What the type promises, and what is declared in its place and beside it.
fn promises(case: &Case<'_>, transport: Transport, name: &str) -> Vec<Promise> {
    let own = &case.location().proxy.request_headers;
    let one = |name: &str, value| Promise { name: name.to_owned(), value };
    let mut names = vec![name.to_ascii_lowercase(), case.authority_of(name, transport)];
    names.dedup();
    let full = [
        one("Host", Expected::OneOf(names)),
        one("X-Real-IP", Expected::Client),
        one("X-Forwarded-For", Expected::ExtendedByClient),
        one("X-Forwarded-Proto", Expected::OneOf(vec![transport.scheme().to_owned()])),
    ];
    let is_full = case.location().kind != LocationType::Health;
    let is_replaced =
        |promise: &Promise| own.iter().any(|header| header.name.eq_ignore_ascii_case(&promise.name));
    let declared = own.iter().map(|header| {
        let value = match header.value.as_str() {
            "" => Expected::Nothing,
            value if value.contains('$') => Expected::Something,
            value => Expected::OneOf(vec![value.to_owned()]),
        };
        one(&header.name, value)
    });
    full.into_iter().filter(|promise| is_full && !is_replaced(promise)).chain(declared).collect()
}
