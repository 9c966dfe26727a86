//! What `nginx -t` said.

use super::super::bounded::Finished;
use super::prefix::Prefix;

/// Its answer, in terms of the files as they were given.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Whether nginx would run.
    pub(crate) accepted: bool,
    /// What it said, in its order.
    pub(crate) messages: Vec<Message>,
    output: String,
}

/// A line of its answer that has a level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Message {
    /// `warn`, `emerg`, …
    pub(crate) level: String,
    /// With the file's own name and ports: `duplicate location "/" in site.conf:3`.
    pub(crate) text: String,
}

impl Verdict {
    pub(super) fn new(finished: &Finished, prefix: &Prefix) -> Verdict {
        let output = restore(&finished.output, prefix);
        let messages = output.lines().filter_map(Message::parse).collect();
        Verdict { accepted: finished.status.success(), messages, output }
    }

    /// Panics with all that nginx said when it refused.
    #[track_caller]
    pub(crate) fn assert_accepted(&self) {
        assert!(self.accepted, "nginx refuses:\n{}", self.output);
    }

    /// Panics unless nginx refused and said this among other things.
    #[track_caller]
    pub(crate) fn assert_refused(&self, text: &str) {
        let said =
            self.messages.iter().any(|message| message.level == "emerg" && message.text.contains(text));
        assert!(!self.accepted && said, "nginx does not refuse with {text:?}:\n{}", self.output);
    }

    /// The texts of one level.
    pub(crate) fn texts(&self, level: &str) -> Vec<&str> {
        let of_level = self.messages.iter().filter(|message| message.level == level);
        of_level.map(|message| message.text.as_str()).collect()
    }
}

impl Message {
    /// Reads `nginx: [warn] text`, and `2022/10/19 08:02:20 [warn] 123#123: text` once the log is open.
    fn parse(line: &str) -> Option<Message> {
        let (before, rest) = line.split_once('[')?;
        let (level, text) = rest.split_once("] ")?;
        let text = if before == "nginx: " { text } else { text.split_once(": ")?.1 };
        Some(Message { level: level.to_owned(), text: text.to_owned() })
    }
}

/// The output with the names and ports of the site files in place of those they ran under.
fn restore(output: &str, prefix: &Prefix) -> String {
    let folder = prefix.path().display().to_string();
    let output = output.replace(&format!("{folder}/sites/"), "").replace(&format!("{folder}/"), "");
    // Free ports are far above any line number or other figure in a message.
    prefix
        .ports()
        .pairs()
        .fold(output, |output, (port, stand_in)| output.replace(&format!(":{stand_in}"), &format!(":{port}")))
}
