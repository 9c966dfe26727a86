//! What `nginx -T` prints: every file of a configuration, one after the other.

use std::path::{Path, PathBuf};

use super::Memory;

const MARK: &str = "# configuration file ";

/// The files of a dump; the first one is the main configuration.
#[derive(Clone, Debug)]
pub struct Dump {
    main: PathBuf,
    files: Memory,
}

impl Dump {
    /// Reads a dump; `None` when the text is none. What nginx says in front of it (`nginx: the configuration file …
    /// syntax is ok`, where both outputs were kept in one file) is passed over.
    pub fn read(text: &str) -> Option<Dump> {
        let start = text.split_inclusive('\n').take_while(|line| is_notice(line)).map(str::len).sum();
        let mut files = Memory::default();
        let mut main = None;
        let mut rest = &text[start..];
        while let Some((path, behind)) = mark(rest) {
            let end = next_mark(behind);
            // nginx writes one line feed more behind each file.
            let content = behind[..end].strip_suffix('\n').unwrap_or(&behind[..end]);
            files.insert(path, content);
            main.get_or_insert_with(|| PathBuf::from(path));
            rest = &behind[end..];
        }
        Some(Dump { main: main?, files })
    }

    /// The path of the main configuration.
    pub fn main(&self) -> &Path {
        &self.main
    }

    /// The files, to load from.
    pub fn files(&self) -> &Memory {
        &self.files
    }
}

fn is_notice(line: &str) -> bool {
    line.starts_with("nginx: ") || line.trim().is_empty()
}

/// The path of a mark that the text starts with, and what follows its line.
fn mark(text: &str) -> Option<(&str, &str)> {
    let (line, behind) = text.split_once('\n').unwrap_or((text, ""));
    let path = line.strip_prefix(MARK)?.trim_end_matches('\r').strip_suffix(':')?;
    path.starts_with('/').then_some((path, behind))
}

/// The offset of the next line that is a mark, or the end.
fn next_mark(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(MARK) && mark(line).is_some() {
            break;
        }
        at += line.len();
    }
    at
}
