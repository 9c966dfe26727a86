//! What nginx itself says of a request that failed.
//!
//! Many checks ask at once, often for the same path. What tells their lines in the log from one another is the `Referer`, which
//! nginx repeats where it logs an error: each try has one of its own, at the site itself as a page that links there has.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Case, Needs, Transport};

/// How much of the log is read, from the end.
const MOST: u64 = 256 * 1024;

/// What stands in the requests of one try, and in no others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mark(u32);

impl Mark {
    /// One that no other try has.
    pub(super) fn new() -> Mark {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        Mark(COUNT.fetch_add(1, Ordering::Relaxed))
    }

    fn path(self) -> String {
        format!("/nginx-gen%20{}", self.0)
    }
}

/// The header that carries the case's mark; none where there is no log to look for it.
pub(super) fn marking(case: &Case<'_>, transport: Transport) -> Option<(String, String)> {
    case.deployment().error_log.as_ref()?;
    let page = format!("{}://{}{}", transport.scheme(), case.authority(transport), case.mark.path());
    Some(("Referer".to_owned(), page))
}

/// The last that nginx said of the case's requests. Of second nginxes nothing is known here.
pub(super) fn said_of(case: &Case<'_>) -> Option<String> {
    if case.check.needs == Needs::Variants {
        return None;
    }
    let mut log = File::open(case.deployment().error_log.as_ref()?).ok()?;
    let since = log.metadata().ok()?.len().saturating_sub(MOST);
    log.seek(SeekFrom::Start(since)).ok()?;
    let mut text = Vec::new();
    log.read_to_end(&mut text).ok()?;
    last_of(&String::from_utf8_lossy(&text), case.mark).and_then(message)
}

/// The last line about a request with this mark.
fn last_of(log: &str, mark: Mark) -> Option<&str> {
    let end = mark.path() + "\"";
    log.lines().rev().find(|line| line.contains(&end))
}

/// The message of a line: what stands between the number of the connection and the client.
fn message(line: &str) -> Option<String> {
    let (_, behind) = line.split_once(": *")?;
    let (_, message) = behind.split_once(' ')?;
    Some(message.split(", client: ").next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Mark, last_of, message};

    #[test]
    fn the_message_is_what_nginx_says_without_the_circumstances() {
        let line = "2026/11/24 22:00:00 [error] 7#7: *45 upstream sent too big header while reading response header \
                    from upstream, client: 127.0.0.1, server: a.org, request: \"GET / HTTP/1.1\"";
        let said = "upstream sent too big header while reading response header from upstream";
        assert_eq!(message(line).as_deref(), Some(said));
        assert_eq!(message("nginx: [warn] something else"), None);
    }

    /// Checks of one location ask for the same path at once.
    #[test]
    fn what_is_said_of_another_try_is_not_said_of_this_one() {
        let line = |what: &str, mark: u32| {
            format!(
                "7#7: *1 {what}, client: ::1, server: a.org, request: \"GET / HTTP/2.0\", host: \"a.org\", \
                 referrer: \"https://a.org{}\"\n",
                Mark(mark).path()
            )
        };
        let log = [line("first", 1), line("second", 1), line("other", 12)].concat();
        let said = |mark| last_of(&log, Mark(mark)).and_then(message);
        assert_eq!(said(1).as_deref(), Some("second"));
        assert_eq!(said(12).as_deref(), Some("other"));
        assert_eq!(said(2), None);
    }
}
