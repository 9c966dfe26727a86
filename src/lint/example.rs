//! A site file that shows a rule, or where it does not apply.

use crate::nginx::version::Version;

/// Text of a site file, and the nginx it is written for.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The text.
    pub text: &'static str,
    /// The nginx it is judged for.
    pub version: Version,
}

impl Example {
    /// For the nginx that most machines have.
    pub(super) const fn new(text: &'static str) -> Example {
        Example { text, version: Version::branch(1, 22) }
    }

    /// For a newer one, whose language the example speaks.
    pub(super) const fn modern(text: &'static str) -> Example {
        Example { text, version: Version::branch(1, 28) }
    }
}
