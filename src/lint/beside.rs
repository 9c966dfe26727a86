//! What stands beside the servers of a configuration and is named from within them.

use crate::nginx::tree::{Block, Directive};

/// Every block of this name in `http`, or at the top of a file that is a part of it.
pub(super) fn blocks<'t>(root: Block<'t>, name: &'static str) -> impl Iterator<Item = Directive<'t>> {
    root.every(name).filter(|block| block.is_block() && block.parent().is_none_or(|around| around.is("http")))
}
