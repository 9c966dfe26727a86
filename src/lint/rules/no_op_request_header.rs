//! Request headers that are meant as response headers.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::lint::meant::is_header;
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial, edit};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "no-op-request-header",
    severity: Severity::Hint,
    summary: "a `proxy_set_header` of a header that only counts in answers",
    explanation: "\
`proxy_set_header` sets headers of the *request* to the back end. `X-Accel-Buffering` counts for nginx only in the
*answer* of the back end, and `Cache-Control: no-cache` in a request keeps no cache from storing the answer: here they
change nothing. What streams is `proxy_buffering off`; a header for the client is added with `add_header`.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header Cache-Control no-cache;
        proxy_set_header X-Accel-Buffering no;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
    )
    .tried(Trial::Nothing("the headers change nothing: that is the fault"))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
        add_header Cache-Control no-cache;
    }
}
",
        ),
        // Asks a cache behind this nginx for a fresh answer.
        Example::new(
            "server { listen 80; location / { proxy_pass http://127.0.0.1:8080; proxy_set_header Cache-Control no-cache; } }\n",
        )
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let headers = || place.location.find_all("proxy_set_header");
        let is_streamed = || place.meant().is_some_and(|meant| meant.kind.is_streamed());
        let means_an_answer = |one: &Directive<'_>| {
            is_header(one, "X-Accel-Buffering") || is_header(one, "Cache-Control") && is_streamed()
        };
        let meant: Vec<_> = headers().filter(means_an_answer).collect();
        let fix = fix(headers().count(), &meant);
        found.extend(finding(place, &meant).map(|finding| finding.fix(fix)));
    }
}

/// Certain while another header stays: with the last one gone, the location would inherit its server's.
fn fix(all: usize, meant: &[Directive<'_>]) -> Option<Fix> {
    let is_shared = meant.iter().any(|one| one.included_by().is_some());
    if is_shared || all == meant.len() {
        return None;
    }
    let edits = meant.iter().map(|one| edit::remove(*one)).collect::<Option<_>>()?;
    let what = if meant.len() == 1 { "remove the header" } else { "remove the headers" };
    Some(Fix { what: what.to_owned(), edits })
}

/// One for a location: its headers are written, and removed, together.
fn finding(place: &Place<'_>, headers: &[Directive<'_>]) -> Option<Diagnostic> {
    let names: Vec<_> = headers.iter().filter_map(|one| Some(format!("`{}`", one.arg(0)?.value()))).collect();
    let (first, others) = headers.split_first()?;
    let verb = if names.len() == 1 { "changes" } else { "change" };
    let message = format!("{} in a request {verb} nothing, in `{}`", names.join(" and "), place.head());
    let fault = RULE.finding(message).at(first.head_span(), "goes to the back end, not to nginx");
    let fault = others.iter().fold(fault, |fault, one| fault.at(one.head_span(), ""));
    let fault =
        fault.why("`proxy_set_header` sets what the back end is asked; both count only in what it answers");
    Some(fault.help("remove it; `proxy_buffering off;` is what lets events through at once"))
}
