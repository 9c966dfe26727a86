//! What mends a finding, as SARIF says it: for each file, regions that are replaced.

use serde::Serialize;

use super::{Artifact, Region, Text, place};
use crate::diagnostic;
use crate::text::Sources;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fix<'a> {
    description: Text,
    artifact_changes: Vec<ArtifactChange<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Content<'a>,
}

#[derive(Serialize)]
struct Content<'a> {
    text: &'a str,
}

impl<'a> Fix<'a> {
    pub(super) fn of(fix: &'a diagnostic::Fix, sources: &Sources) -> Fix<'a> {
        let mut files: Vec<_> = fix.edits.iter().map(|edit| edit.span.file).collect();
        files.sort_unstable();
        files.dedup();
        let change = |file: &_| {
            let mut edits = fix.edits.iter().filter(|edit| edit.span.file == *file).peekable();
            let artifact_location = edits.peek().map(|edit| place(edit.span, sources).0)?;
            let replacement = |edit: &'a diagnostic::Edit| Replacement {
                deleted_region: place(edit.span, sources).1,
                inserted_content: Content { text: &edit.text },
            };
            Some(ArtifactChange { artifact_location, replacements: edits.map(replacement).collect() })
        };
        let artifact_changes = files.iter().filter_map(change).collect();
        Fix { description: Text { text: fix.what.clone() }, artifact_changes }
    }
}
