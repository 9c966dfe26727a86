//! How many arguments a directive takes.

use std::fmt;

/// The numbers of arguments nginx accepts (`NGX_CONF_TAKE…`, `NGX_CONF_1MORE` …).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Arity {
    /// Bit n stands for n arguments, 0 to 7.
    exact: u8,
    /// From this many on, any number.
    from: Option<u8>,
}

impl Arity {
    /// Whether nginx accepts this many arguments.
    pub fn accepts(self, count: usize) -> bool {
        let exact = u32::try_from(count).ok().and_then(|count| 1_u8.checked_shl(count));
        exact.is_some_and(|bit| self.exact & bit != 0) || self.from.is_some_and(|from| count >= from.into())
    }

    /// The fewest arguments accepted.
    pub fn fewest(self) -> usize {
        let exact = (self.exact != 0).then(|| self.exact.trailing_zeros() as usize);
        exact.or(self.from.map(usize::from)).unwrap_or(0)
    }

    /// Whether several counts will do, so that a missing `;` may go unseen.
    pub fn is_loose(self) -> bool {
        self.from.is_some() || self.exact.count_ones() > 1
    }

    /// Reads the table's `1,2` or `1+`.
    pub(super) fn parse(text: &str) -> Option<Arity> {
        let mut arity = Arity { exact: 0, from: None };
        for part in text.split(',') {
            match part.strip_suffix('+') {
                Some(from) => arity.from = Some(from.parse().ok()?),
                None => arity.exact |= 1_u8.checked_shl(part.parse().ok()?)?,
            }
        }
        Some(arity)
    }
}

/// `no arguments`, `1 argument`, `1 or 2 arguments`, `at least 1 argument`.
impl fmt::Display for Arity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = |count: usize| if count == 1 { "argument" } else { "arguments" };
        if let Some(from) = self.from {
            return write!(f, "at least {from} {}", noun(from.into()));
        }
        let counts: Vec<usize> = (0..8).filter(|&count| self.accepts(count)).collect();
        match counts.as_slice() {
            [] => f.write_str("nothing"),
            [0] => f.write_str("no arguments"),
            [one] => write!(f, "{one} {}", noun(*one)),
            [most @ .., last] => {
                let most: Vec<String> = most.iter().map(usize::to_string).collect();
                write!(f, "{} or {last} arguments", most.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_accepted_and_told() {
        let arity = |text| Arity::parse(text).unwrap();
        assert!(arity("1,3").accepts(3) && !arity("1,3").accepts(2) && !arity("1").accepts(300));
        assert!(arity("2+").accepts(900) && !arity("2+").accepts(1));
        let shown = ["0", "1", "1,2,3", "1+", "0+"].map(|text| arity(text).to_string());
        let expected = [
            "no arguments",
            "1 argument",
            "1, 2 or 3 arguments",
            "at least 1 argument",
            "at least 0 arguments",
        ];
        assert_eq!(shown, expected);
    }
}
