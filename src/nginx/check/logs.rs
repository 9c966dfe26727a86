//! Where logs go: levels of `error_log`, and what is sent to syslog (`ngx_log_set_levels`, `ngx_syslog_parse_args`).

use super::address::{self, Use};
use super::unknown::nearest;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};

const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp", "clock", "authpriv", "ftp",
    "ntp", "audit", "alert", "cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
    "local7",
];

const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];

/// The length of a tag that nginx has room for.
const TAG: usize = 32;

pub(super) fn check(directive: Directive<'_>, spec: &Spec, found: &mut Vec<Diagnostic>) {
    if !matches!(spec.name(), "error_log" | "access_log") {
        return;
    }
    let Some(target) = directive.arg(0) else { return };
    if let Some(message) = target.value().strip_prefix("syslog:").and_then(syslog) {
        let fault = Diagnostic::error("bad-log", message.clone()).at(target.span(), "");
        let (why, help) = advice(&message);
        found.push(fault.why(why).help(help));
    }
    if spec.name() == "error_log" {
        found.extend(levels(directive));
    }
}

/// Why nginx says so of what stands behind `syslog:`, and what to write.
fn advice(message: &str) -> (String, String) {
    let wrong = message.split('"').nth(1).unwrap_or_default();
    let of = |what: &str, known: &[&str]| {
        let why = format!("syslog knows {what} `{}`", known.join("`, `"));
        match nearest(wrong, known.iter().copied()) {
            Some(near) => (why, format!("did you mean `{near}`?")),
            None => (why, "write one of these".to_owned()),
        }
    };
    if message.starts_with("unknown syslog facility") {
        return of("the facilities", &FACILITIES);
    }
    if message.starts_with("unknown syslog severity") {
        return of("the severities", &SEVERITIES);
    }
    if message.contains("tag") && !message.starts_with("duplicate") {
        let why = format!("a tag has letters, digits and `_`, {TAG} at most");
        return (why, "write for example `tag=my_app`".to_owned());
    }
    let why = "behind `syslog:` stand `server=`, once, `facility=`, `severity=`, `tag=` and `nohostname`, with `,` between";
    (why.to_owned(), "write for example `syslog:server=127.0.0.1,facility=local7,tag=nginx`".to_owned())
}

/// One level, or some of what `debug` is made of.
fn levels(directive: Directive<'_>) -> Option<Diagnostic> {
    let mut first: Option<Argument<'_>> = None;
    for level in directive.args().skip(1) {
        let value = level.value();
        let message = match first {
            Some(_) if SEVERITIES.contains(&&*value) => format!("duplicate log level \"{value}\""),
            Some(first) if !first.content().starts_with("debug") => format!("invalid log level \"{value}\""),
            _ => {
                first.get_or_insert(level);
                continue;
            }
        };
        let fault = Diagnostic::error("bad-log", message).at(level.span(), "");
        return Some(
            fault.why("a level takes all that is graver with it").help("keep the one that tells most"),
        );
    }
    None
}

/// What nginx says of the words behind `syslog:`.
fn syslog(text: &str) -> Option<String> {
    let mut seen = Vec::new();
    for word in text.split(',') {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        if seen.contains(&name) && word.contains('=') {
            return Some(format!("duplicate syslog \"{name}\""));
        }
        seen.push(name);
        let told = match name {
            "server" if word.contains('=') => address::fault(value, Use::Pass)
                .map(|reason| format!("{reason} in syslog server \"{value}\"")),
            "facility" if word.contains('=') => {
                (!FACILITIES.contains(&value)).then(|| format!("unknown syslog facility \"{value}\""))
            }
            "severity" if word.contains('=') => {
                (!SEVERITIES.contains(&value)).then(|| format!("unknown syslog severity \"{value}\""))
            }
            "tag" if word.contains('=') => tag(value),
            _ if word == "nohostname" => None,
            _ => Some(format!("unknown syslog parameter \"{word}\"")),
        };
        if told.is_some() {
            return told;
        }
    }
    (!seen.contains(&"server")).then(|| "no syslog server specified".to_owned())
}

fn tag(tag: &str) -> Option<String> {
    if tag.len() > TAG {
        return Some(format!("syslog tag length exceeds {TAG}"));
    }
    let is_sound = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let message = "syslog \"tag\" only allows alphanumeric characters and underscore";
    (!is_sound).then(|| message.to_owned())
}
