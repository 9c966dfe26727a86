//! Durations: `90`, `30s`, `1h30m`.

use super::{MAX, Reason, Unreadable, common_reason, split_decimal};

/// What a directive counts its durations in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unit {
    /// Most timeouts (`ngx_conf_set_msec_slot`): `ms` is a unit, months and years are not.
    Milliseconds,
    /// Cache times and the like (`ngx_conf_set_sec_slot`): months and years are units, `ms` is not.
    Seconds,
}

/// nginx's units, from the largest to the smallest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Start,
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    /// A number without a unit, which can only be the last but for one more of its kind.
    Bare,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
const MONTH: u64 = 30 * DAY;
const YEAR: u64 = 365 * DAY;

/// Reads a duration, in the unit the directive counts in (`ngx_parse_time`).
///
/// A number without a unit is in seconds, whichever the directive counts in.
///
/// # Errors
/// When nginx says `invalid value`.
///
/// ```
/// use nginx_gen::nginx::value::{Unit, parse_time};
///
/// assert_eq!(parse_time("1h 30m", Unit::Seconds), Ok(5400));
/// assert_eq!(parse_time("75", Unit::Milliseconds), Ok(75_000));
/// let fault = parse_time("10sec", Unit::Milliseconds).unwrap_err();
/// assert_eq!(fault.to_string(), "`sec` is no unit of nginx's; write `10s`");
/// ```
pub fn parse_time(text: &str, unit: Unit) -> Result<u64, Unreadable> {
    read(text, unit).map_err(|reason| explain(text, unit, reason))
}

fn read(text: &str, unit: Unit) -> Result<u64, Reason> {
    let mut rest = text;
    let mut step = if unit == Unit::Seconds { Step::Start } else { Step::Month };
    let mut total = 0_u64;
    let mut has_digits = false;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        has_digits |= digits > 0;
        let number = number(&rest[..digits])?;
        let (next, scale, length) = read_unit(&rest[digits..], unit)?;
        // A number at the very end needs no unit, and may follow any.
        if digits < rest.len() {
            check_order(step, next)?;
            step = next;
        }
        let value = number.checked_mul(scale).filter(|value| *value <= MAX).ok_or(Reason::TooLarge)?;
        total = total.checked_add(value).filter(|total| *total <= MAX).ok_or(Reason::TooLarge)?;
        rest = rest[digits + length..].trim_start_matches(' ');
    }
    if has_digits { Ok(total) } else { Err(Reason::NoNumber) }
}

fn number(digits: &str) -> Result<u64, Reason> {
    if digits.is_empty() {
        return Ok(0);
    }
    digits.parse().ok().filter(|number| *number <= MAX).ok_or(Reason::TooLarge)
}

/// The unit a text starts with: which, how much in what the directive counts in, and its length.
fn read_unit(text: &str, unit: Unit) -> Result<(Step, u64, usize), Reason> {
    if text.starts_with("ms") {
        let whose = "directives that count in seconds";
        return match unit {
            Unit::Milliseconds => Ok((Step::Millisecond, 1, 2)),
            Unit::Seconds => Err(Reason::WrongUnit { unit: "ms", whose }),
        };
    }
    let (step, seconds) = match text.as_bytes().first() {
        None | Some(b' ') => (Step::Bare, 1),
        Some(b'y') => (Step::Year, YEAR),
        Some(b'M') => (Step::Month, MONTH),
        Some(b'w') => (Step::Week, WEEK),
        Some(b'd') => (Step::Day, DAY),
        Some(b'h') => (Step::Hour, HOUR),
        Some(b'm') => (Step::Minute, MINUTE),
        Some(b's') => (Step::Second, 1),
        Some(_) => return Err(Reason::UnknownUnit(unit_text(text).to_owned())),
    };
    if unit == Unit::Milliseconds && step <= Step::Month {
        let written = if step == Step::Year { "y" } else { "M" };
        return Err(Reason::WrongUnit { unit: written, whose: "directives that count in milliseconds" });
    }
    let scale = if unit == Unit::Milliseconds { seconds * 1000 } else { seconds };
    Ok((step, scale, usize::from(!text.is_empty())))
}

/// nginx lets a bare number stand before the last only where no seconds came before it.
fn check_order(before: Step, next: Step) -> Result<(), Reason> {
    let limit = if next == Step::Bare { Step::Second } else { next };
    if before >= limit { Err(Reason::Order) } else { Ok(()) }
}

fn unit_text(text: &str) -> &str {
    let end = text.find(|c: char| c.is_ascii_digit() || c == ' ').unwrap_or(text.len());
    &text[..end]
}

fn explain(text: &str, unit: Unit, reason: Reason) -> Unreadable {
    let suggestion = meant(text).and_then(|milliseconds| spell(milliseconds, unit));
    let reason = match reason {
        Reason::TooLarge => Reason::TooLarge,
        // `10sec` is read as `10s` and an `e` without a number.
        other => common_reason(text).or_else(|| unknown_word(text)).unwrap_or(other),
    };
    Unreadable { reason, suggestion }
}

/// The first word that is no unit of nginx's as a whole.
fn unknown_word(text: &str) -> Option<Reason> {
    let words = text.split(|c: char| c.is_ascii_digit() || c == ' ').filter(|word| !word.is_empty());
    let mut unknown = words.filter(|word| !["y", "M", "w", "d", "h", "m", "s", "ms"].contains(word));
    unknown.next().map(|word| Reason::UnknownUnit(word.to_owned()))
}

/// The milliseconds a person means.
fn meant(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut total = 0_u64;
    loop {
        let (number, behind) = split_decimal(rest)?;
        let end = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
        total = total.checked_add(number.times(meant_unit(&behind[..end])?)?)?;
        rest = behind[end..].trim_start();
        if rest.is_empty() {
            return Some(total);
        }
    }
}

/// The milliseconds in a unit as people write it.
fn meant_unit(unit: &str) -> Option<u64> {
    let seconds = match unit {
        "M" => MONTH,
        _ => match unit.to_ascii_lowercase().as_str() {
            "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => return Some(1),
            "" | "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
            "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
            "d" | "day" | "days" => DAY,
            "w" | "week" | "weeks" => WEEK,
            "mo" | "month" | "months" => MONTH,
            "y" | "yr" | "year" | "years" => YEAR,
            _ => return None,
        },
    };
    Some(seconds * 1000)
}

/// The spelling nginx reads with the fewest parts; `None` when the directive cannot count it.
fn spell(milliseconds: u64, unit: Unit) -> Option<String> {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    if rest != 0 {
        return (unit == Unit::Milliseconds).then(|| format!("{milliseconds}ms"));
    }
    let whole = [(DAY, "d"), (HOUR, "h"), (MINUTE, "m")].into_iter().find(|(scale, _)| seconds % scale == 0);
    Some(match whole {
        Some((scale, unit)) if seconds != 0 => format!("{}{unit}", seconds / scale),
        _ => format!("{seconds}s"),
    })
}
