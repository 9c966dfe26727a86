//! A status page for everyone.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::access::Doors;
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "open-status-page",
    severity: Severity::Warning,
    summary: "`stub_status` that anyone may read",
    explanation: "\
`stub_status` tells how many connections there are and how many requests were served: traffic of the business, and to an
attacker, whether an attack works. Let in the monitoring alone. A server that only this machine can reach is not told of, nor
is a location behind `deny`, a password, `internal`, an `if` or an `include` that was not given.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location = /status { stub_status; }
}
",
    )
    .tried(Trial::Answers("/status", 403))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location = /status { stub_status; allow 10.0.0.0/8; deny all; }
}
",
        )
        .tried(Trial::Answers("/status", 403)),
        Example::new(
            "\
server {
    listen 127.0.0.1:81;
    location = /status { stub_status; }
}

server {
    listen 80;
    deny all;
    location = /status { stub_status; }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/status", 403)),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut doors = Doors::default();
    for place in subject.places.iter().filter(|place| place.server.is_some()) {
        let Some(status) = place.location.find("stub_status").filter(|_| doors.are_open(place)) else { continue };
        found.push(
            RULE.finding(format!("anyone may read the status of this nginx at `{}`", place.path))
                .at(status.head_span(), "nothing limits who")
                .why("it tells how much traffic there is, and whether an attack works")
                .help(
                    "add `allow 127.0.0.1;` and `deny all;`, or let the server listen on `127.0.0.1` alone",
                ),
        );
    }
}
