//! What is known of a block before anyone looks inside.
//!
//! Rules ask each block for dozens of names, and it has a few: that it has none of them is told from 64 bits.

use super::names::{QUOTED, bit};

/// From so many directives on a block is looked up rather than walked.
const WIDE: u32 = 128;

/// A pair of braces, or the top of a file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    /// Offset of the `{`; that of the top is never asked for.
    pub(super) open: u32,
    /// How many directives stand in it, not deeper.
    width: u32,
    /// A bit for each of their names; several names share one.
    names: u64,
}

impl Head {
    pub(super) fn new(open: u32) -> Head {
        Head { open, width: 0, names: 0 }
    }

    /// The same braces in a text where they begin elsewhere.
    pub(super) fn opened_at(self, open: u32) -> Head {
        Head { open, ..self }
    }

    /// Takes in the name of a directive that stands in the block.
    pub(super) fn insert(&mut self, signature: u32) {
        self.width += 1;
        // What nginx reads in quotes is not known here.
        self.names |= if signature == QUOTED { u64::MAX } else { bit(signature) };
    }

    /// Takes in what stands in another block too.
    pub(super) fn merge(&mut self, other: &Head) {
        self.width += other.width;
        self.names |= other.names;
    }

    /// Whether a directive of this name may stand in the block; it may not when this is false.
    #[inline]
    pub(super) fn may_hold(&self, signature: u32) -> bool {
        self.names & bit(signature) != 0
    }

    /// Whether so many directives stand in it that they are better looked up than walked.
    pub(super) fn is_wide(&self) -> bool {
        self.width > WIDE
    }
}
