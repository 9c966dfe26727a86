//! A location that is not to be logged leaves no line in the access log.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::client::Fault;
use crate::environment::{Location, LocationType};
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "leaves-no-log-line",
    summary: "a request that is not to be logged leaves no line in the access log",
    explanation: "\
Made of locations with `access_log: false`, which is what `health` has by itself. In every way the site offers, the location is
asked with a mark in the query, and then another location of the site, or a path that none of them has, with a second mark.
Once the log has the second mark, the first must be in no access log that the site writes to. Where the second does not come
either nothing is shown, and the check is skipped with that reason.

A failure means that a load balancer's checks, one every few seconds from each, fill the log and hide the requests of clients:
`access_log off` is missing, or another location takes the request.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Websocket,
        LocationType::Sse,
        LocationType::Stream,
        LocationType::Health,
        LocationType::Static,
        LocationType::Redirect,
        LocationType::Grpc,
    ]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

/// How long nginx may take to write a line after it has answered.
const WRITTEN: Duration = Duration::from_secs(2);

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_millis(5);

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    if case.location().access_log != Some(false) {
        return Vec::new();
    }
    let expected = "no line in the access log, where another path of the site leaves one";
    case.in_each(case.transports(), expected, |case, via| async move { over(&case, via).await }).await
}

async fn over(case: &Case<'_>, via: Transport) -> Seen {
    let path = case.path()?;
    let other = logged_path(case).ok_or_else(|| {
        Miss::unknown("no other path of the site is logged, so that a line that is missing shows nothing")
    })?;
    let (mark, witness) = (Mark::new("quiet"), Mark::new("witness"));
    asked(case, via, &path, &mark).await?;
    asked(case, via, &other, &witness).await?;
    let logs = logs(case);
    let deadline = Instant::now() + WRITTEN;
    while witness.lines(&logs).is_empty() {
        if Instant::now() > deadline {
            let within = WRITTEN.as_secs();
            let reason = format!("a request for `{other}` left no line either within {within} s");
            return Err(Miss::Unknown(reason));
        }
        tokio::time::sleep(PAUSE).await;
    }
    match mark.lines(&logs).first() {
        None => Ok(format!("none, and one for `{other}`")),
        Some(line) => Err(Miss::broken(format!("the line `{line}`"), Symptom::Logged)),
    }
}

/// A word that stands in the query of one request only, and so in its line.
struct Mark(String);

impl Mark {
    fn new(purpose: &str) -> Mark {
        Mark(format!("nginx-gen-{purpose}-{}-", Order::new(Work::Echo).nonce))
    }

    /// The lines that have it. A log that cannot be read has none yet.
    fn lines(&self, logs: &BTreeSet<PathBuf>) -> Vec<String> {
        let texts = logs.iter().filter_map(|log| std::fs::read(log).ok());
        texts
            .flat_map(|text| {
                let text = String::from_utf8_lossy(&text).into_owned();
                text.lines().filter(|line| line.contains(&self.0)).map(str::to_owned).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// Asks for a path and reads the answer to its end: nginx writes its line then.
async fn asked(case: &Case<'_>, transport: Transport, path: &str, mark: &Mark) -> Result<(), Fault> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let target = format!("{path}{separator}{}", mark.0);
    case.fetch(transport, &target, 0).await.map(drop)
}

/// A path of the site that is to be logged: another location's, else one that no location has.
fn logged_path(case: &Case<'_>) -> Option<String> {
    let locations = || case.site().service.locations.iter();
    let is_logged = |location: &&Location| location.access_log != Some(false);
    let known = locations().filter(is_logged).find_map(|location| crate::checks::path::of(location).ok());
    let nobodys = "/nginx-gen/nobody-has-this".to_owned();
    let has_it = |location: &Location| {
        location.modifier.is_regex()
            || (location.modifier.is_prefix() && nobodys.starts_with(location.path.as_str()))
    };
    let is_free = !locations().any(has_it);
    known.or_else(|| is_free.then_some(nobodys))
}

/// Every file that a request of this site may be written to.
fn logs(case: &Case<'_>) -> BTreeSet<PathBuf> {
    let server = case.rendered(None).map(|(server, _)| server);
    let named = server.into_iter().flat_map(|server| server.every("access_log"));
    let paths =
        named.filter_map(|one| Some(one.arg(0)?.value().into_owned())).filter(|path| path.starts_with('/'));
    let found = paths.filter_map(|path| case.found(path.as_ref()));
    found.chain(case.deployment().access_log.clone()).collect()
}
