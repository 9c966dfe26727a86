//! `nginx-gen lint`: hand-written nginx files, folders of them, and dumps, held to the same rules.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::findings::Reporting;
use super::rules::Chosen;
use super::{Outcome, Run};
use crate::diagnostic::Diagnostic;
use crate::lint::{self, Rule, Subject};
use crate::nginx::check::{Target, check};
use crate::nginx::directives::Context;
use crate::nginx::source::{Configuration, Disk, Dump, Scope, load, load_text};
use crate::nginx::version::Version;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files, folders of files, what `nginx -T` printed; `-` for standard input
    #[arg(required = true)]
    paths: Vec<PathBuf>,

    /// The nginx that is to read them
    #[arg(long, value_name = "VERSION", value_parser = Version::parse, default_value_t = Version::NEWEST)]
    nginx_version: Version,

    #[command(flatten)]
    chosen: Chosen,

    #[command(flatten)]
    reporting: Reporting,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let rules = match args.chosen.rules() {
        Ok(rules) => rules,
        Err(unknown) => return Ok(run.failed(&unknown)),
    };
    let mut found = Vec::new();
    for configuration in configurations(run, &args.paths)? {
        found.extend(judge(run, configuration, args.nginx_version, &rules));
    }
    args.reporting.print(run, &found, &shown(&args.paths))?;
    Ok(args.reporting.outcome(&found))
}

/// What is wrong with a configuration, and what the rules say of it. What could not be read as nginx's language
/// is not judged any further.
fn judge(run: &Run, configuration: Configuration, version: Version, rules: &[&Rule]) -> Vec<Diagnostic> {
    let Configuration { tree, scope, faults: mut found, .. } = configuration;
    if found.iter().any(|fault| fault.severity == crate::diagnostic::Severity::Error) {
        return found;
    }
    found.extend(check(tree.root(&run.sources), Target { version, top: context(scope) }));
    found.extend(lint::check_by(rules, &Subject::new(&tree, &run.sources, &[], version)));
    found
}

fn context(scope: Scope) -> Context {
    match scope {
        Scope::Main => Context::Main,
        Scope::Http => Context::Http,
        Scope::Upstream => Context::Upstream,
        Scope::Server => Context::Server,
        Scope::Location => Context::Location,
    }
}

/// Loads everything that was named. A file that another one includes is judged there, and not once more.
fn configurations(run: &mut Run, paths: &[PathBuf]) -> anyhow::Result<Vec<Configuration>> {
    let mut loaded = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).context("standard input cannot be read")?;
            loaded.push(text(run, "<stdin>", &String::from_utf8_lossy(&bytes))?);
            continue;
        }
        let mut seen = HashSet::new();
        for file in files(path)? {
            if !seen.contains(&real(&file)) {
                let known = run.sources.count();
                loaded.push(one(run, &file)?);
                seen.extend(run.sources.names_behind(known).map(|name| real(Path::new(name))));
            }
        }
    }
    Ok(loaded)
}

/// A path by which a file is known again, however it was reached: sites-enabled holds links.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn one(run: &mut Run, path: &Path) -> anyhow::Result<Configuration> {
    let unreadable = || format!("`{}` cannot be read", path.display());
    let bytes = std::fs::read(path).with_context(unreadable)?;
    match Dump::read(&String::from_utf8_lossy(&bytes)) {
        Some(dump) => dumped(run, &dump),
        None => load(&mut run.sources, &Disk, path, None).with_context(unreadable),
    }
}

fn text(run: &mut Run, name: &str, text: &str) -> anyhow::Result<Configuration> {
    match Dump::read(text) {
        Some(dump) => dumped(run, &dump),
        None => Ok(load_text(&mut run.sources, name, text.to_owned(), &std::env::current_dir()?)),
    }
}

fn dumped(run: &mut Run, dump: &Dump) -> anyhow::Result<Configuration> {
    Ok(load(&mut run.sources, dump.files(), dump.main(), None)?)
}

/// What lies in nginx's folders and is not its language. Sites are named as their servers, so their names tell
/// nothing.
const FOREIGN: [&str; 16] = [
    "~",
    ".bak",
    ".orig",
    ".dpkg-old",
    ".dpkg-dist",
    ".pem",
    ".key",
    ".crt",
    ".csr",
    ".html",
    ".js",
    ".lua",
    ".md",
    ".txt",
    ".so",
    "htpasswd",
];

/// A file, or the files of a folder: `nginx.conf` before all, for it includes the others; then the outer ones
/// before those of folders inside, which they may include.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = || format!("`{}` cannot be read", folder.display());
        for entry in std::fs::read_dir(&folder).with_context(unreadable)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || FOREIGN.iter().any(|end| name.ends_with(end)) {
                continue;
            }
            // A link to a folder may lead round in a circle.
            match entry.file_type()? {
                kind if kind.is_dir() => folders.push(entry.path()),
                _ if entry.path().is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    let rank = |file: &PathBuf| {
        let is_main = file.file_name().is_some_and(|name| name == "nginx.conf");
        (!is_main, file.components().count(), file.clone())
    };
    files.sort_by_cached_key(rank);
    Ok(files)
}

fn shown(paths: &[PathBuf]) -> String {
    let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join(", ")
}
