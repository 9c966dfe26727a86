//! An answer reaches the client as the back end gave it.

use futures_util::FutureExt;

use crate::checks::seen::in_words;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::environment::LocationType;
use crate::outcome::Outcome;
use crate::standin::{ECHO_HEADERS, Work, echo};

pub(super) static CHECK: Check = Check {
    id: "answer-unchanged",
    summary: "status, body and headers of an answer reach the client as the back end gave them",
    explanation: "\
In every way the site offers the back end answers once with 200 and once with 404, each time with a cookie and a header of its own.
The client must get the same status, the same body and both headers. Where raw `directives:` are there to change answers the check
is skipped. A failure means that sessions break, or that clients see a page of nginx in place of the error that their service
explains: `proxy_hide_header`, `proxy_cookie_path`, `sub_filter`, or `error_page` with `proxy_intercept_errors`.",
    of: Of::Location(&[LocationType::Http, LocationType::Sse, LocationType::Stream, LocationType::Health]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// Raw lines that are there to change answers.
const CHANGING: [&str; 7] = [
    "proxy_hide_header",
    "proxy_cookie_",
    "proxy_intercept_errors",
    "sub_filter",
    "add_before_body",
    "add_after_body",
    "more_",
];

/// More than any echo.
const LONGEST: usize = 64 * 1024;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let works = [
        ("200 with the back end's own body and headers", Work::Echo, 200),
        ("404 with the back end's own body and headers", Work::Refuse { code: 404 }, 404),
    ];
    let mut outcomes = Vec::new();
    for (expected, work, status) in works {
        outcomes.extend(case.in_each(case.transports(), expected, |via| over(case, via, work, status)).await);
    }
    outcomes
}

async fn over(case: &Case<'_>, via: Transport, work: Work, status: u16) -> Seen {
    if let Some(line) = changing(case) {
        return Err(Miss::unknown(format!("a raw line is there to change answers: `{line}`")));
    }
    let order = Order::new(work);
    let (_session, mut reply) = case.ask(via, &case.ordered(via, &case.path()?, &order)).await?;
    let body = reply.bytes(LONGEST, case.patience()).await?;
    let record = case.record(&order.nonce)?;
    if reply.status != status {
        let seen = format!("{} where the back end said {status}", reply.status);
        return Err(Miss::broken(seen, Symptom::Answer));
    }
    let sent = echo(&record);
    if body != sent.as_bytes() {
        let seen = format!("another body: {} bytes, where the back end sent {}", body.len(), sent.len());
        return Err(Miss::broken(seen, Symptom::Answer));
    }
    for (name, value) in ECHO_HEADERS {
        let came: Vec<_> = reply.headers.get_all(name).iter().filter_map(|came| came.to_str().ok()).collect();
        if !came.contains(&value) {
            let came = in_words(&came);
            let seen = format!("`{name}`: {came}, where the back end sent `{value}`");
            return Err(Miss::broken(seen, Symptom::Answer));
        }
    }
    Ok(format!("{status}, {} bytes, with both", body.len()))
}

/// A raw line of the location or its site that changes answers on purpose.
fn changing<'c>(case: &Case<'c>) -> Option<&'c str> {
    let lines = case.location().directives.iter().chain(&case.site().directives);
    let is_changing = |line: &&str| CHANGING.iter().any(|name| line.trim_start().starts_with(name));
    lines.map(|line| line.value.as_str()).find(is_changing)
}
