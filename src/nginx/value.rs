//! Durations and sizes as nginx reads them, and what is wrong with those it does not.

mod size;
mod time;

use std::fmt;

pub use size::{parse_offset, parse_size};
pub use time::{Unit, parse_time};

/// nginx keeps these figures in signed 64 bits.
const MAX: u64 = i64::MAX as u64;

/// Why a figure is none to nginx, which itself says `invalid value` and no more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// What is wrong with it.
    pub reason: Reason,
    /// The same figure as nginx writes it, when it can be told.
    pub suggestion: Option<String>,
}

/// What is wrong with a figure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// There is no digit in it.
    NoNumber,
    /// It has a sign.
    Signed,
    /// It has a decimal point.
    Fraction,
    /// Something stands behind the number that is no unit of nginx's.
    UnknownUnit(String),
    /// The unit exists, though not for this kind of directive.
    WrongUnit {
        /// The unit as written.
        unit: &'static str,
        /// The directives that do not take it, in the plural.
        whose: &'static str,
    },
    /// Units do not go from the largest to the smallest, each at most once.
    Order,
    /// It does not fit in 64 bits.
    TooLarge,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NoNumber => f.write_str("there is no number in it"),
            Reason::Signed => f.write_str("nginx takes no sign"),
            Reason::Fraction => f.write_str("nginx takes whole numbers only"),
            Reason::UnknownUnit(unit) => write!(f, "`{unit}` is no unit of nginx's"),
            Reason::WrongUnit { unit, whose } => write!(f, "{whose} do not take the unit `{unit}`"),
            Reason::Order => f.write_str("units go from the largest to the smallest, each once"),
            Reason::TooLarge => f.write_str("the number is too large"),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; write `{suggestion}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Unreadable {}

/// A decimal number as a person writes it: `1`, `1.5`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Decimal {
    digits: u128,
    /// How many of the digits stand behind the point.
    places: u32,
}

impl Decimal {
    /// The number times `scale`, when that is whole.
    fn times(self, scale: u64) -> Option<u64> {
        let divisor = 10_u128.checked_pow(self.places)?;
        let scaled = self.digits.checked_mul(u128::from(scale))?;
        let whole = (scaled % divisor == 0).then_some(scaled / divisor)?;
        u64::try_from(whole).ok().filter(|whole| *whole <= MAX)
    }
}

/// The number a text starts with, and what follows it without white space around.
fn split_decimal(text: &str) -> Option<(Decimal, &str)> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, rest) = text.split_at(length);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || fraction.contains('.') || number.len() > 30 {
        return None;
    }
    let digits = format!("{whole}{fraction}").parse().ok()?;
    Some((Decimal { digits, places: u32::try_from(fraction.len()).ok()? }, rest.trim()))
}

/// The reason both kinds of figure have in common; the caller knows the text is none of nginx's.
fn common_reason(text: &str) -> Option<Reason> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        Some(Reason::NoNumber)
    } else if text.starts_with(['-', '+']) {
        Some(Reason::Signed)
    } else if text.contains('.') {
        Some(Reason::Fraction)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
