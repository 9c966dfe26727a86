//! Values that one directive alone reads, in its own way and words.

use super::address::{self, Use, is_network};
use super::parameters::number;
use super::servers::is_unfit;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::value::{Unit, parse_offset, parse_time};
use crate::nginx::version::Version;

/// What nginx says, why, and what to write instead.
type Told = (String, &'static str, &'static str);

const METHODS: [&str; 14] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "MKCOL",
    "COPY",
    "MOVE",
    "OPTIONS",
    "PROPFIND",
    "PROPPATCH",
    "LOCK",
    "UNLOCK",
    "PATCH",
];

/// Ways of waiting for events, of every system.
const EVENTS: [&str; 7] = ["epoll", "kqueue", "/dev/poll", "eventport", "poll", "select", "iocp"];

/// Since when `resolver` reads `ipv4=`.
const IPV4: Version = Version::new(1, 23, 1);

pub(super) fn check(directive: Directive<'_>, spec: &Spec, version: Version, found: &mut Vec<Diagnostic>) {
    let count = directive.args().len();
    let reads = |argument: Argument<'_>| -> Option<Told> {
        let value = &*argument.value();
        match spec.name() {
            "aio" => aio(value),
            "directio" => directio(value),
            "userid_expires" => userid_expires(value),
            "userid_mark" => userid_mark(value),
            "proxy_redirect" if count == 1 => one_of(value, &["off", "default"]),
            "proxy_cookie_path" | "proxy_cookie_domain" | "proxy_cookie_flags" if count == 1 => {
                one_of(value, &["off"])
            }
            "limit_except" => method(value),
            "worker_processes" if value != "auto" => counted(value, spec.name(), "value"),
            "worker_priority" => {
                counted(value.strip_prefix(['-', '+']).unwrap_or(value), spec.name(), "number")
            }
            "worker_cpu_affinity" => affinity(value),
            "worker_connections" if number(value) == Some(0) => Some((
                "0 worker_connections are not enough for".to_owned(),
                "each socket that nginx listens on takes one, and so does each client",
                "write for example `1024`",
            )),
            "worker_connections" if number(value).is_none() => Some((
                format!("invalid number \"{value}\""),
                "it takes a whole number",
                "write for example `1024`",
            )),
            "use" if !EVENTS.contains(&value) => Some((
                format!("invalid event type \"{value}\""),
                "no system has such a way of waiting",
                "remove it: nginx takes the best there is",
            )),
            "keepalive" if argument.span() == directive.arg(0)?.span() => kept(value),
            "random" if argument.span() == directive.arg(0)?.span() && value != "two" => {
                let why = "alone it takes any server, with `two` the better of two";
                Some((format!("invalid parameter \"{value}\""), why, "write `random two least_conn;`"))
            }
            "memcached_pass" if value.contains('$') && !value.contains(':') => Some((
                format!("no port in upstream \"{value}\""),
                "it reads no variables",
                "write for example `127.0.0.1:11211`",
            )),
            "starttls" if !matches!(&*value.to_ascii_lowercase(), "on" | "off" | "only") => Some((
                format!("invalid value \"{value}\""),
                "clients may change to TLS, have to, or cannot",
                "write `on`, `only` or `off`",
            )),
            "auth_http" => auth_http(value),
            "valid_referers" => referer(value),
            "index" if value.is_empty() => Some(empty_index()),
            "root" | "alias" => own_root(value, spec.name()),
            "set_real_ip_from" => trusted(value),
            "resolver" => resolver(value, version),
            name if name.ends_with("_bind") => bind(value),
            _ => None,
        }
    };
    let first = directive.args().find_map(|argument| Some((argument, reads(argument)?)));
    let first = first.or_else(|| pair(directive, spec)).or_else(|| whole(directive, spec, version));
    if let Some((argument, (message, why, help))) = first {
        found.push(Diagnostic::error("bad-value", message).at(argument.span(), "").why(why).help(help));
    }
}

/// What the two arguments of a directive must not be.
fn pair<'t>(directive: Directive<'t>, spec: &Spec) -> Option<(Argument<'t>, Told)> {
    let (first, second) = (directive.arg(0)?, directive.arg(1)?);
    let told = |argument, message: &str, why, help| Some((argument, (message.to_owned(), why, help)));
    match spec.name() {
        "sub_filter" if first.value().is_empty() => {
            told(first, "empty search pattern", "nothing is found everywhere", "write what is to be replaced")
        }
        "rewrite" if second.value().is_empty() => told(
            second,
            "empty replacement",
            "a request needs a path",
            "write a path, or `return` to answer at once",
        ),
        "disable_symlinks" => {
            let (a, b) = (first.value(), second.value());
            let is_from = a.starts_with("from=") || b.starts_with("from=");
            let (message, why) = match (is_from, first.is("off") || second.is("off")) {
                (true, true) => (
                    "\"from=\" cannot be used with \"off\" parameter".to_owned(),
                    "links are followed anyway",
                ),
                (true, false) => return None,
                (false, _) => (format!("duplicate parameters \"{a} {b}\""), "one of its words is enough"),
            };
            Some((second, (message, why, "remove one of the two")))
        }
        "charset_map" if first.value().eq_ignore_ascii_case(&second.value()) => {
            let (a, b) = (first.value(), second.value());
            let message = format!("\"charset_map\" between the same charsets \"{a}\" and \"{b}\"");
            Some((second, (message, "it maps one charset to another", "name two charsets, or remove it")))
        }
        _ => None,
    }
}

/// What all arguments of a directive together must not be.
fn whole<'t>(directive: Directive<'t>, spec: &Spec, version: Version) -> Option<(Argument<'t>, Told)> {
    let has = |word: &str| directive.args().any(|argument| argument.is(word));
    let first = directive.arg(0)?;
    let told = |message: &str, why, help| Some((first, (message.to_owned(), why, help)));
    match spec.name() {
        "resolver" if version >= IPV4 && has("ipv4=off") && has("ipv6=off") => told(
            "\"ipv4\" and \"ipv6\" cannot both be \"off\"",
            "no address would be left to ask for",
            "leave one of them out",
        ),
        "resolver" if directive.args().all(|argument| is_resolver_parameter(&argument.value(), version)) => {
            told(
                "no name servers defined",
                "names are asked of a server",
                "write for example `resolver 127.0.0.1 valid=30s;`",
            )
        }
        "alias"
            if directive
                .parent()
                .and_then(|block| block.arg(0))
                .is_some_and(|name| name.content().starts_with('@')) =>
        {
            told(
                "the \"alias\" directive cannot be used inside the named location",
                "it takes the place of what a location matches, and a named one matches no path",
                "write `root`, and change the path with `rewrite … break` if you must",
            )
        }
        "worker_cpu_affinity" if first.is("auto") && directive.args().len() > 2 => told(
            "invalid number of arguments in \"worker_cpu_affinity\" directive",
            "behind `auto` stands one mask of the processors it may choose from",
            "remove the other masks",
        ),
        _ => None,
    }
}

/// A mask of processors, in binary figures.
fn affinity(value: &str) -> Option<Told> {
    let is_figure = |figure: &char| matches!(figure, '0' | '1' | ' ');
    let odd = value.chars().rev().find(|figure| !is_figure(figure)).filter(|_| value != "auto")?;
    let message = format!("invalid character \"{odd}\" in \"worker_cpu_affinity\"");
    Some((message, "each word has a `1` for every processor of one worker", "write for example `0001 0010`"))
}

fn aio(value: &str) -> Option<Told> {
    let is_known = matches!(value, "on" | "off" | "threads") || value.starts_with("threads=");
    let message = || "\"aio\" directive invalid value".to_owned();
    (!is_known).then(|| {
        (message(), "it takes `on`, `off` or `threads`, perhaps with a pool", "write `aio threads;`")
    })
}

fn directio(value: &str) -> Option<Told> {
    let is_known = value == "off" || parse_offset(value).is_ok();
    let message = || "\"directio\" directive invalid value".to_owned();
    (!is_known).then(|| (message(), "it takes a size or `off`", "write for example `directio 4m;`"))
}

fn userid_expires(value: &str) -> Option<Told> {
    let is_known = matches!(value, "max" | "off") || parse_time(value, Unit::Seconds).is_ok();
    let message = || "\"userid_expires\" directive invalid value".to_owned();
    (!is_known).then(|| {
        (message(), "it takes a duration, `max` or `off`", "write for example `userid_expires 365d;`")
    })
}

fn userid_mark(value: &str) -> Option<Told> {
    let is_known =
        value == "off" || matches!(value.as_bytes(), [byte] if byte.is_ascii_alphanumeric() || *byte == b'=');
    let message =
        || "\"userid_mark\" directive value must be \"off\" or a single letter, digit or \"=\"".to_owned();
    (!is_known)
        .then(|| (message(), "the mark is one sign of the cookie", "write for example `userid_mark z;`"))
}

/// The only argument, where two are the rule.
fn one_of(value: &str, words: &[&str]) -> Option<Told> {
    (!words.contains(&value)).then(|| {
        let why = "alone it is a switch; else what is replaced is followed by what replaces it";
        (format!("invalid parameter \"{value}\""), why, "write both, or `off`")
    })
}

fn method(value: &str) -> Option<Told> {
    let is_known = METHODS.iter().any(|method| method.eq_ignore_ascii_case(value));
    (!is_known).then(|| {
        (format!("invalid method \"{value}\""), "nginx knows no such method", "write for example `GET POST`")
    })
}

fn auth_http(value: &str) -> Option<Told> {
    let place = value.strip_prefix("http://").unwrap_or(value);
    let reason = address::fault(place, Use::PassWithUri)?;
    let help = "write for example `127.0.0.1:9000/auth`";
    Some((format!("{reason} in auth_http \"{place}\""), "it takes the URL of an HTTP server", help))
}

fn counted(value: &str, name: &str, what: &str) -> Option<Told> {
    let message = || format!("\"{name}\" directive invalid {what}");
    number(value).is_none().then(|| (message(), "it takes a whole number", "write digits only"))
}

fn kept(value: &str) -> Option<Told> {
    let message = || format!("invalid value \"{value}\" in \"keepalive\" directive");
    let why = "it is how many idle connections each worker keeps";
    number(value)
        .is_none_or(|count| count == 0)
        .then(|| (message(), why, "write for example `keepalive 16;`"))
}

/// What is no word and no regex is a name, perhaps with a path.
fn referer(value: &str) -> Option<Told> {
    if value.starts_with('~') {
        return None;
    }
    let host = value.split('/').next().unwrap_or(value);
    let message = match value {
        "" => "invalid referer \"\"".to_owned(),
        _ if is_unfit(host) => format!("invalid hostname or wildcard \"{host}\""),
        _ => return None,
    };
    Some((message, "`*` stands for whole labels, at the beginning or at the end", "write `*.example.org`"))
}

fn empty_index() -> Told {
    let message = "index \"\" in \"index\" directive is invalid";
    (message.to_owned(), "a file has a name", "write for example `index index.html;`")
}

/// `root` and `alias` are what these variables are made of.
fn own_root(value: &str, name: &str) -> Option<Told> {
    let is_in = |variable: &&&str| {
        value.contains(&format!("${variable}")) || value.contains(&format!("${{{variable}}}"))
    };
    let variable = ["document_root", "realpath_root"].iter().find(is_in)?;
    let message = format!("the ${variable} variable cannot be used in the \"{name}\" directive");
    Some((message, "it is made of `root` and `alias` themselves", "write the folder itself"))
}

/// What is no network is a name to nginx, and is looked up: no name has a slash.
fn trusted(value: &str) -> Option<Told> {
    let is_name = !value.is_empty()
        && !value.contains('/')
        && address::fault(value, Use::Pass).is_none_or(|reason| reason != "host not found");
    if is_network(value) || value == "unix:" || is_name {
        return None;
    }
    let message = format!("host not found in set_real_ip_from \"{value}\"");
    Some((message, "it takes an address, a network or `unix:`", "write for example `10.0.0.0/8`"))
}

fn resolver(value: &str, version: Version) -> Option<Told> {
    if ["valid=", "ipv6=", "status_zone="].into_iter().any(|name| value.starts_with(name)) {
        return None;
    }
    let why = "it takes addresses of name servers, `valid=` and `ipv6=`";
    let help = "write for example `resolver 127.0.0.1 valid=30s;`";
    match value.strip_prefix("ipv4=") {
        Some("on" | "off") if version >= IPV4 => return None,
        Some(_) if version >= IPV4 => return Some((format!("invalid parameter: {value}"), why, help)),
        _ => {}
    }
    let is_word = value.contains(['=', ',', '\0']).then_some("host not found");
    let reason = address::fault(value, Use::Pass).or(is_word)?;
    Some((format!("{reason} in resolver \"{value}\""), why, help))
}

fn is_resolver_parameter(value: &str, version: Version) -> bool {
    value.starts_with("valid=")
        || value.starts_with("ipv6=")
        || (version >= IPV4 && value.starts_with("ipv4="))
}

fn bind(value: &str) -> Option<Told> {
    let is_known =
        value.contains('$') || matches!(value, "off" | "transparent") || address::is_bindable(value);
    (!is_known).then(|| {
        (format!("invalid address \"{value}\""), "it takes an address of this machine", "write one, or `off`")
    })
}

/// The levels of folders behind a path (`ngx_conf_set_path_slot`).
pub(super) fn levels(directive: Directive<'_>) -> Option<Diagnostic> {
    let is_level = |level: &Argument<'_>| number(&level.value()).is_some_and(|level| level > 0);
    let level = directive.args().skip(1).find(|level| !is_level(level))?;
    let message = format!("\"{}\" directive invalid value", directive.name());
    let fault = Diagnostic::error("bad-value", message).at(level.span(), "");
    Some(fault.why("behind the folder stand the digits of its levels").help("write for example `1 2`"))
}

/// Who may read and write (`ngx_conf_set_access_slot`).
pub(super) fn access(directive: Directive<'_>) -> Option<Diagnostic> {
    let is_right = |word: &Argument<'_>| {
        let value = word.value();
        let right = ["user:", "group:", "all:"].iter().find_map(|who| value.strip_prefix(who));
        matches!(right, Some("r" | "rw"))
    };
    let word = directive.args().find(|word| !is_right(word))?;
    let fault = Diagnostic::error("bad-value", format!("invalid value \"{}\"", word.value()));
    let fault = fault.at(word.span(), "").why("it takes `user:`, `group:` and `all:` with `r` or `rw`");
    Some(fault.help("write for example `user:rw group:r all:r`"))
}
