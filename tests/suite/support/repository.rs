//! The repository's own files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A path from the repository's root.
pub(crate) fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The text of a file, named from the root.
pub(crate) fn read(relative: &str) -> String {
    fs::read_to_string(path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
}

/// Every Rust file under `src`, by its path from the root, in order.
pub(crate) fn sources() -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut folders = vec![path("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder can be listed to its end").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name =
                    path.strip_prefix(self::path("")).expect("it is in the repository").display().to_string();
                let text = read(&name);
                sources.insert(name, text);
            }
        }
    }
    assert!(!sources.is_empty(), "no sources found");
    sources
}
