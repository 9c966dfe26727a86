//! One file, read and parsed, before its `include`s are followed.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rayon::prelude::*;

use super::faults;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{foreign, lookup};
use crate::nginx::parser::parse;
use crate::nginx::tree::{Directive, Tree};
use crate::text::{FileId, SourceFile, Sources};

/// Up to this many files are parsed by one core: waking the others takes longer.
const FEW: usize = 32;

/// A file as it was parsed, to be put in wherever it is included.
#[derive(Debug)]
pub struct Part {
    /// Where it was read from.
    pub path: PathBuf,
    /// Its id among the sources.
    pub file: FileId,
    pub(super) tree: Tree,
    pub(super) faults: Vec<Diagnostic>,
}

impl Part {
    /// Takes a text in and parses it.
    pub fn new(sources: &mut Sources, path: PathBuf, bytes: Vec<u8>) -> Part {
        Taken::new(sources, path, bytes).parse(sources)
    }

    /// Whether this is none of nginx's files: a script, no text at all, or one that cannot be read and has more words
    /// where directives stand that nobody knows than others.
    pub fn is_foreign(&self, sources: &Sources) -> bool {
        let text = sources.file(self.file).text();
        if text.starts_with("#!") || text.contains('\0') {
            return true;
        }
        if !self.faults.iter().any(|fault| fault.severity == Severity::Error) {
            return false;
        }
        let names = self.tree.root(sources).descendants().map(Directive::name);
        let (known, unknown): (Vec<_>, Vec<_>) =
            names.partition(|name| !lookup(name).is_empty() || foreign::module_of(name).is_some());
        known.len() < unknown.len()
    }
}

/// The same of many, which are parsed side by side.
pub fn parse_all(sources: &mut Sources, files: Vec<(PathBuf, Vec<u8>)>) -> Vec<Part> {
    let take_in = |(path, bytes)| Taken::new(sources, path, bytes);
    let taken: Vec<_> = files.into_iter().map(take_in).collect();
    let sources = &*sources;
    match taken.len() {
        0..=FEW => taken.into_iter().map(|one| one.parse(sources)).collect(),
        _ => taken.into_par_iter().map(|one| one.parse(sources)).collect(),
    }
}

/// A file whose text is among the sources.
struct Taken {
    path: PathBuf,
    file: FileId,
    is_lossy: bool,
}

impl Taken {
    fn new(sources: &mut Sources, path: PathBuf, bytes: Vec<u8>) -> Taken {
        // nginx does not care for its encoding, so nothing is refused.
        let (text, is_lossy) = match String::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(fault) => (String::from_utf8_lossy(fault.as_bytes()).into_owned(), true),
        };
        let file = sources.add(SourceFile::new(shown(&path), text));
        Taken { path, file, is_lossy }
    }

    fn parse(self, sources: &Sources) -> Part {
        let Taken { path, file, is_lossy } = self;
        let text = sources.file(file).text();
        let mut faults = Vec::from_iter(is_lossy.then(|| faults::not_utf8(file, text)));
        let (tree, told) = parse(file, text);
        faults.extend(told);
        Part { path, file, tree, faults }
    }
}

/// The name of a file in messages: from the current folder, where it lies below that.
fn shown(path: &Path) -> String {
    // The program stays where it was started.
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| std::env::current_dir().unwrap_or_default());
    let below = path.strip_prefix(&*FOLDER).ok().filter(|_| path.is_absolute());
    below.unwrap_or(path).display().to_string()
}
