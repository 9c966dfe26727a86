//! Where servers listen. Those that repeat one another listen at the same places, which are read once.

use std::collections::{HashMap, HashSet};

use super::Survey;
use crate::nginx::routing::Listen;

/// The `listen`s of each server of a configuration.
#[derive(Default)]
pub(super) struct Listens {
    /// By the number of the server.
    kind_of: Vec<usize>,
    kinds: Vec<Vec<Listen>>,
    without_http2: HashSet<(u16, u16)>,
}

impl Listens {
    pub(super) fn of(survey: &Survey<'_>) -> Listens {
        let (mut listens, mut known) = (Listens::default(), HashMap::new());
        for server in (0..survey.count()).map(|number| survey.server(number)) {
            let kind = *known.entry(server.tree().kind_of(server)).or_insert_with(|| {
                listens.kinds.push(Listen::all_of(server));
                listens.kinds.len() - 1
            });
            listens.kind_of.push(kind);
        }
        let plain = listens.kinds.iter().flatten().filter(|listen| !listen.is_http2);
        listens.without_http2 = plain.map(|listen| listen.ports).collect();
        listens
    }

    /// Where a server listens.
    pub(super) fn at(&self, server: usize) -> &[Listen] {
        &self.kinds[self.kind_of[server]]
    }

    /// Whether all of a port say that they speak HTTP/2: what listens on one address takes part in what every address
    /// of that port does.
    pub(super) fn all_speak_http2(&self, ports: (u16, u16)) -> bool {
        !self.without_http2.contains(&ports)
    }
}
