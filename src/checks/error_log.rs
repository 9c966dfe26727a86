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
    let server = format!(", server: {},", case.site?.name());
    let path = case.location.and_then(|_| case.path().ok());
    let is_of_route = |line: &&str| {
        line.contains(&server) && path.as_ref().is_none_or(|path| line.contains(&format!(" {path}")))
    };
    text.lines().rev().find(is_of_route).and_then(message)
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
    use super::message;

    #[test]
    fn the_message_is_what_nginx_says_without_the_circumstances() {
        let line = "2026/11/24 22:00:00 [error] 7#7: *45 upstream sent too big header while reading response header \
                    from upstream, client: 127.0.0.1, server: a.org, request: \"GET / HTTP/1.1\"";
        let said = "upstream sent too big header while reading response header from upstream";
        assert_eq!(message(line).as_deref(), Some(said));
        assert_eq!(message("nginx: [warn] something else"), None);
    }
}
