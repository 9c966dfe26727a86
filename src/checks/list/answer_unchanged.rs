//! An answer reaches the client as the back end gave it.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::error::Elapsed;

use crate::checks::seen::in_words;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::Reply;
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::nginx::value::parse_size;
use crate::standin::{ECHO_HEADERS, ELSEWHERE, LONG, Record, USUAL_HEADERS, Work, echo, filler};

pub(super) static CHECK: Check = Check {
    id: "answer-unchanged",
    summary: "status, body and headers of an answer reach the client as the back end gave them",
    explanation: "\
In every way the site offers the back end answers with 200, with 404, with 503 and with a redirect to a place of its own, each time
with a cookie, a header of its own and those that services send, such as `Access-Control-Allow-Origin`, `Cache-Control`, `ETag` and
`WWW-Authenticate`: the client must get the same status, body and headers. A failure means that sessions break, that browsers refuse
the answer, or that clients see a page of nginx in place of the error that their service explains: `proxy_hide_header`,
`proxy_cookie_path`, `proxy_redirect`, `sub_filter`, or `error_page` with `proxy_intercept_errors`. Where raw `directives:` are there to
change answers the check is skipped.

Then the back end answers with a body of 256 KiB, which must be there within 3 s (longer where this machine is slow), and with as many headers as nginx has room
for: 4 KiB, or the `proxy_buffer_size` that raw `directives:` declare. What is longer, such as many cookies or a token in a header,
nginx answers with 502 and `upstream sent too big header` in its log; a service that needs more declares
`proxy_buffer_size 16k;` with `proxy_busy_buffers_size 24k;` among its `directives:`, and is held to that.",
    of: Of::Location(&[LocationType::Http, LocationType::Sse, LocationType::Stream, LocationType::Health]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// Raw lines that are there to change answers.
const CHANGING: [&str; 10] = [
    "proxy_hide_header",
    "proxy_cookie_",
    "proxy_intercept_errors",
    "proxy_redirect",
    "limit_rate",
    "sub_filter",
    "expires",
    "add_before_body",
    "add_after_body",
    "more_",
];

/// A long body.
const LONG_BODY: u32 = 256 * 1024;

/// More than any echo and the long body.
const LONGEST: usize = 512 * 1024;

/// How long the long body may take: without a limit it is there in milliseconds, on a machine that has the time.
const SOON: Duration = Duration::from_secs(3);

/// Where nothing is said nginx has a page of memory for the head of an answer, 4 KiB or more.
const USUAL_HEAD: u64 = 4096;

/// The longest head that is tried.
const LARGEST_HEAD: u64 = 64 * 1024;

/// What the head of such an answer takes without the long header, and more than that.
const OTHER_HEADERS: u32 = 1024;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let room = head_room(case);
    let own = |code| Work::Answer { code, head: 0, body: 0, usual: true };
    let long = Work::Answer { code: 200, head: room - OTHER_HEADERS, body: 0, usual: true };
    let works = [
        ("200 with the back end's own body and headers".to_owned(), own(200)),
        ("404 with the back end's own body and headers".to_owned(), own(404)),
        ("503 with the back end's own body and headers".to_owned(), own(503)),
        ("302 to where the back end says".to_owned(), own(302)),
        (format!("200 with {room} bytes of headers"), long),
        (
            format!("200 with a body of {LONG_BODY} bytes within {} s", SOON.as_secs()),
            Work::Answer { code: 200, head: 0, body: LONG_BODY, usual: true },
        ),
    ];
    let mut outcomes = Vec::new();
    for (expected, work) in works {
        outcomes.extend(case.in_each(case.transports(), &expected, |case, via| async move { over(&case, via, work).await }).await);
    }
    outcomes
}

/// How long the head of an answer may be.
fn head_room(case: &Case<'_>) -> u32 {
    let declared = case.raw_lines().find_map(|line| {
        let size = line.trim().strip_prefix("proxy_buffer_size")?.trim().strip_suffix(';')?;
        parse_size(size.trim()).ok()
    });
    let room = declared.unwrap_or(USUAL_HEAD).clamp(u64::from(2 * OTHER_HEADERS), LARGEST_HEAD);
    u32::try_from(room).expect("it is clamped")
}

async fn over(case: &Case<'_>, via: Transport, work: Work) -> Seen {
    if let Some(line) = changing(case) {
        return Err(Miss::unknown(format!("a raw line is there to change answers: `{line}`")));
    }
    let (code, head, length) = match work {
        Work::Answer { code, head, body, .. } => (code, head, body),
        _ => (200, 0, 0),
    };
    let (order, reply, body) = fetched(case, via, work).await?;
    let record = case.record(&order, reply.status)?;
    if reply.status != code {
        let is_for_its_head = head > 0 && reply.status == 502;
        let symptom = if is_for_its_head { Symptom::LongHead } else { Symptom::Answer };
        return Err(Miss::broken(format!("{} where the back end said {code}", reply.status), symptom));
    }
    compared(&record, &reply, &body, head, length)?;
    Ok(format!("{code}, {} bytes, with its headers", body.len()))
}

/// An answer that was there in time; a long one that was not is asked for again, with the time that the machine now takes.
async fn fetched(case: &Case<'_>, via: Transport, work: Work) -> Seen<(Order, Reply, Vec<u8>)> {
    let is_long = matches!(work, Work::Answer { body: 1.., .. });
    let first = if is_long { SOON.min(case.patience()) } else { case.patience() };
    if let Ok(fetched) = once(case, via, work, first).await {
        return fetched;
    }
    let bound = case.bound(via, first).await;
    let slow = |_| Miss::broken(format!("not all of it within {} ms", bound.as_millis()), Symptom::Slow);
    once(case, via, work, bound).await.map_err(slow)?
}

async fn once(
    case: &Case<'_>,
    via: Transport,
    work: Work,
    bound: Duration,
) -> Result<Seen<(Order, Reply, Vec<u8>)>, Elapsed> {
    let fetching = async {
        let order = Order::new(work);
        let (_session, mut reply) = case.ask(via, &case.ordered(via, &case.path()?, &order)).await?;
        let body = reply.bytes(LONGEST, bound).await?;
        Ok((order, reply, body))
    };
    tokio::time::timeout(bound, fetching).await
}

/// Holds an answer to what the back end sent.
fn compared(record: &Record, reply: &Reply, body: &[u8], head: u32, length: u32) -> Seen<()> {
    let sent = echo(record) + &filler(length);
    if body != sent.as_bytes() {
        let seen = format!("another body: {} bytes, where the back end sent {}", body.len(), sent.len());
        return Err(Miss::broken(seen, Symptom::Answer));
    }
    let long = filler(head);
    let redirect = (300..400).contains(&reply.status).then_some(("location", ELSEWHERE));
    let long = (head > 0).then(|| (LONG, long.trim_end()));
    for (name, value) in ECHO_HEADERS.into_iter().chain(USUAL_HEADERS).chain(redirect).chain(long) {
        let came: Vec<_> = reply.headers.get_all(name).iter().filter_map(|came| came.to_str().ok()).collect();
        if !came.contains(&value) {
            let came = in_words(&came);
            let seen = format!("`{name}`: {came}, where the back end sent `{value}`");
            return Err(Miss::broken(seen, Symptom::Answer));
        }
    }
    Ok(())
}

/// A raw line of the location or its site that changes answers on purpose.
fn changing<'c>(case: &Case<'c>) -> Option<&'c str> {
    let is_changing = |line: &&str| CHANGING.iter().any(|name| line.trim_start().starts_with(name));
    case.raw_lines().find(is_changing)
}
