//! Finding an environment's file, following `extends`, and laying the layers over each other.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fields::{Found, listed, nearest, one_or_many};
use super::node::{Entry, Node, Value, shorten};
use super::scalar::{At, at};
use super::settings::{Environment, environment};
use super::values::plain;
use super::yaml;
use crate::diagnostic::Diagnostic;
use crate::text::{MAX_FILE, SourceFile, Sources, Span};

/// How many files may extend one another in a row; more than a person could follow.
const DEEPEST: usize = 32;

/// The folder a project lives in: `environments/`, `templates/` and `snapshots/` are below it.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The project in folder `root`.
    pub fn new(root: impl Into<PathBuf>) -> Project {
        let root = root.into();
        Project { root: if root == Path::new(".") { PathBuf::new() } else { root } }
    }

    /// The folder of a kind: `environments`, `templates`, `snapshots`.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The names of all environments in order. A leading underscore marks a fragment, which is none.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn environments(&self) -> std::io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.folder("environments"))? {
            let path = entry?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|extension| extension == "yaml") && !stem.starts_with(['_', '.'])
            {
                names.push(stem.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

/// Loads the environment called `name`.
///
/// # Errors
/// All faults, of this file and of every file it extends.
pub fn load(project: &Project, name: &str, sources: &mut Sources) -> Result<Environment, Vec<Diagnostic>> {
    let path = project.folder("environments").join(format!("{name}.yaml"));
    if !path.is_file() || name.starts_with('_') {
        return Err(vec![no_environment(project, name)]);
    }
    if let Some(fault) = odd_name(name) {
        return Err(vec![fault]);
    }
    let mut loader = Loader { sources, found: vec![], open: vec![], done: HashMap::new() };
    let layers = loader.layers(&path, None);
    let mut found = loader.found;
    // What a file that could not be read would have brought is not missed as well.
    let incomplete = !found.is_empty();
    let read = layers.and_then(|node| environment(name, &node, &mut found));
    found.retain(|fault| !(incomplete && matches!(fault.code, "missing-key" | "unknown-service")));
    match read {
        Some(environment) if found.is_empty() => Ok(environment),
        _ => {
            found.sort_by_key(|fault| fault.span().map(|span| (span.file, span.start)));
            found.dedup();
            Err(found)
        }
    }
}

/// The name is printed in every rendered file, names one of them, and is typed in commands.
fn odd_name(name: &str) -> Option<Diagnostic> {
    let odd = name.chars().find(|c| !(c.is_alphanumeric() || "-_.".contains(*c)))?;
    let message = format!("`{}` in the name of an environment", odd.escape_debug());
    let fault = Diagnostic::error("environment-name", message);
    let why = format!("`{}.yaml` would be called so in rendered files and in commands", shorten(name));
    Some(fault.why(why).help("rename its file: letters, digits, `-`, `_` and `.` are plain everywhere"))
}

fn no_environment(project: &Project, name: &str) -> Diagnostic {
    let folder = project.folder("environments");
    let shown = shorten(name);
    let fault = Diagnostic::error("unknown-environment", format!("no environment is called `{shown}`"));
    if name.starts_with('_') {
        return fault.help(
            "a leading underscore marks a fragment, for `extends`; name an environment that extends it",
        );
    }
    if name.contains('/') || Path::new(name).extension().is_some_and(|e| e == "yaml") {
        return fault.help("give its name, not its file: `prod` for `environments/prod.yaml`");
    }
    match project.environments() {
        Err(error) => fault
            .why(format!("the folder `{}` cannot be read: {error}", folder.display()))
            .help("start nginx-gen in the folder that holds `environments/`, or name that folder with `-C`"),
        Ok(names) => match nearest(name, names.iter().map(String::as_str)) {
            Some(meant) => fault.help(format!("did you mean `{meant}`?")),
            None if names.is_empty() => {
                fault.help(format!("write `{}`", folder.join(format!("{shown}.yaml")).display()))
            }
            None => fault.help(format!("known environments: {}", listed(names.iter().map(String::as_str)))),
        },
    }
}

struct Loader<'s> {
    sources: &'s mut Sources,
    found: Found,
    /// The files being read, each extended by the one before it.
    open: Vec<PathBuf>,
    /// The files that were read, with all they extend: each is read once, however many extend it.
    done: HashMap<PathBuf, Node>,
}

impl Loader<'_> {
    /// Reads a file and lays it over all it extends.
    fn layers(&mut self, path: &Path, named_at: Option<Span>) -> Option<Node> {
        let identity = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if self.open.contains(&identity) {
            self.found.push(self.cycle(path, &identity, named_at));
            return None;
        }
        if let Some(known) = self.done.get(&identity) {
            return Some(known.clone());
        }
        if self.open.len() == DEEPEST {
            let message = format!("more than {DEEPEST} files extend one another");
            let fault = Diagnostic::error("extends-cycle", message).help("lay fewer files over each other");
            self.found.extend(named_at.map(|span| fault.at(span, "one too many")));
            return None;
        }
        let node = self.read(path, named_at)?;
        self.open.push(identity.clone());
        let base = self.bases(&node, path);
        self.open.pop();
        let whole = match base {
            Some(base) => over(&base, node),
            None => node,
        };
        self.done.insert(identity, whole.clone());
        Some(whole)
    }

    /// Reads one file, whatever it extends.
    fn read(&mut self, path: &Path, named_at: Option<Span>) -> Option<Node> {
        let text = match read_text(path) {
            Ok(text) => text,
            Err(why) => {
                self.found.push(unreadable(path, &why, named_at));
                return None;
            }
        };
        let file =
            self.sources.add(SourceFile::new(path.display().to_string(), String::from_utf8_lossy(&text)));
        if let Err(error) = std::str::from_utf8(&text) {
            // What stands before the odd byte is as long in the text that is shown.
            let at = Span::new(file, error.valid_up_to(), error.valid_up_to());
            let fault = Diagnostic::error("yaml-syntax", format!("`{}` is not UTF-8", path.display()));
            self.found.push(fault.at(at, "not a character").help("save the file as UTF-8"));
            return None;
        }
        let faults = self.found.len();
        let node = yaml::read(file, self.sources.file(file), &mut self.found);
        let node = node.filter(|node| !matches!(node.value, Value::Null));
        if node.is_none() && self.found.len() == faults {
            let fault = Diagnostic::error("wrong-type", format!("`{}` is empty", path.display()));
            let fault = fault.at(Span::new(file, 0, 0), "nothing to read");
            self.found.push(fault.help("an environment needs at least `sites`"));
        }
        node
    }

    /// All that a file extends, later ones over earlier ones.
    fn bases(&mut self, node: &Node, path: &Path) -> Option<Node> {
        let Value::Mapping(entries) = &node.value else { return None };
        let extends = entries.iter().find(|entry| &*entry.key == "extends")?;
        let named: Vec<At<String>> =
            one_or_many(&extends.value, "a file to extend", &mut self.found, |node, found| {
                at(node, found, |node, found| plain(node, "a file to extend", found))
            })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let layers: Vec<_> =
            named.iter().map(|name| self.layers(&folder.join(name.as_str()), Some(name.span))).collect();
        layers.into_iter().flatten().reduce(|base, top| over(&base, top))
    }

    fn cycle(&self, path: &Path, identity: &Path, named_at: Option<Span>) -> Diagnostic {
        let name =
            |path: &Path| path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let from = self.open.iter().position(|open| open == identity).unwrap_or(0);
        let mut chain: Vec<_> = self.open[from..].iter().map(|path| format!("`{}`", name(path))).collect();
        chain.push(format!("`{}`", name(path)));
        let fault = Diagnostic::error("extends-cycle", format!("`{}` extends itself", name(path)));
        let fault = fault.help(format!("break the chain: {}", chain.join(" → ")));
        match named_at {
            Some(span) => fault.at(span, "comes back to a file that is being read"),
            None => fault,
        }
    }
}

fn read_text(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    })?;
    if bytes.len() > MAX_FILE {
        return Err("it is larger than 1 GiB".to_owned());
    }
    Ok(bytes)
}

fn unreadable(path: &Path, why: &str, named_at: Option<Span>) -> Diagnostic {
    let fault = Diagnostic::error("unreadable-file", format!("`{}` cannot be read: {why}", path.display()));
    match named_at {
        Some(span) => {
            fault.at(span, "named here").help("`extends` names files relative to the file it stands in")
        }
        None => fault,
    }
}

/// Lays `top` over `base`: mappings are merged key by key, everything else is replaced.
fn over(base: &Node, top: Node) -> Node {
    let (Value::Mapping(below), Value::Mapping(above)) = (&base.value, &top.value) else { return top };
    let by_key = |entries: &'_ [Entry]| -> HashMap<Arc<str>, Node> {
        entries.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect()
    };
    let (lower, upper) = (by_key(below), by_key(above));
    let mut entries: Vec<Entry> = above
        .iter()
        .map(|entry| match lower.get(&entry.key) {
            Some(lower) => Entry { value: over(lower, entry.value.clone()), ..entry.clone() },
            None => entry.clone(),
        })
        .collect();
    entries.extend(below.iter().filter(|entry| !upper.contains_key(&entry.key)).cloned());
    let size = base.size.saturating_add(top.size);
    Node { value: Value::Mapping(Arc::from(entries)), size, ..top }
}
