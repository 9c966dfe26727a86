//! One file, read and parsed, before its `include`s are followed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rayon::iter::Either;
use rayon::prelude::*;

use super::faults;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{foreign, lookup};
use crate::nginx::parser::parse;
use crate::nginx::tree::{Directive, Mould, Moves, Tree};
use crate::text::{FileId, SourceFile, Sources};

/// Up to this many files are parsed by one core: waking the others takes longer.
const FEW: usize = 32;

/// After so many files that few others repeat no more are looked for.
const IN_VAIN: usize = 8;

/// Parsing a file takes as long as seeing of so many that they do not repeat another.
const SEEN: usize = 64;

/// A file as it was parsed, to be put in wherever it is included.
#[derive(Debug)]
pub struct Part {
    /// Where it was read from.
    pub path: PathBuf,
    /// Its id among the sources.
    pub file: FileId,
    /// Its own, or that of the file it repeats.
    pub(super) tree: Arc<Tree>,
    pub(super) faults: Vec<Diagnostic>,
    /// The file that this one repeats under other names.
    pub(super) repeated: Option<FileId>,
    /// How it differs from that, while the tree is that one's.
    pub(super) moves: Option<Moves>,
}

impl Part {
    /// Takes a text in and parses it.
    pub fn new(sources: &mut Sources, path: PathBuf, bytes: Vec<u8>) -> Part {
        Text::of((path, bytes)).taken_in(sources).parse(sources)
    }

    /// What others may be that repeat it; none where something is wrong in it.
    fn mould<'t>(&'t self, sources: &'t Sources) -> Option<Mould<'t>> {
        Some(&*self.tree).filter(|_| self.faults.is_empty()).and_then(|tree| Mould::of(tree, sources))
    }

    /// The same with a tree of its own.
    fn with_own_tree(self) -> Part {
        let Some(moves) = &self.moves else { return self };
        Part { tree: Arc::new(moves.tree(&self.tree)), moves: None, ..self }
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

/// The same of many, side by side.
pub fn parse_all(sources: &mut Sources, files: Vec<(PathBuf, Vec<u8>)>) -> Vec<Part> {
    let parts = parse_kinds(sources, files);
    if parts.iter().all(|part| part.moves.is_none()) {
        return parts;
    }
    parts.into_par_iter().map(Part::with_own_tree).collect()
}

/// The same; those that repeat one another under other names are parsed once, and have one tree.
pub(super) fn parse_kinds(sources: &mut Sources, files: Vec<(PathBuf, Vec<u8>)>) -> Vec<Part> {
    let is_few = files.len() <= FEW;
    let texts: Vec<_> = match is_few {
        true => files.into_iter().map(Text::of).collect(),
        false => files.into_par_iter().map(Text::of).collect(),
    };
    let taken: Vec<_> = texts.into_iter().map(|text| text.taken_in(sources)).collect();
    let sources = &*sources;
    if is_few {
        return taken.into_iter().map(|one| one.parse(sources)).collect();
    }
    let (mut parts, left) = of_kinds(taken, sources);
    parts.par_extend(left.into_par_iter().map(|one| one.parse(sources)));
    parts.sort_unstable_by_key(|part| part.file);
    parts
}

/// Parses the first file of each kind, as long as there are kinds of many files, and finds those that repeat it. What is
/// left may be of any kind.
fn of_kinds(mut left: Vec<Taken>, sources: &Sources) -> (Vec<Part>, Vec<Taken>) {
    let (mut parts, mut in_vain) = (Vec::with_capacity(left.len()), 0);
    while in_vain < IN_VAIN && !left.is_empty() {
        let first = left.remove(0).parse(sources);
        if let Some(mould) = first.mould(sources) {
            let repeating = |one: Taken| one.repeating(&first, &mould, sources);
            let (repeating, others): (Vec<Part>, Vec<Taken>) = left.into_par_iter().partition_map(repeating);
            in_vain += usize::from(repeating.len() * SEEN < others.len());
            parts.extend(repeating);
            left = others;
        } else {
            in_vain += 1;
        }
        parts.push(first);
    }
    (parts, left)
}

/// The text of a file.
struct Text {
    path: PathBuf,
    file: SourceFile,
    is_lossy: bool,
}

impl Text {
    fn of((path, bytes): (PathBuf, Vec<u8>)) -> Text {
        // nginx does not care for its encoding, so nothing is refused.
        let (text, is_lossy) = match String::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(fault) => (String::from_utf8_lossy(fault.as_bytes()).into_owned(), true),
        };
        let file = SourceFile::new(shown(&path), text);
        Text { path, file, is_lossy }
    }

    fn taken_in(self, sources: &mut Sources) -> Taken {
        Taken { path: self.path, file: sources.add(self.file), is_lossy: self.is_lossy }
    }
}

/// A file whose text is among the sources.
struct Taken {
    path: PathBuf,
    file: FileId,
    is_lossy: bool,
}

impl Taken {
    fn parse(self, sources: &Sources) -> Part {
        let Taken { path, file, is_lossy } = self;
        let text = sources.file(file).text();
        let mut faults = Vec::from_iter(is_lossy.then(|| faults::not_utf8(file, text)));
        let (tree, told) = parse(file, text);
        faults.extend(told);
        Part { path, file, tree: Arc::new(tree), faults, repeated: None, moves: None }
    }

    /// What it is when it repeats another file, else itself.
    fn repeating(self, first: &Part, mould: &Mould<'_>, sources: &Sources) -> Either<Part, Taken> {
        let text = sources.file(self.file).text();
        let moves = Some(mould).filter(|_| !self.is_lossy).and_then(|mould| mould.fits(self.file, text));
        if moves.is_none() {
            return Either::Right(self);
        }
        let Taken { path, file, .. } = self;
        let (tree, repeated) = (Arc::clone(&first.tree), Some(first.file));
        Either::Left(Part { path, file, tree, faults: vec![], repeated, moves })
    }
}

/// The name of a file in messages: from the current folder, where it lies below that.
fn shown(path: &Path) -> String {
    // The program stays where it was started.
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| std::env::current_dir().unwrap_or_default());
    let below = path.strip_prefix(&*FOLDER).ok().filter(|_| path.is_absolute());
    below.unwrap_or(path).display().to_string()
}
