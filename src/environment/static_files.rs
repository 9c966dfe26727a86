//! Locations of type `static`: files that nginx serves itself.

use super::fields::{Fields, Found, Key, key, list};
use super::location::Modifier;
use super::node::{Node, shorten};
use super::scalar::{At, as_written, truth};
use super::values::{Time, bad_value, file_path, plain, seconds};
use crate::diagnostic::Diagnostic;
use crate::nginx::token::{Dollar, quote};

/// Keys of a static location.
pub(super) const KEYS: &[Key] = &[
    key(
        "root",
        "folder",
        "the folder that holds the whole path: `/app/x` of location `/app/` is `<root>/app/x`",
    ),
    key("alias", "folder", "the folder in place of the location's path: `/app/x` is `<alias>/x`"),
    key("index", "file name", "the file served for a folder; nginx's `index.html` when left out"),
    key(
        "try_files",
        "list",
        "what to look for in turn, such as `[$uri, $uri/, =404]`; nginx variables are meant here",
    ),
    key("spa", "`true` or `false`", "a single-page application: every unknown path gets its `index.html`"),
    key("expires", "duration, `max`, `off`, `epoch`", "how long browsers may keep the files"),
];

/// The files of a static location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticFiles {
    /// Where they lie.
    pub folder: Folder,
    /// The file served for a folder.
    pub index: Option<String>,
    /// What to look for in turn; empty when nginx looks for the path alone.
    pub try_files: Vec<String>,
    /// How long browsers may keep them.
    pub expires: Option<String>,
}

/// How a request's path becomes a file's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Folder {
    /// `root`: the whole path is appended.
    Root(String),
    /// `alias`: the location's path is replaced.
    Alias(String),
}

/// Reads the keys of a static location.
pub(super) fn read(
    fields: &Fields<'_>,
    at_path: Option<(&At<String>, Modifier)>,
    found: &mut Found,
) -> Option<StaticFiles> {
    let folder = folder(fields, at_path, found);
    let index = fields.optional("index", found, index);
    let expires = fields.optional("expires", found, expires);
    let spa = fields.optional("spa", found, truth).unwrap_or(false);
    let mut try_files = fields.optional("try_files", found, try_files).unwrap_or_default();
    if spa && let Some((path, modifier)) = at_path {
        match single_page(fields, path, modifier) {
            Ok(steps) => try_files = steps,
            Err(fault) => found.push(*fault),
        }
    }
    Some(StaticFiles { folder: folder?, index, try_files, expires })
}

fn folder(
    fields: &Fields<'_>,
    at_path: Option<(&At<String>, Modifier)>,
    found: &mut Found,
) -> Option<Folder> {
    let root = fields.optional("root", found, file_path);
    let alias = fields.optional("alias", found, file_path);
    match (fields.entry("root"), fields.entry("alias")) {
        (None, None) => {
            found.push(fields.missing("root").help("say where the files lie: `root: /srv/www`"));
            None
        }
        (Some(_), None) => root.map(Folder::Root),
        (Some(root), Some(alias)) => {
            let fault = Diagnostic::error("bad-value", "`root` and `alias` exclude each other")
                .at(alias.key_span, "second")
                .at(root.key_span, "first");
            found.push(fault.why(
                "nginx says `\"alias\" directive is duplicate, \"root\" directive was specified earlier`",
            ));
            None
        }
        (None, Some(entry)) => {
            let (alias, (path, modifier)) = (alias?, at_path?);
            match alias_fault(&alias, path, modifier) {
                None => Some(Folder::Alias(alias)),
                Some((why, help)) => {
                    found.push(
                        bad_value(&entry.value, "this `alias` does not fit its location").why(why).help(help),
                    );
                    None
                }
            }
        }
    }
}

fn alias_fault(alias: &str, path: &str, modifier: Modifier) -> Option<(&'static str, String)> {
    if modifier.is_regex() {
        return Some(("in a regex location an alias needs captures", "use `root`".to_owned()));
    }
    if alias.ends_with('/') != path.ends_with('/') {
        return Some((
            "nginx replaces exactly the location's path: `location /a` with `alias /srv/a/` serves `/a../x` from `/srv/a/../x`",
            "end both with `/`".to_owned(),
        ));
    }
    None
}

fn single_page(
    fields: &Fields<'_>,
    path: &At<String>,
    modifier: Modifier,
) -> Result<Vec<String>, Box<Diagnostic>> {
    let fault = |name: &str, message: &'static str, help: &'static str| {
        let span = fields.entry(name).map_or(path.span, |entry| entry.key_span);
        Err(Box::new(Diagnostic::error("bad-value", message).at(span, "").help(help)))
    };
    if fields.entry("try_files").is_some() {
        return fault(
            "try_files",
            "`spa` and `try_files` exclude each other",
            "`spa` writes its own: delete `try_files`",
        );
    }
    if !(modifier.is_prefix() && path.ends_with('/')) {
        let message = "`spa` needs a prefix location whose path ends in `/`";
        return fault(
            "spa",
            message,
            "its `index.html` is looked for directly below the path: end it with `/`",
        );
    }
    Ok(vec!["$uri".to_owned(), format!("{}index.html", path.value)])
}

fn index(node: &Node, found: &mut Found) -> Option<String> {
    let name = plain(node, "a file name", found)?;
    if name.is_empty() {
        found.push(bad_value(node, "the name of an index file is empty").help("delete the key"));
        return None;
    }
    Some(name)
}

/// What is wrong with an entry of `try_files`, and what to write; `=…` means a status at the end only.
fn step_fault(step: &str, last: bool) -> Option<(&'static str, &'static str)> {
    let Some(status) = step.strip_prefix('=') else {
        return step
            .is_empty()
            .then_some(("nginx reads one byte before an empty name", "write `$uri`, or delete it"));
    };
    if !last {
        return Some(("a status stands at the end, where nothing was found", "write it last"));
    }
    let digits = (1..=3).contains(&status.len()) && status.bytes().all(|byte| byte.is_ascii_digit());
    (!digits).then_some(("what stands behind `=` is a status of HTTP", "write for example `=404`"))
}

fn try_files(node: &Node, found: &mut Found) -> Option<Vec<String>> {
    let steps = list(node, "a list of files to try", found, |node, found| {
        let untagged = Node { tag: None, ..node.clone() };
        let step = as_written(&untagged, "a file to try", found)?;
        if let Err(error) = quote(step, Dollar::Variable) {
            found.push(bad_value(node, format!("nginx cannot express `{}`: {error}", shorten(step))));
        }
        Some((step.to_owned(), node))
    })?;
    for (place, (step, at)) in steps.iter().enumerate() {
        if let Some((why, help)) = step_fault(step, place + 1 == steps.len()) {
            let message = format!("`{}` is nothing to try", shorten(step));
            found.push(bad_value(at, message).why(why).help(help));
        }
    }
    let steps: Vec<String> = steps.into_iter().map(|(step, _)| step).collect();
    if steps.len() < 2 {
        let fault =
            bad_value(node, "`try_files` needs at least two entries: a file, and what to do without it");
        found.push(fault.help("end the list with `=404`, or with a path such as `/index.html`"));
        return None;
    }
    Some(steps)
}

fn expires(node: &Node, found: &mut Found) -> Option<String> {
    let text = as_written(node, "a duration", found)?;
    if ["max", "off", "epoch"].contains(&text) {
        return Some(text.to_owned());
    }
    seconds(node, found).map(|Time { text, .. }| text)
}
