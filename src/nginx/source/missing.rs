//! `include`s whose files could not be read: each told once, and what was therefore not judged.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use super::{faults, shipped};
use crate::diagnostic::Diagnostic;
use crate::nginx::tree::Block;
use crate::text::Span;

/// What is missing of a configuration.
#[derive(Debug, Default)]
pub(super) struct Missing {
    files: Vec<File>,
    /// The targets of patterns that no file fits, each with its first place.
    patterns: Vec<(String, Span)>,
    told: HashSet<String>,
}

#[derive(Debug)]
struct File {
    /// As it is written.
    target: String,
    path: PathBuf,
    /// The first place.
    span: Span,
    kind: io::ErrorKind,
    fault: String,
    /// How a file that lies beside the one that includes it would have to be called.
    beside: Option<String>,
}

impl Missing {
    /// Takes in a file that could not be read.
    pub(super) fn file(
        &mut self,
        target: &str,
        path: &Path,
        span: Span,
        fault: &io::Error,
        beside: Option<String>,
    ) {
        if self.told.insert(target.to_owned()) {
            let kind = fault.kind();
            let fault = match fault.kind() {
                io::ErrorKind::NotFound => "no such file".to_owned(),
                io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
                _ => fault.to_string(),
            };
            let path = path.to_owned();
            self.files.push(File { target: target.to_owned(), path, span, kind, fault, beside });
        }
    }

    /// Takes in a pattern that no file fits.
    pub(super) fn pattern(&mut self, target: &str, span: Span) {
        if self.told.insert(target.to_owned()) {
            self.patterns.push((target.to_owned(), span));
        }
    }

    /// What is to be said of it.
    ///
    /// nginx does not start without a file, which is only known where these are the files that it reads
    /// (`is_installed`), or where it lies beside another one of a whole configuration (`is_whole`): there nginx does not
    /// look. A pattern that fits none is nothing to nginx: it is told where the servers are missing.
    pub(super) fn faults(self, root: Block<'_>, is_installed: bool, is_whole: bool) -> Vec<Diagnostic> {
        let is_absent = |file: &File| is_installed && file.kind == io::ErrorKind::NotFound;
        let mut told = Vec::new();
        for file in &self.files {
            match &file.beside {
                Some(meant) if is_whole => told.push(faults::beside(file.span, &file.path, meant)),
                _ if file.kind == io::ErrorKind::IsADirectory => {
                    told.push(faults::folder(file.span, &file.path, &file.target));
                }
                _ if is_absent(file) => told.push(faults::absent(file.span, &file.path)),
                _ if shipped::is_shipped(&file.target) => {}
                _ => told.push(faults::unread(file.span, &file.target, &file.fault)),
            }
        }
        let http = root.find("http").filter(|http| http.is_block());
        if http.is_some_and(|http| http.find("server").is_none()) {
            let patterns = self.patterns.iter().filter(|(target, _)| !shipped::is_shipped(target));
            told.extend(patterns.map(|(target, span)| faults::unread(*span, target, "no file fits it")));
        }
        told
    }
}
