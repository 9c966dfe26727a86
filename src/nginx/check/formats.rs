//! `log_format` and `access_log` (`ngx_http_log_set_format`, `ngx_http_log_set_log`).

use std::borrow::Cow;
use std::collections::HashMap;

use super::parameters::number;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::value::{Unit, parse_size, parse_time};
use crate::text::Span;

/// Every format so far, by its name.
#[derive(Default)]
pub(super) struct Formats<'t> {
    seen: HashMap<(bool, Cow<'t, str>), Span>,
    /// Files that are written by way of a buffer.
    buffered: HashMap<(bool, Cow<'t, str>), (Buffer, Span)>,
}

/// How a file is written. The first `access_log` says so for all.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Buffer {
    size: u64,
    flush: u64,
    level: i64,
}

impl<'t> Formats<'t> {
    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &Spec, found: &mut Vec<Diagnostic>) {
        match (spec.module(), spec.name()) {
            ("http_log" | "stream_log", "log_format") => {
                self.named(directive, spec.module() == "stream_log", found);
                found.extend(directive.arg(1).and_then(escape));
                found.extend(directive.args().skip(1).find_map(lone_dollar));
            }
            ("http_log" | "stream_log", "access_log") => {
                let fault = log(directive);
                let fault = fault.or_else(|| formless(directive, spec));
                found.extend(fault.or_else(|| self.conflict(directive, spec.module() == "stream_log")));
            }
            _ => {}
        }
    }

    /// A file that is written by way of two buffers.
    fn conflict(&mut self, directive: Directive<'t>, is_stream: bool) -> Option<Diagnostic> {
        let buffer = buffer(directive)?;
        let path = directive.arg(0)?.value();
        let (first, place) =
            *self.buffered.entry((is_stream, path.clone())).or_insert((buffer, directive.head_span()));
        if first == buffer {
            return None;
        }
        let message = format!("access_log \"{path}\" already defined with conflicting parameters");
        let fault = Diagnostic::error("bad-log", message).at(directive.head_span(), "");
        Some(
            fault
                .at(place, "the first one")
                .why("a file is written by way of one buffer")
                .help("write the same `buffer=`, `flush=` and `gzip=` in both"),
        )
    }

    fn named(&mut self, directive: Directive<'t>, is_stream: bool, found: &mut Vec<Diagnostic>) {
        let Some(argument) = directive.arg(0) else { return };
        let name = argument.value();
        let message = format!("duplicate \"log_format\" name \"{name}\"");
        let fault = Diagnostic::error("bad-log", message).at(argument.span(), "");
        if name == "combined" && !is_stream {
            found.push(fault.why("nginx has a format of this name itself").help("call it otherwise"));
        } else if let Some(first) = self.seen.get(&(is_stream, name.clone())) {
            let fault = fault.at(*first, "the first one");
            found.push(fault.why("nginx does not start with two of one name").help("remove one of the two"));
        } else {
            self.seen.insert((is_stream, name), argument.span());
        }
    }
}

fn escape(argument: Argument<'_>) -> Option<Diagnostic> {
    let value = argument.value();
    let escaping = value.strip_prefix("escape=")?;
    if matches!(escaping, "json" | "none" | "default") {
        return None;
    }
    let message = format!("unknown log format escaping \"{escaping}\"");
    let fault = Diagnostic::error("bad-log", message).at(argument.span(), "");
    Some(fault.why("nginx escapes for `json`, by `default`, or not at all").help("write `escape=json`"))
}

/// A `$` that starts no variable, or one whose bracket stays open (`ngx_http_log_compile_format`).
fn lone_dollar(argument: Argument<'_>) -> Option<Diagnostic> {
    let value = argument.value();
    let fault = |message: String| {
        let fault = Diagnostic::error("bad-log", message).at(argument.span(), "");
        Some(
            fault
                .why("in a format each `$` starts a variable")
                .help("write the variable's name behind it, or leave the `$` out"),
        )
    };
    for (at, _) in value.match_indices('$') {
        let rest = &value[at + 1..];
        let (inside, is_open) = rest.strip_prefix('{').map_or((rest, false), |inside| (inside, true));
        let length = inside.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if is_open && !inside.is_empty() && !inside[length..].starts_with('}') {
            return fault(format!("the closing bracket in \"{}\" variable is missing", &inside[..length]));
        }
        if length == 0 {
            return fault(format!("invalid parameter \"{}\"", &value[at..]));
        }
    }
    None
}

/// `stream` has no format of its own.
fn formless(directive: Directive<'_>, spec: &Spec) -> Option<Diagnostic> {
    let is_complete = spec.module() != "stream_log" || directive.args().len() > 1;
    if is_complete || directive.arg(0)?.is("off") {
        return None;
    }
    let fault = Diagnostic::error("bad-log", "log format is not specified").at(directive.head_span(), "");
    Some(fault.why("in `stream` nginx has no format of its own").help("name a `log_format` behind the file"))
}

/// The buffer an `access_log` asks for, if it does.
fn buffer(directive: Directive<'_>) -> Option<Buffer> {
    const USUAL: u64 = 64 << 10;
    let mut buffer = Buffer { size: 0, flush: 0, level: 0 };
    for word in directive.args().skip(2) {
        let word = word.value();
        match word.split_once('=').unwrap_or((&word, "")) {
            ("buffer", size) => buffer.size = parse_size(size).ok()?,
            ("flush", time) => buffer.flush = parse_time(time, Unit::Milliseconds).ok()?,
            ("gzip", level) => {
                buffer.level = if level.is_empty() { 1 } else { number(level)? };
                buffer.size = if buffer.size == 0 { USUAL } else { buffer.size };
            }
            _ => {}
        }
    }
    (buffer.size > 0).then_some(buffer)
}

fn log(directive: Directive<'_>) -> Option<Diagnostic> {
    let path = directive.arg(0)?;
    let begins = |begin: &str| directive.args().skip(2).any(|word| word.content().starts_with(begin));
    let is_buffered = begins("buffer=") || begins("gzip");
    let (message, help) = if path.is("off") {
        let extra = directive.arg(1)?;
        (format!("invalid parameter \"{}\"", extra.value()), "write `access_log off;`")
    } else if begins("flush=") && !is_buffered {
        (
            format!("no buffer is defined for access_log \"{}\"", path.value()),
            "add `buffer=32k`, or remove `flush=`",
        )
    } else if is_buffered && path.content().starts_with("syslog:") {
        ("logs to syslog cannot be buffered".to_owned(), "remove `buffer=`")
    } else if is_buffered && path.content().contains('$') {
        ("buffered logs cannot have variables in name".to_owned(), "remove `buffer=`, or the variables")
    } else {
        return None;
    };
    let fault = Diagnostic::error("bad-log", message).at(directive.head_span(), "");
    Some(fault.why("a log is off, or written at once, or kept in a buffer of one file").help(help))
}
