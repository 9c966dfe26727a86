//! Durations and sizes in nginx's notation.

use std::fmt;

/// What a duration's directive counts in; it decides which units are allowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unit {
    /// Most timeouts (`ngx_conf_set_msec_slot`): `ms` is allowed, `y` and `M` are not.
    Milliseconds,
    /// `fail_timeout`, `expires`, `ssl_session_timeout` (`ngx_conf_set_sec_slot`): `y` and `M` are allowed,
    /// `ms` is not.
    Seconds,
}

/// Why a text is not a duration, or not a size: what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault(String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

/// nginx's largest integer, on the 64-bit systems it is built for.
const MOST: u64 = i64::MAX as u64;

/// The units in the order they must come in, with their seconds; a millisecond is the one below.
const UNITS: &[(char, u64)] = &[
    ('y', 365 * 24 * 60 * 60),
    ('M', 30 * 24 * 60 * 60),
    ('w', 7 * 24 * 60 * 60),
    ('d', 24 * 60 * 60),
    ('h', 60 * 60),
    ('m', 60),
    ('s', 1),
];

/// Reads a duration as `ngx_parse_time` does: numbers with units from large to small, white space allowed
/// between; a last number without unit is in seconds.
///
/// # Errors
/// When nginx would say `invalid value`; the fault names what to write.
pub fn parse_time(text: &str, unit: Unit) -> Result<u64, Fault> {
    let fault = || Fault(time_help(text, unit));
    let per_second = if unit == Unit::Seconds { 1 } else { 1000 };
    let (mut total, mut rest) = (0_u64, text);
    // The first unit that may still come: those before it would be out of order.
    let mut next = if unit == Unit::Seconds { 0 } else { 2 };
    let mut digits_seen = false;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits_seen |= digits > 0;
        let value: u64 = if digits == 0 { 0 } else { rest[..digits].parse().map_err(|_| fault())? };
        rest = &rest[digits..];
        let scale = match rest.chars().next() {
            None => per_second,
            Some('m') if rest.starts_with("ms") => {
                if unit == Unit::Seconds || next > UNITS.len() {
                    return Err(fault());
                }
                next = UNITS.len() + 1;
                rest = &rest[2..];
                1
            }
            Some(' ') if next < UNITS.len() => {
                next = UNITS.len() + 1;
                rest = &rest[1..];
                per_second
            }
            Some(letter) => {
                let index = UNITS.iter().position(|(name, _)| *name == letter).ok_or_else(fault)?;
                if index < next {
                    return Err(fault());
                }
                next = index + 1;
                rest = &rest[1..];
                UNITS[index].1 * per_second
            }
        };
        total = value.checked_mul(scale).and_then(|value| value.checked_add(total)).ok_or_else(fault)?;
        rest = rest.trim_start_matches(' ');
    }
    if digits_seen && total <= MOST { Ok(total) } else { Err(fault()) }
}

/// Reads a size as `ngx_parse_offset` does (`client_max_body_size` and others that count bytes of a file):
/// a number, with `k`, `m` or `g` in either case behind it.
///
/// # Errors
/// When nginx would say `invalid value`; the fault names what to write.
pub fn parse_size(text: &str) -> Result<u64, Fault> {
    let fault = || Fault(size_help(text));
    let (digits, scale) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], 1 << 10),
        Some(b'm' | b'M') => (&text[..text.len() - 1], 1 << 20),
        Some(b'g' | b'G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1_u64),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fault());
    }
    let size = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(scale));
    size.filter(|size| *size <= MOST).ok_or_else(fault)
}

/// The spelling nginx knows for what was most likely meant.
fn time_help(text: &str, unit: Unit) -> String {
    let (number, name) = split(text);
    let letter = match name.to_lowercase().as_str() {
        "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        "msec" | "millis" | "milliseconds" if unit == Unit::Milliseconds => "ms",
        _ => "",
    };
    if !letter.is_empty() && is_whole(number) {
        return format!("write `{number}{letter}`");
    }
    if name == "ms" && unit == Unit::Seconds {
        return "only whole seconds count here: write `1s` or more".to_owned();
    }
    if let Some(seconds) = fraction(number, name) {
        return format!("nginx knows whole numbers only: write `{seconds}`");
    }
    let units = match unit {
        Unit::Milliseconds => "`ms`, `s`, `m`, `h`, `d` and `w`",
        Unit::Seconds => "`s`, `m`, `h`, `d`, `w`, `M` and `y`",
    };
    format!("durations are whole numbers with {units}, the larger unit first: `30s`, `1h 30m`")
}

fn size_help(text: &str) -> String {
    let (number, name) = split(text);
    let letter = match name.to_lowercase().as_str() {
        "kb" | "kib" | "ki" => "k",
        "mb" | "mib" | "mi" => "M",
        "gb" | "gib" | "gi" => "G",
        "b" | "bytes" => "",
        "k" | "m" | "g" if !is_whole(number) => {
            let smaller = [("g", "M"), ("m", "k"), ("k", "")];
            let below =
                smaller.iter().find(|(unit, _)| *unit == name.to_lowercase()).map_or("", |(_, below)| below);
            if let Some(scaled) = scaled(number, 1024.0) {
                return format!("nginx knows whole numbers only: write `{scaled}{below}`");
            }
            return SIZES.to_owned();
        }
        _ => return SIZES.to_owned(),
    };
    if is_whole(number) { format!("write `{number}{letter}`") } else { SIZES.to_owned() }
}

const SIZES: &str =
    "sizes are whole numbers of bytes, or with `k`, `M` or `G` directly behind: `512k`, `15M`";

/// A number with a fraction in the next smaller unit, if that makes it whole.
fn fraction(number: &str, unit: &str) -> Option<String> {
    let (factor, below) = match unit {
        "s" | "" => (1000.0, "ms"),
        "m" => (60.0, "s"),
        "h" => (60.0, "m"),
        "d" => (24.0, "h"),
        _ => return None,
    };
    if is_whole(number) { None } else { scaled(number, factor).map(|whole| format!("{whole}{below}")) }
}

fn scaled(number: &str, factor: f64) -> Option<String> {
    let value = number.parse::<f64>().ok()? * factor;
    (value.fract() == 0.0 && (0.0..1e12).contains(&value)).then(|| format!("{value:.0}"))
}

fn is_whole(number: &str) -> bool {
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number and what stands behind it, white space between them left out.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::{Unit, parse_size, parse_time};

    #[test]
    fn durations_of_nginx() {
        let milliseconds = |text| parse_time(text, Unit::Milliseconds).ok();
        for (text, amount) in
            [("0", 0), ("60", 60_000), ("75s", 75_000), ("500ms", 500), ("1h 30m", 5_400_000)]
        {
            assert_eq!(milliseconds(text), Some(amount), "{text}");
        }
        for (text, amount) in
            [("1h30m", 5_400_000), ("1m 5", 65_000), ("1d  2h", 93_600_000), ("1s500ms", 1500)]
        {
            assert_eq!(milliseconds(text), Some(amount), "{text}");
        }
        for bad in
            ["", " ", "s1x", "10sec", "1.5h", "1m 1h", "1y", "1M", "-1", "99999999999999999999", "1S", "1:30"]
        {
            assert_eq!(milliseconds(bad), None, "{bad}");
        }
        assert_eq!(parse_time("1y", Unit::Seconds), Ok(365 * 24 * 3600));
        assert!(parse_time("500ms", Unit::Seconds).is_err());
    }

    #[test]
    fn sizes_of_nginx() {
        for (text, bytes) in [("0", 0), ("15M", 15 << 20), ("512k", 512 << 10), ("2g", 2 << 30), ("1", 1)] {
            assert_eq!(parse_size(text).ok(), Some(bytes), "{text}");
        }
        for bad in ["", "M", "15MB", "1.5m", "-1", "1 M", "1t", "0x10", "9999999999999g"] {
            assert_eq!(parse_size(bad).ok(), None, "{bad}");
        }
    }

    #[test]
    fn help_says_what_to_write() {
        let time = |text| parse_time(text, Unit::Milliseconds).unwrap_err().to_string();
        assert_eq!(time("10sec"), "write `10s`");
        assert_eq!(time("5 minutes"), "write `5m`");
        assert_eq!(time("1.5h"), "nginx knows whole numbers only: write `90m`");
        assert_eq!(time("0.5s"), "nginx knows whole numbers only: write `500ms`");
        let size = |text| parse_size(text).unwrap_err().to_string();
        assert_eq!(size("15MB"), "write `15M`");
        assert_eq!(size("1.5m"), "nginx knows whole numbers only: write `1536k`");
    }
}
