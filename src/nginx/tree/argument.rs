//! Words of a directive: what is written, and what nginx reads.

use std::borrow::Cow;

use super::Word;
use crate::nginx::token::{Quoting, decode};
use crate::text::{FileId, Span};

/// One argument of a directive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Argument<'t> {
    file: FileId,
    text: &'t str,
    start: u32,
    end: u32,
}

impl<'t> Argument<'t> {
    pub(super) fn new(file: FileId, text: &'t str, word: Word) -> Argument<'t> {
        Argument { file, text, start: word.start, end: word.end }
    }

    /// What nginx reads: without quotes, escapes decoded.
    pub fn value(self) -> Cow<'t, str> {
        decode(self.content())
    }

    /// Whether nginx reads exactly this.
    pub fn is(self, value: &str) -> bool {
        let content = self.content();
        content == value || (content.contains('\\') && decode(content) == value)
    }

    /// What is written, with quotes and escapes.
    pub fn raw(self) -> &'t str {
        &self.text[self.start as usize..self.end as usize]
    }

    /// How it is quoted. Quotes do not keep nginx from reading variables.
    pub fn quoting(self) -> Quoting {
        match self.raw().as_bytes().first() {
            Some(b'"') => Quoting::Double,
            Some(b'\'') => Quoting::Single,
            _ => Quoting::Bare,
        }
    }

    /// Where it stands, with its quotes.
    pub fn span(self) -> Span {
        Span { file: self.file, start: self.start, end: self.end }
    }

    /// What is written, without its quotes. A quote that was never closed has none at its end.
    pub fn content(self) -> &'t str {
        let raw = self.raw();
        match self.quoting() {
            Quoting::Bare => raw,
            Quoting::Single => raw[1..].strip_suffix('\'').unwrap_or(&raw[1..]),
            Quoting::Double => raw[1..].strip_suffix('"').unwrap_or(&raw[1..]),
        }
    }
}

/// The arguments of a directive, in order.
#[derive(Clone, Debug)]
pub struct Arguments<'t> {
    file: FileId,
    text: &'t str,
    words: std::slice::Iter<'t, Word>,
}

impl<'t> Arguments<'t> {
    pub(super) fn new(file: FileId, text: &'t str, words: &'t [Word]) -> Arguments<'t> {
        Arguments { file, text, words: words.iter() }
    }
}

impl<'t> Iterator for Arguments<'t> {
    type Item = Argument<'t>;

    fn next(&mut self) -> Option<Argument<'t>> {
        let word = self.words.next()?;
        Some(Argument::new(self.file, self.text, *word))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.words.size_hint()
    }
}

impl DoubleEndedIterator for Arguments<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let word = self.words.next_back()?;
        Some(Argument::new(self.file, self.text, *word))
    }
}

impl ExactSizeIterator for Arguments<'_> {}
