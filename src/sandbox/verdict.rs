//! What `nginx -t` said, at the lines of the rendered files.

use std::path::Path;
use std::process::Output;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{FileId, Sources, Span};

/// The answer of `nginx -t`.
#[derive(Debug)]
pub struct Verdict {
    /// Whether nginx would run.
    pub accepted: bool,
    /// What it said, in its order.
    pub messages: Vec<Message>,
}

/// A line of its answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// `warn`, `emerg`, …
    pub level: String,
    /// Without the place.
    pub text: String,
    /// The rendered file and the line in it, where it names one.
    pub place: Option<(String, usize)>,
}

impl Verdict {
    pub(super) fn read(output: &Output, prefix: &Path) -> Verdict {
        let told = String::from_utf8_lossy(&output.stderr);
        let folder = format!("{}/", prefix.join("sites").display());
        let messages = told.lines().filter_map(|line| Message::read(line, &folder)).collect();
        Verdict { accepted: output.status.success(), messages }
    }
}

impl Message {
    /// Reads `nginx: [warn] text in FILE:LINE`, and `2022/10/19 08:02:20 [warn] 123#123: text` once the log is open.
    fn read(line: &str, folder: &str) -> Option<Message> {
        let (before, rest) = line.split_once('[')?;
        let (level, text) = rest.split_once("] ")?;
        let text = if before == "nginx: " { text } else { text.split_once(": ")?.1 };
        let placed = text.rsplit_once(" in ").and_then(|(text, place)| {
            let (file, line) = place.rsplit_once(':')?;
            Some((text, file.strip_prefix(folder)?.to_owned(), line.parse().ok()?))
        });
        let (text, place) = match placed {
            Some((text, file, line)) => (text, Some((file, line))),
            None => (text, None),
        };
        Some(Message { level: level.to_owned(), text: text.replace(folder, ""), place })
    }

    /// Whether nginx gives up for it.
    pub fn is_fatal(&self) -> bool {
        matches!(self.level.as_str(), "emerg" | "alert" | "crit")
    }

    /// It as a finding, at its line of the rendered file it is about.
    pub fn told(&self, file: Option<FileId>, sources: &Sources) -> Diagnostic {
        let severity = if self.is_fatal() { Severity::Error } else { Severity::Warning };
        let told = Diagnostic::new(severity, "nginx-t", format!("nginx says: {}", self.text));
        match (file, &self.place) {
            (Some(file), Some((_, line))) => told.at(line_span(file, *line, sources), ""),
            _ => told,
        }
    }
}

/// What stands in a line, from 1.
fn line_span(file: FileId, line: usize, sources: &Sources) -> Span {
    let text = sources.file(file).text();
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let content = text[start..].lines().next().unwrap_or_default();
    let indent = content.len() - content.trim_start().len();
    Span::new(file, start + indent, start + content.trim_end().len().max(indent))
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn messages_with_and_without_a_place() {
        let read = |line| Message::read(line, "/p/sites/").unwrap();
        let placed = read("nginx: [emerg] unknown directive \"x\" in /p/sites/a.org.conf:3");
        assert_eq!(placed.place, Some(("a.org.conf".to_owned(), 3)));
        assert_eq!((placed.level.as_str(), placed.text.as_str()), ("emerg", "unknown directive \"x\""));
        let open =
            read("2026/01/19 08:02:20 [warn] 12#12: conflicting server name \"a\" on 0.0.0.0:80, ignored");
        assert_eq!((open.level.as_str(), open.place), ("warn", None));
        assert_eq!(Message::read("nginx: configuration file /p/nginx.conf test failed", "/p/sites/"), None);
    }
}
