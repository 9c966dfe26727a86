//! `nginx-gen lint`: hand-written nginx files, folders of them, and dumps, held to the same rules.

mod alike;
mod together;

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rayon::prelude::*;

use super::findings::Reporting;
use super::fix::{self, Fixing};
use super::rules::Chosen;
use super::{Outcome, Run, once};
use crate::diagnostic::Diagnostic;
use crate::fix::Judged;
use crate::lint::{self, Rule, Survey};
use crate::nginx::check::{SWALLOWED, Target, check_all};
use crate::nginx::source::{Configuration, Disk, Dump, Files, Part, follow, load, load_text, parse_all};
use crate::nginx::tree::Tree;
use crate::nginx::version::Version;
use crate::text::{Sources, Span};

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
    fixing: Fixing,

    #[command(flatten)]
    reporting: Reporting,
}

/// Up to this many files are judged by one core: waking the others takes longer.
const FEW: usize = 32;

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let rules = match args.chosen.rules() {
        Ok(rules) => rules,
        Err(unknown) => return Ok(run.failed(&unknown)),
    };
    if args.fixing.fix && args.paths.iter().any(|path| path == Path::new("-")) {
        let fault = Diagnostic::error("usage", "`--fix` cannot write to standard input");
        return Ok(run.failed(&[fault.help("name the file, or leave `--fix` out")]));
    }
    let mut judge = |files: &dyn Files| {
        let Loaded { configurations, sources, dumped } = load_all(files, &args.paths)?;
        if configurations.is_empty() {
            bail!(
                "there is no nginx file in `{}`; backups, hidden files and those of other programs are left out unless \
                 they are named themselves",
                shown(&args.paths)
            );
        }
        let judge = Judge { sources: &sources, version: args.nginx_version, rules: &rules };
        let between = together::judge(&configurations, judge);
        let mut found: Vec<_> = match configurations.len() {
            0..=FEW => configurations.iter().flat_map(|one| judge.judge(one)).collect(),
            _ => alike::judge_all(&configurations, judge),
        };
        found.extend(between);
        once::tell(&mut found);
        Ok(Judged { sources, found, dumped })
    };
    let Judged { sources, found, .. } = match args.fixing.fix {
        true => fix::run(run, &args.fixing, args.reporting.is_for_people(), &mut judge)?,
        false => judge(&Disk)?,
    };
    run.sources = sources;
    args.reporting.print(run, &found, &shown(&args.paths))?;
    Ok(args.reporting.outcome(&found))
}

/// What configurations are held to.
#[derive(Clone, Copy)]
struct Judge<'a> {
    sources: &'a Sources,
    version: Version,
    rules: &'a [&'static Rule],
}

impl Judge<'_> {
    /// What is wrong with a configuration, and what the rules say of it: of what is not nginx's language they say
    /// nothing. Lines that are no directives are not judged.
    fn judge(&self, configuration: &Configuration) -> Vec<Diagnostic> {
        let &Judge { sources, version, rules } = self;
        let tree = &configuration.tree;
        let faults = configuration.faults.clone();
        let Some(top) = configuration.scope(sources).context() else { return faults };
        let refused = || check_all(tree, sources, faults, Target { version, top });
        if !configuration.is_well_formed() {
            return refused();
        }
        let meant = || lint::check_by(rules, &Survey::new(tree, sources, &[], version).inside(top));
        let (refused, meant) = match tree.len() {
            0..lint::LARGE => (refused(), meant()),
            _ => rayon::join(refused, meant),
        };
        without_lost(tree, sources, refused, meant)
    }
}

/// What the rules say of the words of directives that others took for arguments is said of no argument.
fn without_lost(
    tree: &Tree,
    sources: &Sources,
    refused: Vec<Diagnostic>,
    meant: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let lost = swallowed(tree, sources, &refused);
    let is_lost = |finding: &Diagnostic| {
        let is_in = |place: Span| {
            lost.iter().any(|line| line.file == place.file && line.range().contains(&(place.start as usize)))
        };
        finding.span().is_some_and(is_in)
    };
    let mut found = refused;
    found.extend(meant.into_iter().filter(|finding| !is_lost(finding)));
    found
}

/// The words of directives that others took for arguments: what the rules say of these is said of no argument.
fn swallowed(tree: &Tree, sources: &Sources, refused: &[Diagnostic]) -> Vec<Span> {
    let mut told = refused.iter().filter(|fault| fault.code == SWALLOWED).peekable();
    if told.peek().is_none() {
        return vec![];
    }
    let heads =
        tree.root(sources).descendants().map(|directive| (directive.name_span(), directive.head_span()));
    let heads: HashMap<_, _> = heads.collect();
    let words = told.filter_map(|fault| {
        let [word, reader, ..] = &fault.labels[..] else { return None };
        Some(word.span.to(*heads.get(&reader.span)?))
    });
    words.collect()
}

/// Configurations, with the table of their text.
#[derive(Default)]
struct Loaded {
    configurations: Vec<Configuration>,
    sources: Sources,
    /// The names of files that were read from a dump, and may lie on another machine.
    dumped: HashSet<String>,
}

/// Loads everything that was named. A file that another one includes is judged there, and not once more.
fn load_all(files: &dyn Files, paths: &[PathBuf]) -> anyhow::Result<Loaded> {
    let mut loaded = Loaded::default();
    let (mut seen, mut found, mut later) = (HashSet::new(), Vec::new(), HashSet::new());
    for path in paths {
        if path == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).context("standard input cannot be read")?;
            loaded.text("<stdin>", &String::from_utf8_lossy(&bytes))?;
            continue;
        }
        let (parts, real_paths) = loaded.parse_all(files, files_of(path)?)?;
        let is_alone = paths.len() == 1 && parts.len() == 1;
        let is_folder = path.is_dir();
        for (part, real_path) in parts.into_iter().zip(real_paths) {
            if is_folder && part.is_foreign(&loaded.sources) || !seen.insert(real_path.clone()) {
                continue;
            }
            if is_folder {
                found.push((real_path, loaded.configurations.len()));
            }
            let known = loaded.sources.count();
            loaded.part(files, part)?;
            let included = loaded.sources.names_behind(known).filter(|_| !is_alone);
            later
                .extend(included.map(|name| real(Path::new(name))).filter(|path| !seen.insert(path.clone())));
        }
    }
    // What was found by itself, before a file that includes it.
    let out: HashSet<_> =
        found.into_iter().filter(|(path, _)| later.contains(path)).map(|(_, at)| at).collect();
    let mut places = 0..;
    loaded.configurations.retain(|_| places.next().is_none_or(|place| !out.contains(&place)));
    Ok(loaded)
}

impl Loaded {
    /// Reads and parses files, side by side where there are many.
    fn parse_all(
        &mut self,
        files: &dyn Files,
        found: Vec<Found>,
    ) -> anyhow::Result<(Vec<Part>, Vec<PathBuf>)> {
        let read = |found: Found| {
            let bytes = files.read(&found.path).with_context(|| unreadable(&found.path))?;
            Ok(((std::path::absolute(&found.path)?, bytes), found.real_path))
        };
        let read: Vec<anyhow::Result<_>> = match found.len() {
            0..=FEW => found.into_iter().map(read).collect(),
            _ => found.into_par_iter().map(read).collect(),
        };
        let read = read.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        let (texts, real_paths) = read.into_iter().unzip();
        Ok((parse_all(&mut self.sources, texts), real_paths))
    }

    fn part(&mut self, files: &dyn Files, part: Part) -> anyhow::Result<()> {
        if let Some(dump) = Dump::read(self.sources.file(part.file).text()) {
            return self.dump(&dump);
        }
        self.configurations.push(follow(&mut self.sources, files, part));
        Ok(())
    }

    fn text(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        if let Some(dump) = Dump::read(text) {
            return self.dump(&dump);
        }
        let folder = std::env::current_dir()?;
        self.configurations.push(load_text(&mut self.sources, name, text.to_owned(), &folder));
        Ok(())
    }

    fn dump(&mut self, dump: &Dump) -> anyhow::Result<()> {
        let known = self.sources.count();
        self.configurations.push(load(&mut self.sources, dump.files(), dump.main(), None)?);
        self.dumped.extend(self.sources.names_behind(known).map(str::to_owned));
        Ok(())
    }
}

fn unreadable(path: &Path) -> String {
    format!("`{}` cannot be read", path.display())
}

/// A file that was named, or lies in a folder that was.
struct Found {
    path: PathBuf,
    real_path: PathBuf,
}

/// A path by which a file is known again, however it was reached: sites-enabled holds links.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// What lies in nginx's folders and is not its language. Sites are named as their servers, so their names tell
/// nothing.
const FOREIGN: [&str; 27] = [
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
    ".css",
    ".js",
    ".ts",
    ".lua",
    ".json",
    ".yml",
    ".yaml",
    ".toml",
    ".xml",
    ".j2",
    ".service",
    ".log",
    ".txt",
    ".vcl",
    ".env",
    ".ini",
    "htpasswd",
];

/// The same of names that may as well be those of servers in Moldova and Somalia, where sites lie.
const FOREIGN_BUT_SITES: [&str; 2] = [".md", ".so"];

/// How names of files begin that lie beside a configuration in a repository.
const BESIDE: [&str; 8] =
    ["LICENSE", "README", "NOTICE", "CHANGELOG", "Makefile", "Dockerfile", "Containerfile", "Vagrantfile"];

/// A file, or the files of a folder: `nginx.conf` before all, for it includes the others; then the outer ones
/// before those of folders inside, which they may include.
fn files_of(path: &Path) -> anyhow::Result<Vec<Found>> {
    let named = Found { path: path.to_owned(), real_path: real(path) };
    if !path.is_dir() {
        return Ok(vec![named]);
    }
    let mut files = Vec::new();
    let mut folders = vec![named];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder.path).with_context(|| unreadable(&folder.path))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_foreign(&name, &folder.real_path) {
                continue;
            }
            let (path, real_path) = (entry.path(), folder.real_path.join(entry.file_name()));
            // A link to a folder may lead round in a circle.
            match entry.file_type()? {
                kind if kind.is_dir() => folders.push(Found { path, real_path }),
                kind if kind.is_file() => files.push(Found { path, real_path }),
                _ if path.is_file() => files.push(Found { real_path: real(&path), path }),
                _ => {}
            }
        }
    }
    let rank = |file: &Found| {
        let is_main = file.path.file_name().is_some_and(|name| name == "nginx.conf");
        (!is_main, file.path.components().count(), file.path.clone())
    };
    files.sort_by_cached_key(rank);
    Ok(files)
}

/// Whether a file or folder of this name is not nginx's.
fn is_foreign(name: &str, folder: &Path) -> bool {
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let of_sites = || folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sites-"));
    name.starts_with('.')
        || BESIDE.iter().any(|start| name.starts_with(start))
        || ends(&FOREIGN)
        || ends(&FOREIGN_BUT_SITES) && !of_sites()
}

fn shown(paths: &[PathBuf]) -> String {
    let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join(", ")
}
