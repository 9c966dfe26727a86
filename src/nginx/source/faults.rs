//! How faults of files and their `include`s are told.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{FileId, Span};

pub(super) fn not_utf8(file: FileId, text: &str) -> Diagnostic {
    let at = text.find(char::REPLACEMENT_CHARACTER).unwrap_or(0);
    Diagnostic::new(Severity::Warning, "not-utf-8", "the file is not UTF-8")
        .at(Span::new(file, at, at), "the first byte that is not")
        .why("nginx passes the bytes on as they are, and clients and editors will disagree on what they mean")
        .help("save the file as UTF-8")
}

pub(super) fn unreadable(span: Span, path: &Path, fault: &str) -> Diagnostic {
    let message = format!("`{}` cannot be included: {fault}", path.display());
    Diagnostic::new(Severity::Warning, "include-unreadable", message)
        .at(span, "")
        .why("nginx does not start without it, and what it holds is not checked here")
        .help("give the file, or check on the machine that has it")
}

pub(super) fn cycle(span: Span, path: &Path) -> Diagnostic {
    Diagnostic::error("include-cycle", format!("`{}` includes itself", path.display()))
        .at(span, "")
        .why("nginx follows it until it has no file handles left, and does not start")
        .help("remove this `include`")
}
