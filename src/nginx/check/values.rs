//! Arguments of the general setters: flags, numbers, sizes, durations and words.

use super::{bounds, single, types};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Spec, Value, Words};
use crate::nginx::tree::{Argument, Arguments, Directive};
use crate::nginx::value::{Unit, Unreadable, parse_offset, parse_size, parse_time};

/// Checks what can be told from the value alone.
pub(super) fn check(
    directive: Directive<'_>,
    mut args: Arguments<'_>,
    spec: &Spec,
    found: &mut Vec<Diagnostic>,
) {
    match spec.value() {
        Value::Set(words) => {
            found.extend(twice(directive));
            return args.for_each(|argument| word(argument, spec, words, found));
        }
        Value::Buffers => return buffers(directive, spec, found),
        Value::Path => return found.extend(single::levels(directive)),
        Value::Access => return found.extend(single::access(directive)),
        Value::Obsolete if spec.name().ends_with("stream_buffer") => {
            // nginx reads it as `proxy_buffer_size`.
            let argument = args.next();
            let wrong = argument.filter(|argument| parse_size(&argument.value()).is_err());
            return found.extend(wrong.map(|argument| {
                bad(argument, format!("\"{}\" directive invalid value", spec.name()))
                    .why("it is a size, and the old name of `proxy_buffer_size`")
                    .help("write `proxy_buffer_size 16k;`")
            }));
        }
        Value::Obsolete => {
            let first = args.next().filter(|first| spec.name() == "ssl" && !is_flag(&first.value()));
            return found
                .push(first.map_or_else(|| obsolete(directive, spec), |first| bad_flag(first, spec)));
        }
        Value::Text | Value::Texts | Value::Keyval | Value::Complex | Value::Predicate => return,
        _ => {}
    }
    if let Some(argument) = args.next() {
        let known = found.len();
        single(argument, spec, found);
        if found.len() == known {
            found.extend(bounds::check(argument, spec));
        }
    }
}

/// A setter of one argument.
fn single(argument: Argument<'_>, spec: &Spec, found: &mut Vec<Diagnostic>) {
    let value = &*argument.value();
    match spec.value() {
        Value::Flag if !is_flag(value) => found.push(bad_flag(argument, spec)),
        Value::Number if !is_number(value) => found.push(bad_number(argument, spec)),
        Value::Size => figure(argument, spec, parse_size(value), found),
        Value::Offset => figure(argument, spec, parse_offset(value), found),
        Value::Msec => figure(argument, spec, parse_time(value, Unit::Milliseconds), found),
        Value::Sec => figure(argument, spec, parse_time(value, Unit::Seconds), found),
        Value::ComplexSize if !value.contains('$') => figure(argument, spec, parse_size(value), found),
        Value::Enum(words) => word(argument, spec, words, found),
        _ => {}
    }
}

fn is_flag(value: &str) -> bool {
    value.eq_ignore_ascii_case("on") || value.eq_ignore_ascii_case("off")
}

/// `ngx_atoi`: digits only, in a signed word.
fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<i64>().is_ok()
}

fn figure(argument: Argument<'_>, spec: &Spec, read: Result<u64, Unreadable>, found: &mut Vec<Diagnostic>) {
    let Err(fault) = read else { return };
    let told = bad(argument, format!("\"{}\" directive invalid value", spec.name()));
    let told = told.why(fault.reason.to_string());
    found.push(match fault.suggestion {
        Some(suggestion) => told.help(format!("write `{suggestion}`")),
        None => told.help(match spec.value() {
            Value::Msec | Value::Sec => "write a duration such as `30s` or `1h30m`",
            _ => "write a size such as `15m` or `64k`",
        }),
    });
}

/// A count and a size, neither of them zero (`ngx_conf_set_bufs_slot`).
fn buffers(directive: Directive<'_>, spec: &Spec, found: &mut Vec<Diagnostic>) {
    let is_positive = |(index, argument): &(usize, Argument<'_>)| {
        let value = argument.value();
        let read = if *index == 0 {
            value.parse().ok().filter(|_| is_number(&value))
        } else {
            parse_size(&value).ok()
        };
        read.is_some_and(|figure: u64| figure > 0)
    };
    if let Some((_, argument)) = directive.args().enumerate().find(|argument| !is_positive(argument)) {
        found.push(
            bad(argument, format!("\"{}\" directive invalid value", spec.name()))
                .why("it takes the number of buffers and the size of each, both more than zero")
                .help(format!("write for example `{} 8 16k;`", spec.name())),
        );
    }
}

fn word(argument: Argument<'_>, spec: &Spec, words: Words, found: &mut Vec<Diagnostic>) {
    let value = &*argument.value();
    if words.contains(value) {
        return;
    }
    let known: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let told = bad(argument, format!("invalid value \"{value}\""));
    if let Some(bare) = value.strip_suffix(',').filter(|bare| words.contains(bare)) {
        let why = "words are separated by spaces, and a comma is part of the word";
        return found.push(told.why(why).help(format!("write `{bare}`")));
    }
    let told = told.why(format!("`{}` knows {}", spec.name(), known.join(", ")));
    // Of two figures neither is meant by the other.
    let letters = |word: &str| word.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == '.').len();
    let is_figure = |near: &&str| near.len() == value.len() && letters(near) == letters(value);
    let near = super::unknown::nearest(value, words.iter());
    found.push(match near.filter(|near| !is_figure(near) || letters(near) == near.len()) {
        Some(near) => told.help(format!("did you mean `{near}`?")),
        None => told.help("write one of these"),
    });
}

/// The words of a set that are in it already: all directives of its name in the block add to it.
fn twice(directive: Directive<'_>) -> Vec<Diagnostic> {
    let own = directive.span().start;
    let words = types::of_block(directive);
    let mut seen: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for word in words {
        let value = word.value().to_ascii_lowercase();
        if !seen.contains(&value) {
            seen.push(value);
        } else if word.span().file == directive.file() && word.span().start >= own {
            let message = format!("duplicate value \"{}\"", word.value());
            let fault = Diagnostic::new(Severity::Warning, "duplicate-value", message).at(word.span(), "");
            found.push(fault.why("nginx warns at every start and reload").help("remove it"));
        }
    }
    found
}

fn bad_flag(argument: Argument<'_>, spec: &Spec) -> Diagnostic {
    let (name, value) = (spec.name(), argument.value());
    let message = format!("invalid value \"{value}\" in \"{name}\" directive, it must be \"on\" or \"off\"");
    let flag = match &*value.to_ascii_lowercase() {
        "true" | "yes" | "1" | "enable" | "enabled" => "on",
        "false" | "no" | "0" | "disable" | "disabled" => "off",
        _ => "on` or `off",
    };
    bad(argument, message).why(format!("`{name}` is a switch")).help(format!("write `{flag}`"))
}

fn bad_number(argument: Argument<'_>, spec: &Spec) -> Diagnostic {
    bad(argument, format!("\"{}\" directive invalid number", spec.name()))
        .why("it takes a whole number, without sign or unit")
        .help("write digits only")
}

fn obsolete(directive: Directive<'_>, spec: &Spec) -> Diagnostic {
    let name = spec.name();
    let warned =
        |code, message| Diagnostic::new(Severity::Warning, code, message).at(directive.head_span(), "");
    if name == "ssl" {
        let message = "the \"ssl\" directive is deprecated, use the \"listen ... ssl\" directive instead";
        return warned("deprecated-directive", message.to_owned())
            .why("it counts for every `listen` of the server, port 80 too, and nginx 1.25.1 does not start with it")
            .help("remove it, and write `listen 443 ssl;`");
    }
    warned("obsolete-directive", format!("the \"{name}\" directive is obsolete"))
        .why("nginx reads it, warns and does nothing with it")
        .help("remove it")
}

fn bad(argument: Argument<'_>, message: String) -> Diagnostic {
    Diagnostic::error("bad-value", message).at(argument.span(), "")
}
