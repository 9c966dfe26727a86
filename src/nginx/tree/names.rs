//! Names of directives as numbers: rules ask for far more names than a file has.

/// The signature of a name in quotes, which is compared as nginx reads it.
pub(super) const QUOTED: u32 = 0;

/// A number that most names have alone: their length and three of their bytes.
#[inline]
pub(super) fn signature(name: &[u8]) -> u32 {
    if name.is_empty() || matches!(name[0], b'"' | b'\'') {
        return QUOTED;
    }
    let at = |third: usize| u32::from(name[third * (name.len() - 1) / 3]);
    (u32::try_from(name.len().min(255)).unwrap_or(255) << 24) | (at(1) << 16) | (at(2) << 8) | at(3)
}

/// One of 64 bits for a name: what a block's summary of the names in it is made of.
#[inline]
pub(super) fn bit(signature: u32) -> u64 {
    1 << (spread(signature) >> 26)
}

/// Multiplied by 2³² divided by the golden ratio, which sets apart what lies near.
#[inline]
fn spread(signature: u32) -> u32 {
    signature.wrapping_mul(0x9E37_79B1)
}

/// Which names a tree has, roughly: it may hold one it has not, never the reverse.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names {
    bits: [u64; 16],
    /// Whether some name is in quotes, which no signature tells.
    has_quoted: bool,
    /// Whether some name is none that nginx knows, or in quotes.
    has_unknown: bool,
}

impl Names {
    /// Takes a name in.
    pub(super) fn insert(&mut self, signature: u32, is_known: bool) {
        self.has_unknown |= !is_known;
        let (word, bit) = Names::place(signature);
        self.bits[word] |= bit;
        self.has_quoted |= signature == QUOTED;
    }

    /// Takes in all names of another tree.
    pub(super) fn merge(&mut self, other: &Names) {
        self.bits.iter_mut().zip(other.bits).for_each(|(mine, others)| *mine |= others);
        self.has_quoted |= other.has_quoted;
        self.has_unknown |= other.has_unknown;
    }

    /// Whether some name is in quotes.
    pub(super) fn has_quoted(&self) -> bool {
        self.has_quoted
    }

    /// Whether some name is none that nginx knows, or in quotes.
    pub(super) fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    /// Whether the tree may have the name.
    pub(super) fn may_hold(&self, signature: u32) -> bool {
        let (word, bit) = Names::place(signature);
        self.has_quoted || self.bits[word] & bit != 0
    }

    /// One of 1024 bits.
    fn place(signature: u32) -> (usize, u64) {
        let place = spread(signature) >> 22;
        ((place >> 6) as usize, 1 << (place & 63))
    }
}
