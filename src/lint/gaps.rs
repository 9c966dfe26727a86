//! What a configuration leaves open: `include`s of files that were not there to be read.

use std::collections::HashSet;

use crate::nginx::source;
use crate::nginx::tree::{Block, Directive, NodeId};

/// Where something may stand that nobody has read.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Blocks that hold an unread `include`; none for the top.
    blocks: HashSet<Option<NodeId>>,
    /// Whether this is all that nginx reads.
    is_whole: bool,
}

impl Gaps {
    /// Looks for `include`s that brought nothing.
    ///
    /// A pattern that fits no file may be meant to, or its files lie on another machine: where another pattern of
    /// the same configuration brought files it is taken for meant.
    pub(super) fn of(root: Block<'_>, includes: &[Directive<'_>]) -> Gaps {
        let is_pattern = |include: &Directive<'_>| {
            include.arg(0).is_some_and(|target| target.content().contains(['*', '?', '[']))
        };
        let is_read = |include: &Directive<'_>| include.descendants().next().is_some();
        let reads_patterns = includes.iter().any(|include| is_pattern(include) && is_read(include));
        let is_open =
            |include: &&Directive<'_>| source::may_set(**include) && !(reads_patterns && is_pattern(include));
        let unread = includes.iter().filter(is_open);
        let blocks: HashSet<_> = unread.map(|include| include.parent().map(Directive::id)).collect();
        let http = root.find("http").filter(|http| http.is_block());
        let is_whole = http.is_some_and(|http| !blocks.contains(&None) && !blocks.contains(&Some(http.id())));
        Gaps { blocks, is_whole }
    }

    /// Whether this is a whole configuration: `http` with all it includes. In any other, more may hold than is
    /// written.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether a file that was not read may set something in this block itself.
    pub(super) fn are_in(&self, block: Directive<'_>) -> bool {
        self.blocks.contains(&Some(block.id()))
    }

    /// Whether a file that was not read may set something in this block or around it.
    pub(super) fn are_around(&self, block: Directive<'_>) -> bool {
        let mut around = std::iter::once(block).chain(block.ancestors());
        !self.blocks.is_empty()
            && (self.blocks.contains(&None) || around.any(|one| self.blocks.contains(&Some(one.id()))))
    }
}
