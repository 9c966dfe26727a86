//! Parameters of the directives that read their own: which words there are, and what each may be set to.
//!
//! The table says in nginx's order and words what the setters of its modules do.

use super::commercial;
use super::unknown::nearest;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::value::{Unit, parse_offset, parse_size, parse_time};
use crate::nginx::version::Version;

/// A page of memory; zones are counted in them (`ngx_pagesize`).
pub(super) const PAGE: u64 = 4096;

/// One directive's parameters.
struct Grammar {
    name: &'static str,
    /// How many arguments stand before them.
    behind: usize,
    parameters: &'static [Parameter],
    /// What is said of any other word; none where another word is no parameter.
    other: Option<&'static str>,
    /// How the parameter that must be there begins, or behind a `!` how all others do; and what is said without it.
    required: Option<(&'static str, &'static str)>,
}

/// A word or its beginning up to the value, what the value is, and what is said of a wrong one. In messages `{}`
/// is the whole word and `{=}` its value.
pub(super) struct Parameter(pub(super) &'static str, pub(super) Reads, pub(super) &'static str);

/// What a value is read as.
#[derive(Clone, Copy)]
pub(super) enum Reads {
    /// There is none: it is a word.
    Word,
    /// Anything.
    Any,
    /// A whole number between these.
    Number(i64, i64),
    /// Bytes, at least so many.
    Size(u64),
    /// Bytes of a file.
    Offset,
    /// A duration.
    Time(Unit),
    /// A duration of more than nothing.
    SomeTime(Unit),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// `10r/s` or `10r/m`.
    Rate,
    /// `1:2`, of folders in folders.
    Levels,
    /// A name, a colon and a size of at least so many pages; and what is said of a smaller one.
    Zone(u64, &'static str),
    /// `on`, `off` or `idle:interval:count`.
    Keepalive,
}

const INVALID: Option<&str> = Some("invalid parameter \"{}\"");
const ANY_NUMBER: Reads = Reads::Number(0, i64::MAX);
const SOME_NUMBER: Reads = Reads::Number(1, i64::MAX);
const ZONE: Parameter =
    Parameter("zone=", Reads::Zone(8, "zone \"{}\" is too small"), "invalid zone size \"{}\"");
const CACHE_PATH: &[Parameter] = &[
    Parameter("levels=", Reads::Levels, "invalid \"levels\" \"{}\""),
    Parameter(
        "use_temp_path=",
        Reads::OneOf(&["on", "off"]),
        "invalid use_temp_path value \"{}\", it must be \"on\" or \"off\"",
    ),
    Parameter("keys_zone=", Reads::Zone(2, "keys zone \"{}\" is too small"), "invalid keys zone size \"{}\""),
    Parameter("inactive=", Reads::Time(Unit::Seconds), "invalid inactive value \"{}\""),
    Parameter("max_size=", Reads::Offset, "invalid max_size value \"{}\""),
    Parameter("min_free=", Reads::Offset, "invalid min_free value \"{}\""),
    Parameter("loader_files=", ANY_NUMBER, "invalid loader_files value \"{}\""),
    Parameter("loader_sleep=", Reads::Time(Unit::Milliseconds), "invalid loader_sleep value \"{}\""),
    Parameter("loader_threshold=", Reads::Time(Unit::Milliseconds), "invalid loader_threshold value \"{}\""),
    Parameter("manager_files=", ANY_NUMBER, "invalid manager_files value \"{}\""),
    Parameter("manager_sleep=", Reads::Time(Unit::Milliseconds), "invalid manager_sleep value \"{}\""),
    Parameter(
        "manager_threshold=",
        Reads::Time(Unit::Milliseconds),
        "invalid manager_threshold value \"{}\"",
    ),
];
const FILE_CACHE: &[Parameter] = &[
    Parameter("max=", SOME_NUMBER, "invalid \"open_file_cache\" parameter \"{}\""),
    Parameter("inactive=", Reads::Time(Unit::Seconds), "invalid \"open_file_cache\" parameter \"{}\""),
    Parameter("off", Reads::Word, ""),
];
const CERTIFICATE_CACHE: &[Parameter] = &[
    Parameter("max=", SOME_NUMBER, "invalid parameter \"{}\""),
    Parameter("inactive=", Reads::Time(Unit::Seconds), "invalid parameter \"{}\""),
    Parameter("valid=", Reads::Time(Unit::Seconds), "invalid parameter \"{}\""),
    Parameter("off", Reads::Word, ""),
];
const OCSP_CACHE: &[Parameter] = &[
    Parameter("off", Reads::Word, ""),
    Parameter("shared:", Reads::Zone(8, "OCSP cache \"{}\" is too small"), "invalid OCSP cache \"{}\""),
];
const SYMLINKS: &[Parameter] = &[
    Parameter("on", Reads::Word, ""),
    Parameter("off", Reads::Word, ""),
    Parameter("if_not_owner", Reads::Word, ""),
    Parameter("from=", Reads::Any, ""),
];
const LOG_CACHE: &[Parameter] = &[
    Parameter("max=", ANY_NUMBER, "invalid \"open_log_file_cache\" parameter \"{}\""),
    Parameter("min_uses=", ANY_NUMBER, "invalid \"open_log_file_cache\" parameter \"{}\""),
    Parameter("inactive=", Reads::Time(Unit::Seconds), "invalid \"open_log_file_cache\" parameter \"{}\""),
    Parameter("valid=", Reads::Time(Unit::Seconds), "invalid \"open_log_file_cache\" parameter \"{}\""),
    Parameter("off", Reads::Word, ""),
];
const ACCESS_LOG: &[Parameter] = &[
    Parameter("buffer=", Reads::Size(1), "invalid buffer size \"{=}\""),
    Parameter("flush=", Reads::SomeTime(Unit::Milliseconds), "invalid flush time \"{=}\""),
    Parameter("gzip=", Reads::Number(1, 9), "invalid compression level \"{=}\""),
    Parameter("gzip", Reads::Word, ""),
    Parameter("if=", Reads::Any, ""),
];
const LIMIT_REQ: &[Parameter] = &[
    Parameter("zone=", Reads::Any, ""),
    Parameter("burst=", SOME_NUMBER, "invalid burst value \"{}\""),
    Parameter("delay=", SOME_NUMBER, "invalid delay value \"{}\""),
    Parameter("nodelay", Reads::Word, ""),
];
const SESSION_CACHE: &[Parameter] = &[
    Parameter("off", Reads::Word, ""),
    Parameter("none", Reads::Word, ""),
    Parameter("builtin", Reads::Word, ""),
    Parameter("builtin:", ANY_NUMBER, "invalid session cache \"{}\""),
    Parameter("shared:", Reads::Zone(8, "session cache \"{}\" is too small"), "invalid session cache \"{}\""),
];
const RESOLVER: &[Parameter] = &[
    Parameter("valid=", Reads::Time(Unit::Seconds), "invalid parameter: {}"),
    Parameter("ipv6=", Reads::OneOf(&["on", "off"]), "invalid parameter: {}"),
];
const LEVELS: &[Parameter] = &[
    Parameter("debug", Reads::Word, ""),
    Parameter("info", Reads::Word, ""),
    Parameter("notice", Reads::Word, ""),
    Parameter("warn", Reads::Word, ""),
    Parameter("error", Reads::Word, ""),
    Parameter("crit", Reads::Word, ""),
    Parameter("alert", Reads::Word, ""),
    Parameter("emerg", Reads::Word, ""),
    Parameter(
        "debug_",
        Reads::OneOf(&["core", "alloc", "mutex", "event", "http", "mail", "stream"]),
        "invalid log level \"{}\"",
    ),
];
const REWRITE: &[Parameter] = &[
    Parameter("last", Reads::Word, ""),
    Parameter("break", Reads::Word, ""),
    Parameter("redirect", Reads::Word, ""),
    Parameter("permanent", Reads::Word, ""),
];
const ALWAYS: &[Parameter] = &[Parameter("always", Reads::Word, "")];
const NOT_EMPTY: &[Parameter] = &[Parameter("if_not_empty", Reads::Word, "")];
const TRANSPARENT: &[Parameter] = &[Parameter("transparent", Reads::Word, "")];

/// The words of `listen` that take a value.
pub(super) const LISTEN: &[Parameter] = &[
    Parameter("fastopen=", ANY_NUMBER, "invalid fastopen \"{}\""),
    Parameter("backlog=", SOME_NUMBER, "invalid backlog \"{}\""),
    Parameter("rcvbuf=", Reads::Size(0), "invalid rcvbuf \"{}\""),
    Parameter("sndbuf=", Reads::Size(0), "invalid sndbuf \"{}\""),
    Parameter("ipv6only=", Reads::OneOf(&["on", "off"]), "invalid parameter \"{}\""),
    Parameter("so_keepalive=", Reads::Keepalive, "invalid so_keepalive value: \"{=}\""),
];

const fn rule(name: &'static str, behind: usize, parameters: &'static [Parameter]) -> Grammar {
    Grammar { name, behind, parameters, other: INVALID, required: None }
}

static GRAMMARS: &[Grammar] = &[
    rule("rewrite", 2, REWRITE),
    rule("add_header", 2, ALWAYS),
    rule("add_trailer", 2, ALWAYS),
    rule("access_log", 2, ACCESS_LOG),
    Grammar {
        required: Some(("zone=", "\"limit_req\" must have \"zone\" parameter")),
        ..rule("limit_req", 0, LIMIT_REQ)
    },
    Grammar {
        required: Some(("zone=", "\"limit_req_zone\" must have \"zone\" parameter")),
        ..rule("limit_req_zone", 1, &[ZONE, Parameter("rate=", Reads::Rate, "invalid rate \"{}\"")])
    },
    Grammar {
        required: Some(("zone=", "\"limit_conn_zone\" must have \"zone\" parameter")),
        ..rule("limit_conn_zone", 1, &[ZONE])
    },
    cache_path("proxy_cache_path", "\"proxy_cache_path\" must have \"keys_zone\" parameter"),
    cache_path("fastcgi_cache_path", "\"fastcgi_cache_path\" must have \"keys_zone\" parameter"),
    cache_path("uwsgi_cache_path", "\"uwsgi_cache_path\" must have \"keys_zone\" parameter"),
    cache_path("scgi_cache_path", "\"scgi_cache_path\" must have \"keys_zone\" parameter"),
    Grammar {
        other: Some("invalid \"open_file_cache\" parameter \"{}\""),
        required: Some(("max=", "\"open_file_cache\" must have the \"max\" parameter")),
        ..rule("open_file_cache", 0, FILE_CACHE)
    },
    Grammar {
        required: Some(("max=", "\"ssl_certificate_cache\" must have the \"max\" parameter")),
        ..rule("ssl_certificate_cache", 0, CERTIFICATE_CACHE)
    },
    certificate_cache(
        "proxy_ssl_certificate_cache",
        "\"proxy_ssl_certificate_cache\" must have the \"max\" parameter",
    ),
    certificate_cache(
        "grpc_ssl_certificate_cache",
        "\"grpc_ssl_certificate_cache\" must have the \"max\" parameter",
    ),
    certificate_cache(
        "uwsgi_ssl_certificate_cache",
        "\"uwsgi_ssl_certificate_cache\" must have the \"max\" parameter",
    ),
    Grammar {
        other: None,
        required: Some(("threads=", "\"thread_pool\" must have \"threads\" parameter")),
        ..rule(
            "thread_pool",
            1,
            &[
                Parameter("threads=", SOME_NUMBER, "invalid threads value \"{}\""),
                Parameter("max_queue=", ANY_NUMBER, "invalid max_queue value \"{}\""),
            ],
        )
    },
    Grammar { other: Some("invalid OCSP cache \"{}\""), ..rule("ssl_ocsp_cache", 0, OCSP_CACHE) },
    Grammar {
        required: Some((
            "!from=",
            "\"disable_symlinks\" must have \"off\", \"on\" or \"if_not_owner\" parameter",
        )),
        ..rule("disable_symlinks", 0, SYMLINKS)
    },
    Grammar {
        other: Some("invalid \"open_log_file_cache\" parameter \"{}\""),
        required: Some(("max=", "\"open_log_file_cache\" must have \"max\" parameter")),
        ..rule("open_log_file_cache", 0, LOG_CACHE)
    },
    Grammar { other: Some("invalid session cache \"{}\""), ..rule("ssl_session_cache", 0, SESSION_CACHE) },
    Grammar { other: None, ..rule("resolver", 0, RESOLVER) },
    Grammar { other: Some("invalid log level \"{}\""), ..rule("error_log", 1, LEVELS) },
    rule("fastcgi_param", 2, NOT_EMPTY),
    rule("uwsgi_param", 2, NOT_EMPTY),
    rule("scgi_param", 2, NOT_EMPTY),
    rule("hash", 1, &[Parameter("consistent", Reads::Word, "")]),
    rule("random", 0, &[Parameter("two", Reads::Word, ""), Parameter("least_conn", Reads::Word, "")]),
    rule("proxy_bind", 1, TRANSPARENT),
    rule("fastcgi_bind", 1, TRANSPARENT),
    rule("uwsgi_bind", 1, TRANSPARENT),
    rule("scgi_bind", 1, TRANSPARENT),
    rule("grpc_bind", 1, TRANSPARENT),
    rule("memcached_bind", 1, TRANSPARENT),
];

const fn certificate_cache(name: &'static str, missing: &'static str) -> Grammar {
    Grammar { required: Some(("max=", missing)), ..rule(name, 0, CERTIFICATE_CACHE) }
}

const fn cache_path(name: &'static str, missing: &'static str) -> Grammar {
    Grammar { required: Some(("keys_zone=", missing)), ..rule(name, 1, CACHE_PATH) }
}

pub(super) fn check(directive: Directive<'_>, spec: &Spec, version: Version, found: &mut Vec<Diagnostic>) {
    let Some(grammar) = GRAMMARS.iter().find(|grammar| grammar.name == spec.name()) else { return };
    let mut is_missing = grammar.required.is_some();
    for argument in directive.args().skip(grammar.behind) {
        let word = &*argument.value();
        is_missing &= !grammar.required.is_some_and(|(begin, _)| satisfies(word, begin));
        let told = match read(word, grammar.parameters) {
            Read::Right => None,
            _ if let Some(told) = commercial::parameter(spec.name(), argument, version) => {
                found.push(told);
                None
            }
            Read::Wrong(message) => Some(message),
            Read::Unknown => grammar.other.map(|other| other.replace("{}", word)),
        };
        found.extend(told.map(|message| bad(argument, message, spec.name(), grammar.parameters)));
    }
    if let Some((begin, message)) = grammar.required.filter(|_| is_missing) {
        let fault = Diagnostic::error("bad-parameter", message).at(directive.head_span(), "");
        let help = match begin.strip_prefix('!') {
            Some(_) => "add `on`".to_owned(),
            None => format!("add `{begin}…`"),
        };
        found.push(fault.why("nginx does not start without it").help(help));
    }
}

/// Whether a word is what must be there: it begins so, or, behind a `!`, otherwise. `off` needs no more; a zone of no
/// name and a number of nothing are none at all.
fn satisfies(word: &str, begin: &str) -> bool {
    let is_some = |value: &str| !value.starts_with(':') && value != "0";
    match begin.strip_prefix('!') {
        Some(other) => !word.starts_with(other),
        None => word == "off" || word.strip_prefix(begin).is_some_and(is_some),
    }
}

/// What comes of reading a word.
pub(super) enum Read {
    /// It is one of the parameters, rightly set.
    Right,
    /// It is one, and this is said of its value.
    Wrong(String),
    /// It is none of them.
    Unknown,
}

pub(super) fn read(word: &str, parameters: &[Parameter]) -> Read {
    for Parameter(begin, reads, message) in parameters {
        if matches!(reads, Reads::Word) {
            if word == *begin {
                return Read::Right;
            }
            continue;
        }
        let Some(value) = word.strip_prefix(begin) else { continue };
        let told = match reads {
            Reads::Zone(pages, small) => zone(value, *pages, message, small),
            reads if reads.takes(value) => None,
            _ => Some(*message),
        };
        return told.map_or(Read::Right, |told| Read::Wrong(told.replace("{=}", value).replace("{}", word)));
    }
    Read::Unknown
}

/// `name:10m`
fn zone(value: &str, pages: u64, invalid: &'static str, small: &'static str) -> Option<&'static str> {
    let size = value.split_once(':').and_then(|(name, size)| Some((name, parse_size(size).ok()?)));
    match size {
        Some(("", _)) if invalid.contains("session") => Some(invalid),
        Some((_, size)) if size < pages * PAGE => Some(small),
        Some(_) => None,
        None => Some(invalid),
    }
}

impl Reads {
    /// What a value is, and one for example.
    fn wanted(self) -> Option<(String, &'static str)> {
        Some(match self {
            Reads::Word | Reads::Any => return None,
            Reads::Number(least, i64::MAX) => (format!("a whole number from {least} on"), "10"),
            Reads::Number(least, most) => (format!("a whole number from {least} to {most}"), "5"),
            Reads::Size(_) | Reads::Offset => ("a size".to_owned(), "64k"),
            Reads::Time(Unit::Seconds) => ("a duration in whole seconds".to_owned(), "10s"),
            Reads::Time(_) => ("a duration".to_owned(), "200ms"),
            Reads::SomeTime(_) => ("a duration of more than nothing".to_owned(), "5s"),
            Reads::OneOf(words) => (format!("`{}`", words.join("` or `")), words[0]),
            Reads::Rate => ("a whole number of requests in a second or in a minute".to_owned(), "10r/s"),
            Reads::Levels => ("the lengths of up to three folder names, `1` or `2` each".to_owned(), "1:2"),
            Reads::Zone(pages, _) => {
                (format!("a name, `:` and a size of at least {}k", pages * PAGE / 1024), "name:10m")
            }
            Reads::Keepalive => ("`on`, `off`, or idle time, interval and count".to_owned(), "30m::10"),
        })
    }

    fn takes(self, value: &str) -> bool {
        match self {
            Reads::Word => value.is_empty(),
            Reads::Any | Reads::Zone(..) => true,
            Reads::Number(least, most) => {
                number(value).is_some_and(|number| (least..=most).contains(&number))
            }
            Reads::Size(least) => parse_size(value).is_ok_and(|size| size >= least),
            Reads::Offset => parse_offset(value).is_ok(),
            Reads::Time(unit) => parse_time(value, unit).is_ok(),
            Reads::SomeTime(unit) => parse_time(value, unit).is_ok_and(|time| time > 0),
            Reads::OneOf(words) => words.contains(&value),
            Reads::Rate => {
                let rate = value.strip_suffix("r/s").or_else(|| value.strip_suffix("r/m")).unwrap_or(value);
                number(rate).is_some_and(|rate| rate > 0)
            }
            Reads::Levels => {
                value.is_empty()
                    || (value.split(':').count() <= 3
                        && value.split(':').all(|level| level == "1" || level == "2"))
            }
            Reads::Keepalive => value == "on" || value == "off" || is_keepalive(value),
        }
    }
}

/// `30m::10`: each may be left out, not all of them.
fn is_keepalive(value: &str) -> bool {
    let mut parts = value.splitn(3, ':');
    let mut time = || match parts.next() {
        None | Some("") => Some(0),
        Some(part) => parse_time(part, Unit::Seconds).ok(),
    };
    let (idle, interval) = (time(), time());
    let count = match parts.next() {
        None | Some("") => Some(0),
        Some(part) => number(part),
    };
    matches!((idle, interval, count), (Some(idle), Some(interval), Some(count)) if (idle, interval, count) != (0, 0, 0))
}

/// `ngx_atoi`: digits only.
pub(super) fn number(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn bad(argument: Argument<'_>, message: String, name: &str, parameters: &[Parameter]) -> Diagnostic {
    let fault = Diagnostic::error("bad-parameter", message).at(argument.span(), "");
    let word = argument.value();
    let meant = parameters.iter().find(|one| !matches!(one.1, Reads::Word) && word.starts_with(one.0));
    if let Some((begin, (what, example))) = meant.and_then(|one| Some((one.0, one.1.wanted()?))) {
        return fault
            .why(format!("behind `{begin}` stands {what}"))
            .help(format!("write for example `{begin}{example}`"));
    }
    if let Some(near) = nearest(&word, parameters.iter().map(|one| one.0)) {
        return fault.why(format!("`{name}` knows no such word")).help(format!("did you mean `{near}`?"));
    }
    let known: Vec<_> = parameters.iter().map(|parameter| format!("`{}`", parameter.0)).collect();
    let fault = match known.len() {
        0 => fault.why(format!("`{name}` takes no other word here")),
        _ => fault.why(format!("`{name}` takes {} here", known.join(", "))),
    };
    fault.help(match name {
        "add_header" | "add_trailer" => {
            format!("quote a value with spaces: `{name} Name \"the whole value\";`")
        }
        _ => "remove it, or mend its value".to_owned(),
    })
}
