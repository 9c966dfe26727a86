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
    let (name, bounds, all) = POWERS.iter().find(|(name, ..)| *name == spec.name())?;
    let is_one = |size: u64| size.is_power_of_two() && bounds.contains(&size);
    let fault = || told(format!("\"{name}\" directive must be {all}"));
    let is_sound = parse_size(&argument.value()).is_ok_and(is_one);
    (!is_sound).then(|| fault().why("compression works in powers of two").help("write one of these sizes"))
}
