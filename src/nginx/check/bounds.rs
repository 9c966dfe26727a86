//! Figures that nginx reads and then finds too small, too large or odd (`ngx_conf_check_num_bounds`, and what a module
//! looks at by itself).

use std::ops::RangeInclusive;

use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::Argument;
use crate::nginx::value::parse_size;

/// Numbers between two others.
const NUMBERS: [(&str, RangeInclusive<u64>); 5] = [
    ("gzip_comp_level", 1..=9),
    ("limit_req_status", 400..=599),
    ("limit_conn_status", 400..=599),
    ("uwsgi_modifier1", 0..=255),
    ("uwsgi_modifier2", 0..=255),
];

/// Pools, in whole steps of 16 bytes and with room for themselves (`ngx_http_core_pool_size`).
const POOLS: [&str; 2] = ["connection_pool_size", "request_pool_size"];

/// Sizes that are a power of two: the smallest, the largest, and how nginx names them all.
const POWERS: [(&str, RangeInclusive<u64>, &str); 2] = [
    ("gzip_window", 512..=32 << 10, "512, 1k, 2k, 4k, 8k, 16k, or 32k"),
    ("gzip_hash", 512..=128 << 10, "512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k"),
];

pub(super) fn check(argument: Argument<'_>, spec: &Spec) -> Option<Diagnostic> {
    let told = |message| Diagnostic::error("bad-value", message).at(argument.span(), "");
    if let Some((name, bounds)) = NUMBERS.iter().find(|(name, _)| *name == spec.name()) {
        let is_within = argument.value().parse().is_ok_and(|number| bounds.contains(&number));
        let (least, most) = (bounds.start(), bounds.end());
        let fault = || told(format!("value must be between {least} and {most}"));
        let why = format!("`{name}` knows no other numbers");
        return (!is_within).then(|| fault().why(why).help(format!("write a number from {least} to {most}")));
    }
    if let Some((message, why, help)) = odd(spec.name(), &argument.value()) {
        return Some(told(message.to_owned()).why(why).help(help));
    }
    let (name, bounds, all) = POWERS.iter().find(|(name, ..)| *name == spec.name())?;
    let is_one = |size: u64| size.is_power_of_two() && bounds.contains(&size);
    let fault = || told(format!("\"{name}\" directive must be {all}"));
    let is_sound = parse_size(&argument.value()).is_ok_and(is_one);
    (!is_sound).then(|| fault().why("compression works in powers of two").help("write one of these sizes"))
}

/// What is said of a figure that suits no table, why, and what to write.
fn odd(name: &str, value: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let size = parse_size(value).ok()?;
    match name {
        _ if POOLS.contains(&name) && size < 112 => {
            Some(("the pool size must be no less than 112", "a pool holds its own head", "write `512`"))
        }
        _ if POOLS.contains(&name) && size % 16 != 0 => {
            Some(("the pool size must be a multiple of 16", "memory is taken in such steps", "write `512`"))
        }
        "http2_chunk_size" if size == 0 => {
            Some(("the http2 chunk size cannot be zero", "a frame holds something", "write `8k`"))
        }
        "http2_streams_index_size" if !size.is_power_of_two() => {
            let message = "\"http2_streams_index_size\" directive must be a power of two";
            Some((message, "it is the size of a table", "write `32`"))
        }
        _ => None,
    }
}
