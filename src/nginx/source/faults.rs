//! How faults of files and their `include`s are told.

use std::path::Path;

use super::glob;
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{FileId, Span};

pub(super) fn not_utf8(file: FileId, text: &str) -> Diagnostic {
    let at = text.find(char::REPLACEMENT_CHARACTER).unwrap_or(0);
    Diagnostic::new(Severity::Warning, "not-utf-8", "the file is not UTF-8")
        .at(Span::new(file, at, at), "the first byte that is not")
        .why("nginx passes the bytes on as they are, and clients and editors will disagree on what they mean")
        .help("save the file as UTF-8")
}

/// The kind of what is said about an `include` whose file was not read.
pub const UNREAD_INCLUDE: &str = "include-unreadable";

/// A file that may well be where this configuration is meant for.
pub(super) fn unread(span: Span, target: &str, fault: &str) -> Diagnostic {
    Diagnostic::new(Severity::Hint, UNREAD_INCLUDE, format!("what `{target}` holds was not judged"))
        .at(span, fault.to_owned())
        .why("rules that would have to know what it sets are silent where it may set it")
        .help("name the folder with all the files, or what `nginx -T` prints on the machine that has them")
}

/// A file that nginx itself will not find.
pub(super) fn absent(span: Span, path: &Path) -> Diagnostic {
    let path = path.display();
    Diagnostic::error(UNREAD_INCLUDE, format!("open() \"{path}\" failed (2: No such file or directory)"))
        .at(span, "")
        .why("nginx does not start without a file that it is to include; only a pattern may fit none")
        .help("put the file there, or remove this `include`")
}

/// A file that lies where nginx does not look.
pub(super) fn beside(span: Span, path: &Path, meant: &str) -> Diagnostic {
    let path = path.display();
    Diagnostic::error(UNREAD_INCLUDE, format!("open() \"{path}\" failed (2: No such file or directory)"))
        .at(span, "it lies beside this file")
        .why("nginx looks for it from the folder of `nginx.conf`, whichever file includes it")
        .help(format!("write `include {meant};`"))
}

/// A folder where nginx takes files only.
pub(super) fn folder(span: Span, path: &Path, target: &str) -> Diagnostic {
    let path = path.display();
    let fault = Diagnostic::error(UNREAD_INCLUDE, format!("pread() \"{path}\" failed (21: Is a directory)"));
    let fault = fault.at(span, "");
    if glob::is_pattern(target) {
        fault
            .why("the pattern fits a folder too, and nginx includes files only")
            .help("write a pattern that it does not fit, such as `*.conf`, or put the folder elsewhere")
    } else {
        let folder = target.trim_end_matches('/');
        fault.why("nginx includes files, not folders").help(format!("write `include {folder}/*.conf;`"))
    }
}

pub(super) fn cycle(span: Span, path: &Path) -> Diagnostic {
    Diagnostic::error("include-cycle", format!("`{}` includes itself", path.display()))
        .at(span, "")
        .why("nginx follows it until it has no file handles left, and does not start")
        .help("remove this `include`")
}
