//! What nginx itself says of a request that failed.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};

use super::{Case, Needs};

/// How much of the log is read, from the end.
const MOST: u64 = 256 * 1024;

/// The last that nginx said of the case's route since the case began. Of second nginxes nothing is known here.
pub(super) fn said_of(case: &Case<'_>) -> Option<String> {
    if case.check.needs == Needs::Variants {
        return None;
    }
    let mut log = File::open(case.deployment().error_log.as_ref()?).ok()?;
    let since = case.logged.max(log.metadata().ok()?.len().saturating_sub(MOST));
    log.seek(SeekFrom::Start(since)).ok()?;
    let mut text = Vec::new();
    log.read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text);
    let path = match case.asked {
        Some(asked) => Some(format!(" {asked} ")),
        None => case.location.and_then(|_| Some(format!(" {}", case.path().ok()?))),
    };
    last_of(&text, case.site?.name(), path.as_deref()).and_then(message)
}

/// The last line about requests to a server, of those that hold some of the request's line.
fn last_of<'t>(log: &'t str, server: &str, request: Option<&str>) -> Option<&'t str> {
    let server = format!(", server: {server},");
    let is_of_request =
        |line: &&str| line.contains(&server) && request.is_none_or(|part| line.contains(part));
    log.lines().rev().find(is_of_request)
}

/// The message of a line: what stands between the number of the connection and the client.
fn message(line: &str) -> Option<String> {
    let (_, behind) = line.split_once(": *")?;
    let (_, message) = behind.split_once(' ')?;
    Some(message.split(", client: ").next()?.to_owned())
}

/// How long the log is now.
pub(super) fn length(case: &Case<'_>) -> u64 {
    let length = || Some(fs::metadata(case.deployment().error_log.as_ref()?).ok()?.len());
    length().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{last_of, message};

    #[test]
    fn the_message_is_what_nginx_says_without_the_circumstances() {
        let line = "2026/11/24 22:00:00 [error] 7#7: *45 upstream sent too big header while reading response header \
                    from upstream, client: 127.0.0.1, server: a.org, request: \"GET / HTTP/1.1\"";
        let said = "upstream sent too big header while reading response header from upstream";
        assert_eq!(message(line).as_deref(), Some(said));
        assert_eq!(message("nginx: [warn] something else"), None);
    }

    /// Several files of a location are asked for at once.
    #[test]
    fn what_is_said_of_another_path_is_not_said_of_this_one() {
        let line = |path: &str, server: &str| {
            format!("7#7: *1 no {path}, client: ::1, server: {server}, request: \"GET {path} HTTP/2.0\"\n")
        };
        let log = [line("/f/1/", "a.org"), line("/f/1", "a.org"), line("/f/1/", "b.org")].concat();
        let said = |request| last_of(&log, "a.org", request).and_then(message);
        assert_eq!(said(Some(" /f/1/ ")).as_deref(), Some("no /f/1/"));
        assert_eq!(said(Some(" /f")).as_deref(), Some("no /f/1"));
        assert_eq!(said(None).as_deref(), Some("no /f/1"));
        assert_eq!(said(Some(" /f/2 ")), None);
    }
}
