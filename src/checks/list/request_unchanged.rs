//! A request reaches the back end as the client sent it.

use bytes::Bytes;
use futures_util::FutureExt;

use crate::checks::seen::in_words;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport, path};
use crate::client::Body;
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "request-unchanged",
    summary: "method, path, query, body and headers of a request reach the back end as the client sent them",
    explanation: "\
A request with a query and with headers that real clients send (`Authorization`, `Cookie`, `Origin` and one of its own) is sent in
every way the site offers; by `POST` with a body too, where the type is `http` or `stream`. The back end must see the same, without
the location's prefix where `strip_prefix` is declared. Where nothing else takes a path below the location's, one with an encoded
space and an encoded slash is tried as well: it must not be decoded on its way. Headers that `request_headers` replaces are
left out. A failure means that sessions and tokens get lost, or that the back end looks for another resource: a
`proxy_set_header` empties what clients send, `proxy_pass` has a path too many or too few, or ends in `$uri`.",
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

/// What clients send that is theirs alone.
const HEADERS: [(&str, &str); 4] = [
    ("Authorization", "Bearer nginx-gen"),
    ("Cookie", "nginx-gen=a; session=b%20c"),
    ("Origin", "https://nginx-gen.test"),
    ("X-Nginx-Gen-Own", "as it was sent"),
];

/// A query that shows whether it is decoded or lost.
const QUERY: &str = "token=a%20b%2Fc%3D&x=y+z";

/// Behind a path: a space and a slash that are part of a name.
const ENCODED: &str = "/nginx-gen%20a%2Fb";

const BODY: &[u8] = b"{\"nginx-gen\": true}";

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let gets = "`GET`: the same path, query and headers at the back end";
    let mut outcomes = case.in_each(case.transports(), gets, |via| got(case, via)).await;
    if matches!(case.location().kind, LocationType::Http | LocationType::Stream) {
        let posts = "`POST`: the same method and body at the back end";
        outcomes.extend(case.in_each(case.transports(), posts, |via| posted(case, via)).await);
    }
    outcomes
}

async fn got(case: &Case<'_>, via: Transport) -> Seen {
    let mut seen = String::new();
    for (target, passed) in targets(case)? {
        let order = Order::new(Work::Echo);
        let mut request = case.ordered(via, &target, &order);
        request.headers.extend(HEADERS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        case.ask(via, &request).await?;
        let record = case.record(&order.nonce)?;
        if record.target != passed {
            let seen = format!("`{}`, where `{passed}` is promised", record.target);
            return Err(Miss::broken(seen, Symptom::Target));
        }
        for (name, sent) in HEADERS {
            let is_replaced = || case.location().proxy.request_headers.iter().any(|own| own.name.eq_ignore_ascii_case(name));
            let came = record.header(&name.to_ascii_lowercase());
            if came != Some(sent) && !is_replaced() {
                let came = in_words(came.as_slice());
                let seen = format!("`{name}`: {came}, where the client sent `{sent}`");
                return Err(Miss::broken(seen, Symptom::ClientHeader(name.to_owned())));
            }
        }
        seen = format!("`{}`, with all headers", record.target);
    }
    Ok(seen)
}

async fn posted(case: &Case<'_>, via: Transport) -> Seen {
    let order = Order::new(Work::Echo);
    let request = case.ordered(via, &case.path()?, &order).post(Body::Bytes(Bytes::from_static(BODY)));
    case.ask(via, &request).await?;
    let record = case.record(&order.nonce)?;
    let length = record.body.unwrap_or_default();
    let seen = format!("`{}` with {length} bytes", record.method);
    match record.method == "POST" && length == BODY.len() as u64 {
        true => Ok(seen),
        false => Err(Miss::broken(seen, Symptom::Altered)),
    }
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
