//! From the rows of every release to one table with the versions a row holds for.

use std::collections::{BTreeMap, BTreeSet};

/// The order of releases: `1.18.0` before `1.20.0`.
pub(crate) type Release = (u16, u16, u16);

/// Reads `1.28.3`.
pub(crate) fn release(text: &str) -> Option<Release> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let release = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(release)
}

/// Adds to each row the release it came with and the one it went with, `-` where it was there from the
/// first and still is in the last. A row that went and came back stands twice.
pub(crate) fn merge(releases: &BTreeMap<Release, BTreeSet<String>>) -> Vec<String> {
    let rows: BTreeSet<&String> = releases.values().flatten().collect();
    let first = releases.keys().next().copied();
    let mut merged = Vec::new();
    for row in rows {
        let mut since = None;
        for (&release, present) in releases {
            match (since, present.contains(row)) {
                (None, true) => since = Some(release),
                (Some(start), false) => {
                    merged.push(line(row, (Some(start) != first).then_some(start), Some(release)));
                    since = None;
                }
                _ => {}
            }
        }
        if let Some(start) = since {
            merged.push(line(row, (Some(start) != first).then_some(start), None));
        }
    }
    merged
}

fn line(row: &str, since: Option<Release>, until: Option<Release>) -> String {
    let shown = |release: Option<Release>| {
        release.map_or("-".to_owned(), |(major, minor, patch)| format!("{major}.{minor}.{patch}"))
    };
    format!("{row}\t{}\t{}", shown(since), shown(until))
}
