//! A token stream that is asked for twice.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::Kind;
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial, beside};
use crate::nginx::inheritance::Setting;
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "stream-retried",
    severity: Severity::Warning,
    summary: "a token stream whose `POST` is sent to a second back end when the first fails",
    explanation: "\
nginx sends a `POST` that a back end has taken to no other one, unless `proxy_next_upstream` says `non_idempotent`. A question
to a language model is then asked twice, and paid for twice, whenever the first back end breaks off, or is silent for
`proxy_read_timeout` before it answers: measured with two servers in the `upstream`, a back end that closes the connection and
one that says nothing for 1 s each made nginx send the `POST` to the other as well. An upstream of one server, or
`proxy_next_upstream_tries 1`, sends it once, and so does a stream that has begun: what breaks off later is never repeated.",
    bad: &[Example::new(
        "\
upstream models { server 127.0.0.1:8001 max_fails=0; server 127.0.0.1:8002 max_fails=0; }

server {
    listen 80;
    location /v1/chat/completions {
        proxy_pass http://models;
        proxy_next_upstream error timeout non_idempotent;
        proxy_buffering off;
        proxy_read_timeout 1h;
    }
}
",
    )
    .tried(Trial::IsSentOnce("/v1/chat/completions"))],
    good: &[
        Example::new(
            "\
upstream models { server 127.0.0.1:8001 max_fails=0; server 127.0.0.1:8002 max_fails=0; }

server {
    listen 80;
    location /v1/chat/completions {
        proxy_pass http://models;
        proxy_next_upstream error timeout;
        proxy_buffering off;
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::IsSentOnce("/v1/chat/completions")),
        // There is no other server to send it to.
        Example::new(
            "\
upstream models { server 127.0.0.1:8001; }

server {
    listen 80;
    location /v1/chat/completions {
        proxy_pass http://models;
        proxy_next_upstream error timeout non_idempotent;
        proxy_buffering off;
        proxy_read_timeout 1h;
    }
}
",
        )
        .near_miss()
        .tried(Trial::IsSentOnce("/v1/chat/completions")),
        // A stream of events is asked for by `GET`, and asking again does no harm.
        Example::new(
            "\
upstream events { server 127.0.0.1:8001; server 127.0.0.1:8002; }

server {
    listen 80;
    location /sse/ {
        proxy_pass http://events;
        proxy_next_upstream error timeout non_idempotent;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let retrying: Vec<_> = subject.places.iter().filter_map(|place| Some((place, retries(place)?))).collect();
    if retrying.is_empty() {
        return;
    }
    let upstreams: Vec<_> = beside::blocks(subject.root(), "upstream")
        .filter(|upstream| upstream.find_all("server").count() > 1)
        .collect();
    for (place, retry) in retrying {
        let Some(pass) = place.proxy_pass() else { continue };
        let passes_to = |upstream: &&Directive<'_>| {
            upstream.arg(0).is_some_and(|name| Some(name.value().as_ref()) == host(pass).as_deref())
        };
        if let Some(upstream) = upstreams.iter().find(passes_to) {
            found.push(finding(place, &retry, *upstream));
        }
    }
}

/// The `proxy_next_upstream` by which a location repeats what may not be repeated.
fn retries<'t>(place: &Place<'t>) -> Option<Setting<'t>> {
    let retry = place.settings.get("proxy_next_upstream")?;
    place.meant().filter(|meant| meant.kind == Kind::Stream)?;
    let says = |word: &str| retry.directive().args().any(|cause| cause.is(word));
    let once = place.settings.get("proxy_next_upstream_tries").is_some_and(|tries| tries.value() == "1");
    // The word by itself names no cause for which to try again.
    (says("non_idempotent") && retry.directive().args().count() > 1 && !once).then_some(retry)
}

fn finding(place: &Place<'_>, retry: &Setting<'_>, upstream: Directive<'_>) -> Diagnostic {
    let fault = RULE
        .finding(format!("a `POST` to `{}` is sent again when a back end fails", place.head()))
        .at(retry.directive().head_span(), "`non_idempotent` repeats `POST` too")
        .at(upstream.head_span(), "has another server to send it to");
    let fault = match place.meant() {
        Some(meant) => meant.point(fault),
        None => fault,
    };
    fault.why("the model is asked twice, and answers twice, for one question of the client").help(
        "take `non_idempotent` out here: a request that no server has taken yet is passed on without it",
    )
}

/// The name or address that a `proxy_pass` names.
fn host(pass: Directive<'_>) -> Option<String> {
    let url = pass.arg(0)?.value();
    let (_, rest) = url.split_once("://")?;
    Some(rest.split('/').next()?.to_owned())
}
