//! How the outcomes of checks look, in every format.

mod browser;
mod formats;
mod junit;
mod live;
mod page;

use std::time::Duration;

use nginx_gen::diagnostic::Label;
use nginx_gen::outcome::{Diagnosis, Event, Outcome, Route, Timeline, Verdict};
use nginx_gen::report::outcomes::{Fact, Format, Proof, Screen, write};
use nginx_gen::text::{SourceFile, Sources, Span};

const RENDERED: &str = "location / {\n    proxy_pass http://127.0.0.1:8000;\n    proxy_buffering on;\n}\n";
const YAML: &str = "services:\n  ai:\n    locations:\n      - { path: /, type: stream }\n";

/// An environment with a stream that arrives in time in two ways and late in a third.
pub(crate) fn proof() -> (Proof, Sources) {
    let mut sources = Sources::new();
    let rendered = sources.add(SourceFile::made("rendered prod/ai.example.com", RENDERED));
    let yaml = sources.add(SourceFile::new("environments/prod.yaml", YAML));
    let place = |file, text: &str, part: &str, said: &str| {
        let start = text.find(part).unwrap();
        Label { span: Span::new(file, start, start + part.len()), text: said.to_owned().into() }
    };
    let late = Diagnosis {
        causes: vec![
            "`proxy_buffering on`: over TLS nginx waits until 16 KiB have gathered".to_owned(),
            "the back end does not flush its output".to_owned(),
        ],
        places: vec![
            place(rendered, RENDERED, "proxy_buffering on;", "holds events back"),
            place(yaml, YAML, "type: stream", "declared here"),
        ],
        commands: vec!["curl -N --http1.1 https://ai.example.com/".to_owned()],
    };
    let outcomes = vec![
        outcome("", None, None, "nginx-accepts", Verdict::Passed, "accepted, without a warning", 31),
        streamed("HTTP/1.1", &[(0, 3), (500, 502), (1000, 1004)], Verdict::Passed),
        streamed("HTTP/1.1 over TLS", &[(0, 1010), (500, 1011), (1000, 1012)], Verdict::Failed(late)),
        streamed("HTTP/2", &[(0, 5), (500, 504), (1000, 1006)], Verdict::Passed),
        outcome(
            "ai.example.com",
            Some("/health"),
            Some("health"),
            "health-answers",
            Verdict::Passed,
            "200",
            2,
        ),
        outcome(
            "ai.example.com",
            Some("/health"),
            Some("health"),
            "health-not-logged",
            Verdict::Skipped("the access log of a live deployment cannot be read".to_owned()),
            "",
            0,
        ),
    ];
    let facts = vec![
        Fact { name: "nginx", text: "1.22.1 at /usr/sbin/nginx".to_owned() },
        Fact { name: "isolation", text: "ports and certificates rewritten".to_owned() },
    ];
    let changes = vec!["port 443 is 127.0.0.1:40443".to_owned()];
    let environment = "prod".to_owned();
    let took = Duration::from_millis(3120);
    (Proof { command: "test", environment, facts, changes, outcomes, took }, sources)
}

/// One outcome.
pub(crate) fn outcome(
    site: &str,
    location: Option<&str>,
    kind: Option<&'static str>,
    check: &'static str,
    verdict: Verdict,
    seen: &str,
    millis: u64,
) -> Outcome {
    let route = Route { site: site.to_owned(), location: location.map(str::to_owned), kind, via: None };
    let expected = "what its type promises".to_owned();
    let took = Duration::from_millis(millis);
    Outcome { check, route, verdict, expected, seen: seen.to_owned(), took, timeline: None }
}

/// A stream whose events were sent and arrived at these milliseconds.
fn streamed(via: &'static str, times: &[(u64, u64)], verdict: Verdict) -> Outcome {
    let event = |&(sent, arrived)| Event {
        sent: Some(Duration::from_millis(sent)),
        arrived: Some(Duration::from_millis(arrived)),
    };
    let seen = format!("the first event after {} ms", times[0].1);
    let mut outcome =
        outcome("ai.example.com", Some("/"), Some("stream"), "stream-in-time", verdict, &seen, 1020);
    outcome.route.via = Some(via);
    outcome.expected = String::from("each event arrives within 250 ms");
    outcome.timeline = Some(Timeline { events: times.iter().map(event).collect() });
    outcome
}

/// What is printed in a format.
pub(crate) fn printed(format: Format, screen: Screen) -> String {
    let (proof, sources) = proof();
    let mut out = Vec::new();
    write(&mut out, format, &proof, &sources, screen).unwrap();
    String::from_utf8(out).unwrap()
}
