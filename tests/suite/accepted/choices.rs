//! Random decisions that shrink.
//!
//! An environment is built by asking question after question; the answers are a list of numbers that proptest
//! makes. Where the list ends every answer is the first one, so a shorter list and smaller numbers mean a
//! plainer environment: shrinking needs no code of its own.

/// Answers to be used up.
pub(super) struct Choices<'a>(std::slice::Iter<'a, u16>);

impl<'a> Choices<'a> {
    pub(super) fn new(answers: &'a [u16]) -> Choices<'a> {
        Choices(answers.iter())
    }

    /// A number from 0 to `count` - 1.
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) % count
    }

    /// Yes, once in `count` times; no when the answers have run out.
    pub(super) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    /// One of some.
    pub(super) fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.below(from.len())]
    }

    /// One of the good values, which stand first, and now and then one of the near misses behind them: were
    /// there several of those in most environments, hardly any would be loaded.
    pub(super) fn mostly<'t>(&mut self, good: usize, from: &[&'t str]) -> &'t str {
        let count = if self.once_in(50) { from.len() } else { good };
        from[self.below(count)]
    }

    /// `key: value` with one of the good values and now and then a near miss, once in `count` times.
    pub(super) fn maybe_near(
        &mut self,
        count: usize,
        key: &str,
        good: usize,
        values: &[&str],
    ) -> Option<String> {
        self.once_in(count).then(|| format!("{key}: {}", self.mostly(good, values)))
    }

    /// `key: value` for one of some values, once in `count` times.
    pub(super) fn maybe(&mut self, count: usize, key: &str, values: &[&str]) -> Option<String> {
        self.once_in(count).then(|| format!("{key}: {}", self.pick(values)))
    }
}
