//! Sizes: `8k`, `15m`, and `1g` where nginx means an offset in a file.

use super::{MAX, Reason, Unreadable, common_reason, split_decimal};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

/// Reads a size in memory, with `k` or `m` in either case (`ngx_parse_size`).
///
/// # Errors
/// When nginx says `invalid value`.
///
/// ```
/// use nginx_gen::nginx::value::parse_size;
///
/// assert_eq!(parse_size("8k"), Ok(8192));
/// assert_eq!(parse_size("15MB").unwrap_err().to_string(), "`MB` is no unit of nginx's; write `15m`");
/// ```
pub fn parse_size(text: &str) -> Result<u64, Unreadable> {
    read(text, false)
}

/// Reads a size that may exceed memory (`client_max_body_size` and a few others), with `g` too
/// (`ngx_parse_offset`).
///
/// # Errors
/// When nginx says `invalid value`.
pub fn parse_offset(text: &str) -> Result<u64, Unreadable> {
    read(text, true)
}

fn read(text: &str, is_offset: bool) -> Result<u64, Unreadable> {
    let (number, scale) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], KIB),
        Some(b'm' | b'M') => (&text[..text.len() - 1], MIB),
        Some(b'g' | b'G') if is_offset => (&text[..text.len() - 1], GIB),
        _ => (text, 1),
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(explain(text, is_offset));
    }
    let value = number.parse::<u64>().ok().and_then(|number| number.checked_mul(scale));
    value.filter(|value| *value <= MAX).ok_or(Unreadable { reason: Reason::TooLarge, suggestion: None })
}

fn explain(text: &str, is_offset: bool) -> Unreadable {
    let suggestion = meant(text).map(|bytes| spell(bytes, is_offset));
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let reason = common_reason(text).unwrap_or_else(|| match unit {
        "g" | "G" => Reason::WrongUnit { unit: "g", whose: "directives for sizes in memory" },
        unit => Reason::UnknownUnit(unit.to_owned()),
    });
    Unreadable { reason, suggestion }
}

/// The bytes a person means.
fn meant(text: &str) -> Option<u64> {
    let (number, unit) = split_decimal(text.trim())?;
    let scale = match unit.to_ascii_lowercase().as_str() {
        "" | "b" | "byte" | "bytes" => 1,
        "k" | "kb" | "kib" => KIB,
        "m" | "mb" | "mib" => MIB,
        "g" | "gb" | "gib" => GIB,
        "t" | "tb" | "tib" => TIB,
        _ => return None,
    };
    number.times(scale)
}

/// The shortest spelling nginx reads.
fn spell(bytes: u64, is_offset: bool) -> String {
    let units = [(GIB, "g"), (MIB, "m"), (KIB, "k")];
    let fits = |(scale, unit): &(u64, &str)| {
        bytes != 0 && bytes.is_multiple_of(*scale) && (is_offset || *unit != "g")
    };
    match units.into_iter().find(fits) {
        Some((scale, unit)) => format!("{}{unit}", bytes / scale),
        None => bytes.to_string(),
    }
}
