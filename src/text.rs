//! Source text and places in it: which file, which bytes, which line and column.
//!
//! Every YAML node and every nginx token carries a [`Span`]; a [`Sources`] table turns it back into a
//! file name, a line and a column when a message is printed. Spans are small and `Copy`, so that trees of
//! ten thousand sites stay cheap.

use std::sync::OnceLock;

/// Names one file in a [`Sources`] table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

/// A range of bytes in one file, end exclusive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The file the bytes are in.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`.
    ///
    /// # Panics
    /// When an offset exceeds 4 GiB; [`Sources::add`] refuses such files before a span can be made.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        let offset = |at: usize| u32::try_from(at).expect("`Sources::add` bounds files to `MAX_FILE`");
        Span { file, start: offset(start), end: offset(end) }
    }

    /// The empty span just before this one.
    #[must_use]
    pub fn before(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span just behind this one.
    #[must_use]
    pub fn after(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// The span from the start of this one to the end of `other`, which is in the same file and later.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { end: other.end.max(self.end), ..self }
    }

    /// The bytes as a range, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The largest file that is read, in bytes: 1 GiB, far beyond any configuration.
pub const MAX_FILE: usize = 1 << 30;

/// Up to this size, in bytes, lines are counted anew each time: that takes less than a table of them.
const SMALL: usize = 16 * 1024;

/// One file's name and text.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    is_made: bool,
    line_starts: OnceLock<Vec<u32>>,
}

/// A place as a reader counts: both from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl SourceFile {
    /// A file of this name (as it is shown in messages) and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> SourceFile {
        SourceFile { name: name.into(), text: text.into(), is_made: false, line_starts: OnceLock::new() }
    }

    /// A text that lies in no file: it was rendered, or comes with this program.
    pub fn made(name: impl Into<String>, text: impl Into<String>) -> SourceFile {
        SourceFile { is_made: true, ..SourceFile::new(name, text) }
    }

    /// Whether it lies in no file.
    pub fn is_made(&self) -> bool {
        self.is_made
    }

    /// The name shown in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset; an offset past the end is the end's.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let start = memchr::memrchr(b'\n', &self.text.as_bytes()[..offset]).map_or(0, |at| at + 1);
        let line = match self.line_starts.get() {
            None if self.text.len() <= SMALL => {
                1 + memchr::memchr_iter(b'\n', &self.text.as_bytes()[..start]).count()
            }
            _ => self.line_starts().partition_point(|&start| start as usize <= offset),
        };
        Position { line, column: self.text[start..offset].chars().count() + 1 }
    }

    /// The text of the line that a byte offset is in, without its line end.
    pub fn line_at(&self, offset: usize) -> &str {
        let (before, behind) = self.text.split_at(self.text.floor_char_boundary(offset));
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = behind.find('\n').map_or(self.text.len(), |at| before.len() + at);
        self.text[start..end].trim_end_matches('\r')
    }

    /// The text of a line counted from 1, without its line end; empty past the last line.
    pub fn line(&self, line: usize) -> &str {
        let starts = self.line_starts();
        let Some(&start) = starts.get(line.wrapping_sub(1)) else { return "" };
        let end = starts.get(line).map_or(self.text.len(), |&end| end as usize);
        self.text[start as usize..end].trim_end_matches(['\n', '\r'])
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            let after = ends.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
            std::iter::once(0).chain(after).collect()
        })
    }
}

/// Every file a run has read or rendered, so that a [`Span`] can be shown.
///
/// Rendered files are made by several threads, most are never shown, and there may be ten thousand: their
/// ids are [reserved](Sources::reserve), each is worked on in a table that holds it [alone](Sources::alone),
/// and only those with findings are [put back](Sources::put_back).
#[derive(Debug, Default)]
pub struct Sources {
    first: u32,
    files: Vec<SourceFile>,
}

impl Sources {
    /// An empty table.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Takes a file in and names it.
    ///
    /// # Panics
    /// When the text is larger than [`MAX_FILE`]; readers refuse such files with a message of their own.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        assert!(file.text.len() <= MAX_FILE, "{} is larger than 1 GiB", file.name);
        self.files.push(file);
        self.last()
    }

    /// Names a file whose text is not known yet.
    pub fn reserve(&mut self) -> FileId {
        self.add(SourceFile::new("", ""))
    }

    /// A table that holds one file, under an id reserved in another.
    pub fn alone(id: FileId, file: SourceFile) -> Sources {
        Sources { first: id.0, files: vec![file] }
    }

    /// Puts the files of another table where their ids were reserved in this one.
    pub fn put_back(&mut self, other: Sources) {
        let start = (other.first - self.first) as usize;
        for (place, file) in self.files[start..].iter_mut().zip(other.files) {
            *place = file;
        }
    }

    fn last(&self) -> FileId {
        let count = u32::try_from(self.files.len()).expect("fewer than four thousand million files");
        FileId(self.first + count - 1)
    }

    /// The names of all files but the first so many, in the order in which they were taken in.
    pub fn names_behind(&self, count: usize) -> impl Iterator<Item = &str> {
        self.files.iter().skip(count).map(SourceFile::name)
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// The file of an id this table gave out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[(id.0 - self.first) as usize]
    }

    /// The text under a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.file(span.file).text[span.range()]
    }

    /// The file of a span, and the positions of its first byte and behind its last.
    pub fn ends(&self, span: Span) -> (&SourceFile, Position, Position) {
        let file = self.file(span.file);
        (file, file.position(span.start as usize), file.position(span.end as usize))
    }

    /// Line and column where a span starts.
    pub fn position(&self, span: Span) -> Position {
        self.file(span.file).position(span.start as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let file = SourceFile::new("a", "đầu: 1\r\nx\n");
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(file.text().find('1').unwrap()), Position { line: 1, column: 6 });
        assert_eq!(file.position(file.text().find('x').unwrap()), Position { line: 2, column: 1 });
        assert_eq!(file.position(10_000), Position { line: 3, column: 1 });
        assert_eq!((file.line(1), file.line(2), file.line(9)), ("đầu: 1", "x", ""));
        // Once there is a table of lines, it is asked.
        assert_eq!(file.position(file.text().find('x').unwrap()), Position { line: 2, column: 1 });
        assert_eq!(
            [0, 8, 11, 12, 10_000].map(|offset| file.line_at(offset)),
            ["đầu: 1", "đầu: 1", "x", "x", ""]
        );
    }
}
