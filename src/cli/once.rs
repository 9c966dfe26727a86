//! What is said once for all the files of a run: what they all lack.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Label, Words};
use crate::lint::FOREIGN_MODULE;
use crate::nginx::source::UNREAD_INCLUDE;

/// Keeps the first of those that say the same of several configurations, with how many more there are.
pub(super) fn tell(found: &mut Vec<Diagnostic>) {
    let mut times: HashMap<Words, usize> = HashMap::new();
    found.retain(|one| {
        if ![UNREAD_INCLUDE, FOREIGN_MODULE].contains(&one.code) {
            return true;
        }
        let times = times.entry(one.message.clone()).or_default();
        *times += 1;
        *times == 1
    });
    for one in found {
        let more = times.get(&one.message).map_or(0, |times| times - 1);
        if let Some(Label { text, .. }) = one.labels.first_mut().filter(|_| more > 0) {
            let files = if more == 1 { "file" } else { "files" };
            *text = format!("{text}; the same in {more} more {files}").into();
        }
    }
}
