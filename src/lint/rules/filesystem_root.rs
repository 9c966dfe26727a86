//! The whole file system as a site.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::access::Doors;
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "filesystem-root",
    severity: Severity::Error,
    summary: "`root /` where every path is served: the whole machine's files",
    explanation: "\
A location that takes every path and serves files from `/` serves `/etc/passwd`, the site's configuration and its keys,
whatever the worker may read. `location /srv/app/ { root /; }` serves that folder alone and is not told of; an `alias /;` is,
wherever it stands.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location / { root /; }
}
",
        )
        .tried(Trial::Answers("/etc/os-release", 404)),
        Example::new(
            "\
server {
    listen 80;
    location /files/ { alias /; }
}
",
        )
        .tried(Trial::Answers("/files/etc/os-release", 404)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location / { root /srv; }
}
",
        )
        .tried(Trial::Answers("/etc/os-release", 404)),
        Example::new(
            "\
server {
    listen 80;
    root /;
    location / { proxy_pass http://127.0.0.1:8080; }
    location /srv/app/ { root /; }
    location /protected/ { internal; alias /; }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/protected/etc/os-release", 404)),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut doors = Doors::default();
    for place in subject.places {
        let served = served(place).filter(|_| doors.are_open(place));
        found.extend(served.map(|folder| {
            RULE.finding(format!("`{}` serves every file of this machine", place.head()))
                .at(folder.head_span(), "the root of the file system")
                .why("`/etc/passwd`, configurations and keys are there for whoever asks")
                .help("name the folder that is to be served")
        }));
    }
}

/// The `root /` or `alias /` that files are served from here.
fn served<'t>(place: &Place<'t>) -> Option<Directive<'t>> {
    let answers =
        |child: Directive<'_>| child.name().ends_with("_pass") || child.is("return") || child.is("try_files");
    let folder = place.settings.get("root")?.directive();
    let is_all = folder
        .arg(0)
        .is_some_and(|path| !path.content().is_empty() && path.content().bytes().all(|byte| byte == b'/'));
    let is_everywhere =
        place.is_root() || folder.is("alias") && folder.parent() == Some(place.location) && place.is_prefix();
    (is_all && is_everywhere && !place.location.children().any(answers)).then_some(folder)
}
