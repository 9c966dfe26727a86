//! Status codes, times and networks in directives of a form of their own.

use super::address::is_network;
use super::parameters::number;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::value::{Unit, parse_time};

pub(super) fn check(directive: Directive<'_>, spec: &Spec, found: &mut Vec<Diagnostic>) {
    match (spec.module(), spec.name()) {
        ("http_rewrite", "return") => found.extend(returned(directive)),
        ("http_core", "error_page") => error_page(directive, found),
        ("http_try_files", "try_files") => found.extend(try_files(directive)),
        ("http_headers_filter", "expires") => found.extend(expires(directive)),
        ("http_access" | "stream_access", _) => found.extend(directive.arg(0).and_then(access)),
        ("http_core", "keepalive_timeout") => times(directive, found),
        ("http_limit_conn" | "stream_limit_conn", "limit_conn") => {
            found.extend(directive.arg(1).and_then(connections));
        }
        (_, name) if name.ends_with("_cache_valid") => cache_valid(directive, found),
        _ => {}
    }
}

/// `ngx_http_rewrite_return`
fn returned(directive: Directive<'_>) -> Option<Diagnostic> {
    const REDIRECTS: [&str; 3] = ["http://", "https://", "$scheme"];
    let argument = directive.arg(0)?;
    let value = &*argument.value();
    let is_code = number(value).is_some_and(|code| code <= 999);
    let is_alone = directive.args().len() == 1;
    if is_code
        || (is_alone && number(value).is_none() && REDIRECTS.iter().any(|begin| value.starts_with(begin)))
    {
        return None;
    }
    let fault = bad(argument, format!("invalid return code \"{value}\""));
    let fault = fault.why("`return` takes a code of three digits, or one URL with its scheme");
    Some(match value.starts_with('/') {
        true => fault.help(format!("write `return 302 {value};`")),
        false => {
            fault.help("write `return 404;`, `return 200 text;` or `return 301 https://$host$request_uri;`")
        }
    })
}

/// `ngx_http_core_error_page`
fn error_page(directive: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let mut args: Vec<_> = directive.args().collect();
    args.pop();
    if let Some(last) = args.last().copied()
        && let Some(code) = last.value().strip_prefix('=')
    {
        if args.len() == 1 || !(code.is_empty() || number(code).is_some()) {
            found.push(bad_page(last, format!("invalid value \"{}\"", last.value())));
        }
        args.pop();
    }
    for argument in args {
        let value = argument.value();
        match number(&value) {
            None | Some(499) => found.push(bad_page(argument, format!("invalid value \"{value}\""))),
            Some(300..=599) => {}
            Some(_) => {
                found.push(bad_page(argument, format!("value \"{value}\" must be between 300 and 599")));
            }
        }
    }
}

fn bad_page(argument: Argument<'_>, message: String) -> Diagnostic {
    bad(argument, message)
        .why("`error_page` takes codes from 300 to 599 without 499, perhaps `=` and a code, and a page")
        .help("write for example `error_page 500 502 503 504 /50x.html;`")
}

/// `ngx_http_core_try_files`
fn try_files(directive: Directive<'_>) -> Option<Diagnostic> {
    let argument = directive.args().next_back()?;
    let value = argument.value();
    let code = value.strip_prefix('=')?;
    if number(code).is_some_and(|code| code <= 999) {
        return None;
    }
    let fault = bad(argument, format!("invalid code \"{value}\""));
    Some(fault.why("a code of three digits follows the `=`").help("write `=404`"))
}

/// `ngx_http_parse_expires`
fn expires(directive: Directive<'_>) -> Option<Diagnostic> {
    let is_pair = directive.args().len() == 2;
    let argument = directive.args().next_back()?;
    let value = &*argument.value();
    let refused = |what: &str| {
        let fault = bad(argument, format!("\"expires\" directive {what}"));
        let fault = fault.why("it takes a time, perhaps behind `modified`, or `off`, `max`, `epoch` or `@` and a time of the day");
        Some(fault.help("write for example `expires 30d;`"))
    };
    if is_pair && directive.arg(0).is_some_and(|first| !first.is("modified")) {
        return refused("invalid value");
    }
    if value.contains('$') || (!is_pair && matches!(value, "off" | "max" | "epoch")) {
        return None;
    }
    let daily = value.strip_prefix('@');
    if is_pair && daily.is_some() {
        return refused("daily time cannot be used with \"modified\" parameter");
    }
    let time = daily.or_else(|| value.strip_prefix(['+', '-'])).unwrap_or(value);
    match parse_time(time, Unit::Seconds) {
        Err(_) => refused("invalid value"),
        Ok(seconds) if daily.is_some() && seconds > 24 * 60 * 60 => {
            refused("daily time value must be less than 24 hours")
        }
        Ok(_) => None,
    }
}

/// `ngx_http_access_rule`
fn access(argument: Argument<'_>) -> Option<Diagnostic> {
    let value = argument.value();
    if matches!(&*value, "all" | "unix:") || is_network(&value) {
        return None;
    }
    let fault = bad(argument, format!("invalid parameter \"{value}\""));
    Some(
        fault
            .why("it takes an address, a network, `unix:` or `all`; names are not looked up")
            .help("write for example `allow 10.0.0.0/8;`"),
    )
}

fn times(directive: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let units = [Unit::Milliseconds, Unit::Seconds];
    for (argument, unit) in directive.args().zip(units) {
        if let Err(fault) = parse_time(&argument.value(), unit) {
            let message = format!("\"{}\" directive invalid value", directive.name());
            found.push(
                bad(argument, message).why(fault.reason.to_string()).help("write a duration such as `75s`"),
            );
        }
    }
}

/// `ngx_http_limit_conn`
fn connections(argument: Argument<'_>) -> Option<Diagnostic> {
    let value = argument.value();
    let message = match number(&value) {
        Some(1..=65535) => return None,
        None | Some(0) => format!("invalid number of connections \"{value}\""),
        Some(_) => "connection limit must be less 65536".to_owned(),
    };
    Some(
        bad(argument, message)
            .why("it takes a number from 1 to 65535")
            .help("write for example `limit_conn name 10;`"),
    )
}

/// `ngx_http_file_cache_valid_set_slot`
fn cache_valid(directive: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let mut args: Vec<_> = directive.args().collect();
    let Some(time) = args.pop() else { return };
    let value = time.value();
    if parse_time(&value, Unit::Seconds).is_err() {
        let fault = bad(time, format!("invalid time value \"{value}\""));
        found
            .push(fault.why("how long answers are kept stands last").help("write for example `200 302 10m`"));
    }
    for argument in args {
        let value = argument.value();
        if &*value != "any" && !number(&value).is_some_and(|status| (100..=599).contains(&status)) {
            let fault = bad(argument, format!("invalid status \"{value}\""));
            found.push(
                fault
                    .why("it takes statuses from 100 to 599, or `any`")
                    .help("write for example `200 302 10m`"),
            );
        }
    }
}

fn bad(argument: Argument<'_>, message: String) -> Diagnostic {
    Diagnostic::error("bad-value", message).at(argument.span(), "")
}
