//! Where the files lie that the rendered text names: at their own paths, or in the prefix.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of a run, and which folders of the machine it covers with its own files.
#[derive(Clone, Debug)]
pub(super) struct Places {
    prefix: PathBuf,
    /// Folders such as `/etc`: what lies below is found at its own path. None lies in another.
    covered: BTreeSet<PathBuf>,
}

impl Places {
    /// All files lie in the prefix.
    pub(super) fn in_prefix(prefix: &Path) -> Places {
        Places { prefix: prefix.to_owned(), covered: BTreeSet::new() }
    }

    /// The folders that hold these paths, or will, are to be covered, unless one of the paths to `keep` lies in
    /// them: what is written there would be gone with the cover.
    pub(super) fn covering<'p>(
        prefix: &Path,
        paths: impl Iterator<Item = &'p str>,
        keep: &[PathBuf],
    ) -> Places {
        let there = paths.filter_map(|path| nearest_folder(Path::new(path)));
        let is_free = |folder: &PathBuf| {
            !keep.iter().map(PathBuf::as_path).chain([prefix]).any(|path| path.starts_with(folder))
        };
        let folders: BTreeSet<PathBuf> = there.filter(is_free).collect();
        let is_outer =
            |folder: &&PathBuf| !folders.iter().any(|other| other != *folder && folder.starts_with(other));
        Places { prefix: prefix.to_owned(), covered: folders.iter().filter(is_outer).cloned().collect() }
    }

    /// The folders that are covered.
    pub(super) fn covered(&self) -> impl Iterator<Item = &Path> {
        self.covered.iter().map(PathBuf::as_path)
    }

    /// Where a path lies instead; `None` where it is found as it is written.
    pub(super) fn moved(&self, path: &str) -> Option<String> {
        let is_covered = self.covered.iter().any(|folder| Path::new(path).starts_with(folder));
        (!is_covered).then(|| self.inside(path))
    }

    /// A path's place in the prefix. A final slash stays: nginx puts an `alias` before what follows as it is written.
    pub(super) fn inside(&self, path: &str) -> String {
        let slash = if path.ends_with('/') { "/" } else { "" };
        format!("{}{slash}", self.prefix.join("files").join(relative(path)).display())
    }

    /// Where a path is found while nginx runs.
    pub(super) fn found(&self, path: &str) -> PathBuf {
        PathBuf::from(self.moved(path).unwrap_or_else(|| path.to_owned()))
    }

    /// Writes a file; what is covered becomes visible with the cover.
    pub(super) fn write(&self, path: &str, text: &[u8]) -> io::Result<()> {
        let place = self.staged(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(place, text)
    }

    /// Makes a folder, likewise.
    pub(super) fn make_folder(&self, path: &str) -> io::Result<()> {
        fs::create_dir_all(self.staged(path))
    }

    fn staged(&self, path: &str) -> PathBuf {
        match self.moved(path) {
            Some(moved) => PathBuf::from(moved),
            None => self.upper(Path::new(path)),
        }
    }

    /// What covers a path.
    pub(super) fn upper(&self, path: &Path) -> PathBuf {
        self.cover().join("upper").join(relative(&path.to_string_lossy()))
    }

    /// The folder that holds all that covers.
    pub(super) fn cover(&self) -> PathBuf {
        self.prefix.join("cover")
    }
}

/// The innermost folder of the machine around a path; none where that is the root, which cannot be covered.
fn nearest_folder(path: &Path) -> Option<PathBuf> {
    let folder = path.ancestors().skip(1).find(|folder| folder.is_dir())?;
    folder.parent().is_some().then(|| folder.to_owned())
}

/// A path below any folder: without what leads up.
fn relative(path: &str) -> PathBuf {
    let mut relative = PathBuf::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            relative.pop();
        } else {
            relative.push(part);
        }
    }
    relative
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::Places;

    #[test]
    fn the_outermost_of_the_innermost_folders_there_are_is_covered() {
        let paths = ["/etc/no-such/live/a.pem", "/etc/ssl/a.pem", "/no-such-folder/a", "/usr/bin/x"];
        let keep = [PathBuf::from("/usr/bin/nginx-gen")];
        let places = Places::covering(Path::new("/tmp/run"), paths.into_iter(), &keep);
        assert_eq!(places.covered().collect::<Vec<_>>(), [Path::new("/etc")]);
        assert_eq!(places.moved(paths[0]), None);
        assert_eq!(places.moved(paths[2]).unwrap(), "/tmp/run/files/no-such-folder/a");
        assert_eq!(places.moved(paths[3]).unwrap(), "/tmp/run/files/usr/bin/x");
    }

    #[test]
    fn nothing_leads_out_of_the_prefix() {
        let places = Places::in_prefix(Path::new("/tmp/run"));
        assert_eq!(places.moved("/../../etc/./passwd").unwrap(), "/tmp/run/files/etc/passwd");
    }

    #[test]
    fn a_folder_keeps_its_final_slash() {
        let places = Places::in_prefix(Path::new("/tmp/run"));
        let moved = ["/srv/files/", "/srv/files"].map(|path| places.moved(path).unwrap());
        assert_eq!(moved, ["/tmp/run/files/srv/files/", "/tmp/run/files/srv/files"]);
    }
}
