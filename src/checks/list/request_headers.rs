//! The back end sees who asked, for which name and path, and the declared headers.

use std::net::IpAddr;

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::{Record, Work};

pub(super) static CHECK: Check = Check {
    id: "request-headers",
    summary: "the back end sees the client's address, the name and scheme that were asked for, the declared headers and path",
    explanation: "\
A request that already carries an `X-Forwarded-For` is sent in every way the site offers. The back end must see the name that
was asked for in `Host`, the client's address in `X-Real-IP` and as the last of `X-Forwarded-For`, the scheme in
`X-Forwarded-Proto`, what `request_headers` declares, and the path, without the location's prefix where `strip_prefix` is
declared. Type `health` promises only what is declared. A failure means that a header is not set, most often because one
`proxy_set_header` further in dropped all inherited ones, or that `proxy_pass` has a path too many or too few.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Websocket,
        LocationType::Sse,
        LocationType::Stream,
        LocationType::Health,
    ]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// What the client says of where it comes from; from the addresses kept for documentation.
const BEFORE: &str = "203.0.113.7";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let expected = "the declared headers and path at the back end";
    case.in_each(case.transports(), expected, |via| over(case, via)).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let path = case.path()?;
    let order = Order::new(Work::Echo);
    case.ask(via, &case.ordered(via, &path, &order).header("x-forwarded-for", BEFORE)).await?;
    let record = case.record(&order.nonce)?;
    let target = target(case, &path);
    if record.target != target {
        let seen = format!("the path `{}`, where `{target}` is promised", record.target);
        return Err(Miss::broken(seen, Symptom::Target));
    }
    let promises = promises(case, via);
    for Promise { name, value } in &promises {
        let seen = record.header(&name.to_ascii_lowercase());
        if !value.is_kept(seen) {
            let seen = seen.map_or_else(|| "none".to_owned(), |value| format!("`{value}`"));
            let seen = format!("`{name}`: {seen}, where {} is promised", value.told());
            return Err(Miss::broken(seen, Symptom::RequestHeader(name.clone())));
        }
    }
    let names: Vec<_> = promises.iter().map(|promise| format!("`{}`", promise.name)).collect();
    Ok(format!("`{}`, {}", record.target, listed(&names, &record)))
}

fn listed(names: &[String], record: &Record) -> String {
    let headers = if names.is_empty() { "no header promised".to_owned() } else { names.join(", ") };
    format!("{headers}, at `{}`", record.stand_in)
}

/// The path that the back end is to see.
fn target(case: &Case<'_>, path: &str) -> String {
    let location = case.location();
    let stripped = path.strip_prefix(&location.path.value).filter(|_| location.proxy.strip_prefix);
    stripped.map_or_else(|| path.to_owned(), |rest| format!("/{rest}"))
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
    /// A list that ends in it, and so cannot be forged.
    EndsInClient,
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
            Expected::EndsInClient => "a list that ends in the client's address".to_owned(),
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
            (Expected::EndsInClient, Some(seen)) => seen.rsplit(',').next().is_some_and(is_client),
            _ => false,
        }
    }
}

/// What the type promises, and what is declared in its place and beside it.
fn promises(case: &Case<'_>, transport: Transport) -> Vec<Promise> {
    let own = &case.location().proxy.request_headers;
    let one = |name: &str, value| Promise { name: name.to_owned(), value };
    let full = [
        one(
            "Host",
            Expected::OneOf(vec![case.site().name().to_ascii_lowercase(), case.authority(transport)]),
        ),
        one("X-Real-IP", Expected::Client),
        one("X-Forwarded-For", Expected::EndsInClient),
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
