//! Follows `include` and joins the files in one tree (`ngx_conf_include`).

use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::missing::Missing;
use super::part::{Part, parse_all, parse_kinds};
use super::{Disk, Files, Memory, Scope, UNREAD_INCLUDE, faults, glob};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::Context;
use crate::nginx::recovery::recover;
use crate::nginx::tree::{Block, Builder, Tree};
use crate::text::{FileId, Sources, Span};

/// How deep files may include one another. nginx would go on until it has no file handles left.
const MAX_DEPTH: usize = 32;

/// How many directives a configuration may have once all is included: files that include one another twice each
/// double at every step.
const MAX_DIRECTIVES: usize = 50_000_000;

/// Up to this many files are read one by one.
const FEW: usize = 32;

/// A configuration with all its files.
#[derive(Debug)]
pub struct Configuration {
    /// What nginx reads, in its order. What a file brings stands beside its `include`.
    pub tree: Tree,
    /// The file it starts from.
    pub file: FileId,
    /// The file that this one alone repeats under other names.
    pub repeated: Option<FileId>,
    scope: OnceLock<Scope>,
    /// What is wrong with the text of the files, each file once, and with their `include`s.
    pub faults: Vec<Diagnostic>,
}

impl Configuration {
    /// The top of the tree.
    pub fn root<'t>(&'t self, sources: &'t Sources) -> Block<'t> {
        self.tree.root(sources)
    }

    /// What the file it starts from is the content of; where braces went wrong, as it was most likely meant.
    pub fn scope(&self, sources: &Sources) -> Scope {
        *self.scope.get_or_init(|| scope(&self.tree, sources, &self.faults))
    }

    /// Whether the text of all files that were read is nginx's language.
    pub fn is_well_formed(&self) -> bool {
        let is_fault = |fault: &Diagnostic| fault.severity == Severity::Error && fault.code != UNREAD_INCLUDE;
        !self.faults.iter().any(is_fault)
    }
}

/// Loads a file and all it includes.
///
/// Relative includes are searched from `prefix`; without one, from the folder a file of that place is usually
/// included from: `/etc/nginx` for `/etc/nginx/sites-available/a`, else the nearest above it with an `nginx.conf`.
///
/// # Errors
/// When the file itself cannot be read. Included files that cannot are among the faults: errors where a whole
/// configuration lies in the folder that its own `include`s name, so that nginx would miss them as well.
pub fn load(
    sources: &mut Sources,
    files: &dyn Files,
    path: &Path,
    prefix: Option<&Path>,
) -> io::Result<Configuration> {
    let bytes = files.read(path)?;
    let path = std::path::absolute(path)?;
    let prefix = prefix.map_or_else(|| usual_prefix(files, &path), Path::to_owned);
    Ok(load_parts(sources, files, prefix, vec![(path, bytes)]))
}

/// The same of a file that has been read and parsed already, by its absolute path.
pub fn follow(sources: &mut Sources, files: &dyn Files, part: Part) -> Configuration {
    if part.tree.holds_include() {
        let prefix = usual_prefix(files, &part.path);
        return Loader::new(sources, files, prefix).run(vec![part]);
    }
    let Part { file, tree, faults, repeated, .. } = part;
    let tree = Arc::try_unwrap(tree).unwrap_or_else(|shared| (*shared).clone());
    Configuration { tree, file, repeated, scope: OnceLock::new(), faults }
}

fn scope(tree: &Tree, sources: &Sources, faults: &[Diagnostic]) -> Scope {
    let broken = faults.iter().filter(|fault| fault.severity == Severity::Error);
    let files: HashSet<_> = broken.filter_map(|fault| Some(fault.span()?.file)).collect();
    let recovered = if files.is_empty() { None } else { recover(tree, sources, &files) };
    Scope::of(recovered.as_ref().map_or(tree, |recovered| &recovered.tree).root(sources))
}

/// Reads one text with the includes it has on this machine.
pub fn load_text(sources: &mut Sources, name: &str, text: String, prefix: &Path) -> Configuration {
    load_parts(sources, &Disk, prefix.to_owned(), vec![(PathBuf::from(name), text.into_bytes())])
}

/// Reads texts that no disk holds as nginx reads a folder of sites: one behind the other, in this order.
pub fn join(sources: &mut Sources, files: impl IntoIterator<Item = (String, String)>) -> Configuration {
    let files = files.into_iter().map(|(name, text)| (PathBuf::from(name), text.into_bytes())).collect();
    load_parts(sources, &Memory::default(), PathBuf::from("/etc/nginx"), files)
}

fn load_parts(
    sources: &mut Sources,
    files: &dyn Files,
    prefix: PathBuf,
    texts: Vec<(PathBuf, Vec<u8>)>,
) -> Configuration {
    let parts = parse_all(sources, texts);
    Loader::new(sources, files, prefix).run(parts)
}

/// How far above a file its `nginx.conf` is looked for.
const NEAR: usize = 4;

/// nginx searches relative includes in the folder of `nginx.conf`: the one above a folder that is usually inside it,
/// else the nearest that has one, else the file's own.
fn usual_prefix(files: &dyn Files, path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_inner =
        ["sites-available", "sites-enabled", "conf.d", "snippets", "modules-enabled"].contains(&name);
    if is_inner {
        return folder.parent().unwrap_or(folder).to_owned();
    }
    let has_main = |above: &&Path| files.has(&above.join("nginx.conf"));
    folder.ancestors().take(NEAR).find(has_main).unwrap_or(folder).to_owned()
}

struct Loader<'a> {
    sources: &'a mut Sources,
    files: &'a dyn Files,
    prefix: PathBuf,
    builder: Builder,
    /// Each file is read and parsed once.
    parsed: HashMap<PathBuf, Rc<Part>>,
    /// Files read together with others of their pattern, whose turn has not come yet.
    ahead: HashMap<PathBuf, Part>,
    /// Where the directives of files that were copied at once begin.
    copied: HashMap<FileId, usize>,
    /// The files being put in, outermost first.
    open: Vec<FileId>,
    /// The `include`s that lead in a circle: one in a snippet is met wherever the snippet is included.
    told: HashSet<Span>,
    missing: Missing,
    /// Whether an absolute `include` was read from the folder that relative ones are searched in.
    is_installed: bool,
    faults: Vec<Diagnostic>,
}

impl<'a> Loader<'a> {
    fn new(sources: &'a mut Sources, files: &'a dyn Files, prefix: PathBuf) -> Loader<'a> {
        Loader {
            sources,
            files,
            prefix,
            builder: Builder::default(),
            parsed: HashMap::new(),
            ahead: HashMap::new(),
            copied: HashMap::new(),
            open: Vec::new(),
            told: HashSet::new(),
            missing: Missing::default(),
            is_installed: false,
            faults: Vec::new(),
        }
    }

    fn run(mut self, parts: Vec<Part>) -> Configuration {
        let parts: Vec<_> = parts.into_iter().map(|part| self.take_in(part)).collect();
        for part in &parts {
            self.put_in(part, part.tree.all());
        }
        let mut files: Vec<_> = self.parsed.values().collect();
        files.sort_unstable_by_key(|part| part.file);
        for part in files {
            self.builder.comments_of(&part.tree, part.moves.as_ref());
        }
        let tree = self.builder.into_joined_tree();
        let root = tree.root(self.sources);
        let scope = scope(&tree, self.sources, &self.faults);
        let is_whole = scope.context() == Some(Context::Main);
        let is_installed = self.is_installed && is_whole && self.files.are_of_a_machine();
        self.faults.extend(self.missing.faults(root, is_installed, is_whole));
        let file = parts.first().map_or_else(|| self.sources.reserve(), |part| part.file);
        Configuration { tree, file, repeated: None, scope: scope.into(), faults: self.faults }
    }

    /// It is the turn of this file, and of what is wrong with it.
    fn take_in(&mut self, mut part: Part) -> Rc<Part> {
        self.faults.append(&mut part.faults);
        let path = part.path.clone();
        let part = Rc::new(part);
        self.parsed.insert(path, Rc::clone(&part));
        part
    }

    /// Copies directives of a file into the joined tree, and what they include behind them.
    fn put_in(&mut self, part: &Rc<Part>, siblings: Range<u32>) {
        self.open.push(part.file);
        for id in part.tree.siblings(siblings) {
            if self.builder.len() >= MAX_DIRECTIVES {
                break;
            }
            self.builder.copy(&part.tree, id);
            let directive = part.tree.directive(self.sources, id);
            if directive.is_block() {
                self.put_in(part, part.tree.below(id));
                self.builder.leave();
            } else if directive.is("include")
                && let Some(target) = directive.arg(0)
            {
                let (target, span) = (target.value().into_owned(), directive.head_span());
                self.builder.enter_include();
                self.include(part, &target, span);
                self.builder.leave();
            }
        }
        self.open.pop();
    }

    fn include(&mut self, includer: &Part, target: &str, span: Span) {
        // `join` takes an absolute target as it is.
        let path = self.prefix.join(target);
        let paths = match path.to_str() {
            Some(pattern) if glob::is_pattern(target) => self.files.glob(pattern),
            _ => vec![path],
        };
        if paths.is_empty() {
            self.missing.pattern(target, span);
        }
        self.read_ahead(&paths);
        for path in paths {
            let part = match self.part(&path) {
                Ok(part) => part,
                Err(fault) => {
                    let beside = self.beside(target, &includer.path);
                    self.missing.file(target, &path, span, &fault, beside);
                    continue;
                }
            };
            self.is_installed |= target.starts_with('/') && path.starts_with(&self.prefix);
            let depth = self.includes_open();
            if self.open.contains(&part.file) || depth >= MAX_DEPTH {
                if self.told.insert(span) {
                    self.faults.push(faults::cycle(span, &path));
                }
                continue;
            }
            let fits = self.builder.len() + part.tree.len() < MAX_DIRECTIVES;
            if fits && !part.tree.holds_include() {
                self.copy_all(&part);
            } else if part.moves.is_none() {
                self.put_in(&part, part.tree.all());
            }
        }
    }

    /// What a file is called from the folder that nginx searches, where it lies beside the one that includes it.
    fn beside(&self, target: &str, includer: &Path) -> Option<String> {
        let path = includer.parent()?.join(target);
        let meant = path.strip_prefix(&self.prefix).ok().filter(|_| self.files.has(&path))?;
        Some(meant.to_str()?.to_owned())
    }

    /// Copies a file without `include`s at once.
    fn copy_all(&mut self, part: &Part) {
        let start = self.builder.len();
        if let Some(moves) = &part.moves {
            let first = part.repeated.and_then(|first| self.copied.get(&first));
            self.builder.copy_moved(&part.tree, moves, first.copied());
        } else {
            self.builder.copy_all(&part.tree);
            self.copied.entry(part.file).or_insert(start);
        }
    }

    /// Reads and parses what a pattern brings, side by side where it is much.
    fn read_ahead(&mut self, paths: &[PathBuf]) {
        if paths.len() <= FEW {
            return;
        }
        let new = |path: &&PathBuf| !self.parsed.contains_key(*path) && !self.ahead.contains_key(*path);
        let paths: Vec<_> = paths.iter().filter(new).collect();
        // What cannot be read is told when its turn comes.
        let read = |path: &PathBuf| Some((path.clone(), self.files.read(path).ok()?));
        let texts = paths.into_par_iter().filter_map(read).collect();
        let parts = parse_kinds(self.sources, texts);
        self.builder.reserve(parts.iter().map(|part| &*part.tree));
        self.ahead.extend(parts.into_iter().map(|part| (part.path.clone(), part)));
    }

    /// How many files are being put in: a file stands once in `open` for every block of it that is open.
    fn includes_open(&self) -> usize {
        self.open.chunk_by(|a, b| a == b).count()
    }

    fn part(&mut self, path: &Path) -> io::Result<Rc<Part>> {
        if let Some(known) = self.parsed.get(path) {
            return Ok(Rc::clone(known));
        }
        let part = match self.ahead.remove(path) {
            Some(part) => part,
            None => Part::new(self.sources, path.to_owned(), self.files.read(path)?),
        };
        Ok(self.take_in(part))
    }
}
