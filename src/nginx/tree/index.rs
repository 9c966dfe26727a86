//! The directives of a large tree by their names: a rule that asks for one in ten thousand sites walks none of them.

use super::{NodeId, Tree, offset};
use crate::nginx::directives::Known;

/// The directives that nginx knows, sorted by name, those of one name in the order of the text.
#[derive(Clone, Debug)]
pub(super) struct Index {
    ids: Vec<NodeId>,
    /// Where those of each name end among them; they start where those of the name before end.
    ends: Vec<u32>,
}

impl Index {
    /// The index of a tree in which every name is told without quotes, if it is large.
    pub(super) fn of(tree: &Tree) -> Option<Index> {
        if !tree.is_large() || tree.names.has_quoted() {
            return None;
        }
        let known =
            || tree.nodes.iter().enumerate().filter_map(|(at, node)| Some((at, node.known?.number())));
        let mut ends = vec![0; Known::NUMBERS];
        known().for_each(|(_, number)| ends[number] += 1);
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let mut ids = vec![NodeId(0); start as usize];
        for (at, number) in known() {
            ids[ends[number] as usize] = NodeId(offset(at));
            ends[number] += 1;
        }
        Some(Index { ids, ends })
    }

    /// Those of a name.
    pub(super) fn named(&self, name: Known) -> &[NodeId] {
        let start = name.number().checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ids[start as usize..self.ends[name.number()] as usize]
    }
}
