//! The rendered files as they run here: unchanged, or with addresses, paths and times exchanged at their spots.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;

use super::places::Places;
use super::script::{File, Needed, Script, Socket, Spot, What, scaled};
use super::sockets::Stand;
use crate::nginx::token::{Dollar, quote};

/// What is exchanged.
pub(super) struct Plan<'p> {
    /// Where each socket is served instead; as rendered where it is missing.
    pub(super) sockets: &'p BTreeMap<Socket, SocketAddr>,
    /// What stands in for each back end; as rendered where it is missing.
    pub(super) back_ends: &'p BTreeMap<String, Stand>,
    /// Where files lie.
    pub(super) places: &'p Places,
    /// The folder of a second nginx of the same files: what it writes goes there.
    pub(super) second: Option<&'p Path>,
    /// What waiting is divided by.
    pub(super) scale: Option<u32>,
}

impl Plan<'_> {
    /// The files as nginx is to read them, by name.
    pub(super) fn texts(&self, script: &Script) -> Vec<(String, String)> {
        script.files.iter().map(|file| (file.name.clone(), self.text(file))).collect()
    }

    fn text(&self, file: &File) -> String {
        let edits = file.spots.iter().filter_map(|spot| {
            let instead = self.instead(spot)?;
            let range = spot.range.clone();
            // Between a Unix socket and a path stands a colon, which no other address has.
            let has_colon = file.text[range.clone()].ends_with(':') && instead.starts_with("unix:");
            Some(match spot.what.is_path() {
                true => word(&file.text, range, &instead),
                false if has_colon => (range, instead + ":"),
                false => (range, instead),
            })
        });
        apply(&file.text, edits)
    }

    /// What a spot says instead; `None` where it stays as it is.
    fn instead(&self, spot: &Spot) -> Option<String> {
        match &spot.what {
            What::Listen(socket) => self.sockets.get(socket).map(ToString::to_string),
            What::NoListen => {
                let any = Socket::Ip(([0, 0, 0, 0], 80).into());
                let address = self.sockets.get(&any).map_or("80".to_owned(), ToString::to_string);
                Some(format!(" listen {address};"))
            }
            What::BackEnd(address) => self.back_ends.get(address).map(Stand::written),
            What::Needed(path, _) | What::Served(path) => self.places.moved(path),
            What::Written(path) => match self.second {
                Some(folder) => {
                    Some(folder.join("written").join(path.replace('/', "_")).display().to_string())
                }
                None => self.places.moved(path),
            },
            What::Patience(milliseconds) => Some(format!("{}ms", scaled(*milliseconds, self.scale?))),
        }
    }

    /// What is not as it was rendered, a sentence each.
    pub(super) fn changes(&self, script: &Script) -> Vec<String> {
        let mut told = Vec::new();
        for (socket, address) in self.sockets {
            told.push(format!("`listen {socket}` is served at {address}"));
        }
        for (rendered, stand) in self.back_ends {
            told.push(format!("the back end `{rendered}` is played by a stand-in at {}", stand.written()));
        }
        for spot in script.spots() {
            let moved = |path: &str| match self.places.moved(path) {
                Some(_) => ", in a folder of this run",
                None => "",
            };
            told.extend(match &spot.what {
                What::Needed(path, kind) => Some(format!("`{path}` is {}{}", stubbed(kind), moved(path))),
                What::Served(path) => Some(format!("`{path}` holds files of this run{}", moved(path))),
                What::Written(path) => Some(format!("`{path}` is written in a folder of this run")),
                _ => None,
            });
        }
        let mut seen = std::collections::BTreeSet::new();
        told.retain(|line| seen.insert(line.clone()));
        told
    }
}

/// What stands in for a needed file.
fn stubbed(kind: &Needed) -> &'static str {
    match kind {
        Needed::Certificate { .. } => "a certificate made for this run",
        Needed::Key => "the key of a certificate made for this run",
        Needed::Authorities => "the authority of this run's certificates",
        Needed::DhParam => "the group ffdhe2048 of RFC 7919",
        Needed::TicketKey => "a session ticket key made for this run",
        Needed::Passwords => "an empty list of passwords",
    }
}

/// A whole argument that becomes another path, with the quotes that it has and those that it needs.
fn word(text: &str, content: Range<usize>, path: &str) -> (Range<usize>, String) {
    let quotes = usize::from(text[..content.start].ends_with(['"', '\'']));
    // What nginx has no way to write, it is left to refuse in its own words.
    let quoted = quote(path, Dollar::Forbidden).map_or_else(|_| path.to_owned(), Cow::into_owned);
    (content.start - quotes..content.end + quotes, quoted)
}

/// The text with the ranges replaced, which are in order and do not overlap.
fn apply(text: &str, edits: impl Iterator<Item = (Range<usize>, String)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in edits {
        out.push_str(&text[done..range.start]);
        out.push_str(&new);
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}
