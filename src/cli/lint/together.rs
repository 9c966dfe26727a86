//! What shows only where the files of a folder are read as one, as the `nginx.conf` of a distribution reads them: two
//! upstreams of one name, two default servers, names that two servers share, TLS that one decides for the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Judge;
use crate::diagnostic::Diagnostic;
use crate::lint::{self, Survey};
use crate::nginx::check::{Target, check};
use crate::nginx::directives::Context;
use crate::nginx::source::{Configuration, joined};

/// The folders that are included as a whole, by Debian and by nginx.org, and how the names of the files end that are.
/// What lies in others may be of several machines.
const FOLDERS: [(&str, &str); 2] = [("sites-enabled", ""), ("conf.d", ".conf")];

/// What is said of two files or more. What lies in one is told of it.
pub(super) fn judge(configurations: &[Configuration], judge: Judge<'_>) -> Vec<Diagnostic> {
    let mut folders: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in configurations {
        if let Some(folder) = folder(one, judge) {
            folders.entry(folder).or_default().push(one);
        }
    }
    let several = folders.into_values().filter(|files| files.len() > 1);
    several.flat_map(|files| between(files, judge)).collect()
}

/// The folder that a file is included from.
fn folder(one: &Configuration, judge: Judge<'_>) -> Option<PathBuf> {
    let path = Path::new(judge.sources.file(one.file).name());
    let (folder, name) = (path.parent()?, path.file_name()?.to_str()?);
    let includes = |(own, end): &(&str, &str)| folder.ends_with(own) && name.ends_with(end);
    FOLDERS.iter().find(|known| includes(known))?;
    let is_of_http = one.is_well_formed() && one.scope(judge.sources).context() == Some(Context::Http);
    is_of_http.then(|| folder.to_owned())
}

fn between(mut files: Vec<&Configuration>, judge: Judge<'_>) -> Vec<Diagnostic> {
    files.sort_by_key(|one| judge.sources.file(one.file).name());
    let tree = joined(files.into_iter().map(|one| &one.tree), judge.sources);
    let target = Target { version: judge.version, top: Context::Http };
    let mut found = check(tree.root(judge.sources), target);
    found.extend(lint::check_between(judge.rules, &Survey::new(&tree, judge.sources, &[], judge.version)));
    found.retain(|fault| {
        let files: BTreeSet<_> = fault.labels.iter().map(|label| label.span.file).collect();
        files.len() > 1
    });
    for fault in &mut found {
        fault.fix = None;
    }
    found
}
