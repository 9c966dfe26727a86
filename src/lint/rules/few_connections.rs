//! Long-lived connections that use up a worker's.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "few-connections",
    severity: Severity::Warning,
    summary: "more `worker_connections` than a worker may open files, or few of them for long-lived connections",
    explanation: "\
A worker takes no more connections than `worker_connections`, 512 when nothing is said, and opens no more files than
`worker_rlimit_nofile`. A proxied connection counts twice, once to the client and once to the back end, and a WebSocket or
an event stream keeps both for hours: 512 are 256 clients for each worker, the next is turned away (`512 worker_connections
are not enough`). Where the limit of files is lower than the connections, `accept` fails first (`Too many open files`).
nginx says so when it starts, not in `nginx -t`. Told only of a whole configuration.",
    bad: &[
        Example::whole(
            "worker_processes 2;\nworker_rlimit_nofile 1024;\nevents { worker_connections 4096; }\n",
            "server_tokens off;\nserver { listen 80; location / { proxy_pass http://127.0.0.1:8080; } }\n",
        ).tried(Trial::Nothing("it takes thousands of clients")),
        Example::whole(
            "worker_processes 2;\nevents {}\n",
            "\
server_tokens off;
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        ),
    ],
    good: &[
        Example::whole(
            "worker_processes 2;\nworker_rlimit_nofile 16384;\nevents { worker_connections 4096; }\n",
            "\
server_tokens off;
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        ),
        // Short requests do with few.
        Example::whole("events {}\n", "server_tokens off;\nserver { listen 80; location / { proxy_pass http://127.0.0.1:8080; } }\n").near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

/// nginx's own, `DEFAULT_CONNECTIONS`.
const DEFAULT: u64 = 512;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let root = subject.root();
    let Some(events) = root.find("events").filter(|_| subject.gaps.is_whole()) else { return };
    let set = events.find("worker_connections");
    let Some(connections) = set.map_or(Some(DEFAULT), number) else { return };
    let limit = root.find("worker_rlimit_nofile");
    if let Some(limit) = limit.filter(|limit| number(*limit).is_some_and(|files| files < connections)) {
        found.push(limited(connections, set.unwrap_or(events), limit));
    } else if connections <= DEFAULT {
        let mut lasting = subject.places.iter().filter(|place| place.proxy_pass().is_some());
        let lasting = lasting.find(|place| place.meant().is_some_and(|meant| meant.kind.is_long_lived() && meant.is_sure()));
        found.extend(lasting.map(|place| {
            few(connections, set.unwrap_or(events), root.find("worker_processes"), place.location)
        }));
    }
}

fn number(directive: Directive<'_>) -> Option<u64> {
    directive.arg(0).map(Argument::value)?.parse().ok()
}

fn limited(connections: u64, set: Directive<'_>, limit: Directive<'_>) -> Diagnostic {
    let files = limit.arg(0).map(Argument::value).unwrap_or_default();
    RULE.finding(format!("{connections} worker_connections exceed open file resource limit: {files}"))
        .at(set.head_span(), "connections of one worker")
        .at(limit.head_span(), "files and sockets it may open")
        .why("every connection is an open file: past the limit new clients are turned away with `Too many open files`")
        .help(format!("write `worker_rlimit_nofile {};`", (connections * 2).next_power_of_two()))
}

fn few(
    connections: u64,
    set: Directive<'_>,
    processes: Option<Directive<'_>>,
    lasting: Directive<'_>,
) -> Diagnostic {
    let clients = connections / 2;
    let workers = processes.map_or(Some(1), number);
    let most = match workers {
        Some(1) => format!("{clients} of them at once"),
        Some(workers) => format!("{} of them at once", clients * workers),
        None => format!("{clients} of them at once on each core"),
    };
    let severity = Severity::Hint;
    Diagnostic::new(severity, RULE.id, format!("`{lasting:?}` keeps its connections, and nginx takes {most}"))
        .at(set.head_span(), format!("{connections} connections for each worker"))
        .at(lasting.head_span(), "two for each client: its own, and that to the back end")
        .why("the next client is turned away until another leaves: `worker_connections are not enough`")
        .help("write `worker_connections 4096;` in `events`, and `worker_rlimit_nofile 8192;` beside it")
}
