//! Reads a file whose braces went wrong as it was most likely meant: its indentation tells where each block ends.
//!
//! nginx knows nothing of indentation. This is for what lies behind its first fault only.

use super::{MAX_DEPTH, MAX_FAULTS, faults, open_table};
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::{Spec, lookup};
use crate::nginx::lexer::{Kind, Lexer, is_space};
use crate::nginx::lua;
use crate::nginx::token::Quoting;
use crate::nginx::tree::{Builder, Tree, is_lua_block};
use crate::text::{FileId, Span};

/// How many columns a tab counts, where a file has both tabs and spaces.
const TAB: usize = 4;

/// How many lines are looked through for the `}` of a block.
const LINES: usize = 500;

/// Reads the text once more, with braces put in and left out where its indentation says so: the tree, and what is wrong
/// with the text. None where no brace went wrong, or the indentation says too little.
pub(in crate::nginx) fn reread(file: FileId, text: &str) -> Option<(Tree, Vec<Diagnostic>)> {
    let (tokens, faults, repairs) = tokens(file, text);
    let mut reader = Reader {
        file,
        text,
        tokens,
        at: 0,
        builder: Builder::default(),
        open: Vec::new(),
        indent: None,
        faults,
        repairs,
        sound: 0,
    };
    while reader.at < reader.tokens.len() {
        reader.token()?;
        reader.at += 1;
    }
    reader.end();
    // Where most lines stand as they should, those few that do not tell something.
    let is_telling = reader.repairs > 0 && reader.repairs <= 1 + reader.sound / 4;
    is_telling.then(|| {
        reader.faults.sort_by_key(Diagnostic::span);
        (reader.builder.into_tree(text.len()), reader.faults)
    })
}

/// A token that is no comment, and the column it starts in when it is the first of its line.
#[derive(Clone, Copy)]
struct Placed {
    kind: Kind,
    start: usize,
    end: usize,
    indent: Option<usize>,
}

/// The tokens, what is wrong with them, and how many braces are taken for a part of a word.
fn tokens(file: FileId, text: &str) -> (Vec<Placed>, Vec<Diagnostic>, usize) {
    let mut lexer = Lexer::new(text);
    let mut faults = Vec::new();
    let mut tokens = Vec::new();
    let mut name = None;
    let mut repairs = 0;
    loop {
        let mut token = lexer.next_token();
        if token.kind == Kind::Word(Quoting::Bare)
            && let Some(end) = word_with_counts(text, token.end)
        {
            faults.push(faults::brace_in_word(
                Span::new(file, token.end, token.end + 1),
                Span::new(file, token.start, end),
            ));
            repairs += 1;
            token.end = end;
            lexer.resume(end);
        }
        if matches!(token.kind, Kind::Word(_)) {
            let (found, goes_on) = faults::of_bytes(file, text, token, name.is_none());
            faults.extend(found);
            if let Some(at) = goes_on {
                lexer.resume(at);
                continue;
            }
        }
        match token.kind {
            Kind::End => break,
            Kind::Comment => continue,
            Kind::Word(_) => _ = name.get_or_insert(token.start..token.end),
            Kind::Semicolon | Kind::Close => name = None,
            Kind::Open => {
                if name.take().is_some_and(|name| is_lua_block(&text[name])) {
                    lexer.resume(lua::block_end(text, token.end).unwrap_or(text.len()));
                }
            }
        }
        let indent = indent(text, token.start);
        tokens.push(Placed { kind: token.kind, start: token.start, end: token.end, indent });
    }
    faults.extend(lexer.into_faults().into_iter().map(|fault| faults::lexical(file, text, fault)));
    (tokens, faults, repairs)
}

/// The end of a regex without quotes that goes on behind a count such as `{1,3}`, where nginx ends the word.
fn word_with_counts(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = at;
    while bytes.get(end) == Some(&b'{') {
        let is_digit = |byte: &&u8| byte.is_ascii_digit() || **byte == b',';
        let count = bytes[end + 1..].iter().take_while(is_digit).count();
        if count == 0 || bytes[end + 1] == b',' || bytes.get(end + 1 + count) != Some(&b'}') {
            break;
        }
        end += count + 2;
        let ends = |byte: &u8| is_space(*byte) || matches!(byte, b';' | b'{');
        end += bytes[end..].iter().position(ends).unwrap_or(bytes.len() - end);
    }
    (end > at).then_some(end)
}

/// The column of what is the first on its line.
fn indent(text: &str, at: usize) -> Option<usize> {
    let before = &text.as_bytes()[..at];
    let blank = before.iter().rev().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    let (rest, blank) = before.split_at(at - blank);
    if !rest.is_empty() && !rest.ends_with(b"\n") {
        return None;
    }
    Some(
        blank
            .iter()
            .fold(0, |column, byte| if *byte == b'\t' { (column / TAB + 1) * TAB } else { column + 1 }),
    )
}

/// What a `{` opened.
enum Opened {
    /// A block: its head, and where that stands when it is the first of its line.
    Block { head: Span, indent: Option<usize> },
    /// A `{` that should not be there.
    Ignored,
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    tokens: Vec<Placed>,
    /// The token that is being read.
    at: usize,
    builder: Builder,
    open: Vec<Opened>,
    /// Where the statement being read starts, when it is the first on its line.
    indent: Option<usize>,
    faults: Vec<Diagnostic>,
    /// How many braces were put in or left out.
    repairs: usize,
    /// How many lines stand where they should.
    sound: usize,
}

impl Reader<'_> {
    /// Reads a token; none where more is wrong than it is worth going on.
    fn token(&mut self) -> Option<()> {
        if self.faults.len() > MAX_FAULTS || self.open.len() > 2 * MAX_DEPTH {
            return None;
        }
        let token = self.tokens[self.at];
        match token.kind {
            Kind::Word(quoting) => self.word(token, quoting),
            Kind::Semicolon => self.semicolon(token),
            Kind::Open => self.open(token)?,
            Kind::Close => self.close(token),
            Kind::Comment | Kind::End => {}
        }
        Some(())
    }

    fn word(&mut self, token: Placed, quoting: Quoting) {
        if self.builder.pending() == 0 {
            if let Some(indent) = token.indent {
                self.leave_blocks(indent, token);
            }
            self.indent = token.indent;
        } else if quoting == Quoting::Bare && self.starts_a_block(token) {
            self.repair(faults::no_open(self.statement(), self.name()));
            self.enter(self.tokens[self.at - 1].end);
            self.indent = token.indent;
        } else if quoting == Quoting::Bare && self.starts_beside(token) {
            self.repair(faults::no_end(self.statement(), self.name(), self.span(token)));
            self.builder.finish(self.file, self.tokens[self.at - 1].end);
        }
        self.builder.word(self.text, token.start, token.end);
    }

    /// A statement that stands no deeper than a block is not inside it.
    fn leave_blocks(&mut self, indent: usize, token: Placed) {
        while let Some(Opened::Block { head, indent: Some(own) }) = self.open.last() {
            if indent > *own {
                self.sound += 1;
                return;
            }
            let head = *head;
            self.leave_open(head, self.span(token));
        }
    }

    /// Ends a block that no `}` closes before `place`.
    fn leave_open(&mut self, head: Span, place: Span) {
        self.repair(faults::left_open(head, place));
        self.open.pop();
        self.builder.close(place.start as usize);
    }

    /// Whether this word, by its place, is the first directive of a block whose `{` is missing.
    fn starts_a_block(&self, token: Placed) -> bool {
        let (Some(own), Some(indent)) = (self.indent, token.indent) else { return false };
        let is_entry = super::TABLES.contains(&self.name());
        let fits = is_entry || !lookup(&self.text[token.start..token.end]).is_empty();
        indent > own && fits && self.is_block() && self.is_closed_at(own)
    }

    /// Whether this word, by its place, is the head of a block that stands behind what is being read.
    fn starts_beside(&self, token: Placed) -> bool {
        let mut specs = lookup(&self.text[token.start..token.end]).iter();
        self.indent.is_some() && token.indent == self.indent && !self.is_block() && specs.any(Spec::is_block)
    }

    /// Whether the next line that stands as far out as this column, or further, is a `}` in it.
    fn is_closed_at(&self, column: usize) -> bool {
        let lines = self.tokens[self.at..].iter().filter(|token| token.indent.is_some());
        let next = lines.take(LINES).find(|token| token.indent <= Some(column));
        next.is_some_and(|token| token.kind == Kind::Close && token.indent == Some(column))
    }

    fn semicolon(&mut self, token: Placed) {
        if self.builder.pending() == 0 {
            let behind_brace = self.text[..token.start].trim_end().ends_with('}');
            return self.faults.push(faults::unexpected_semicolon(self.span(token), behind_brace));
        }
        let opens = self.tokens.get(self.at + 1).is_some_and(|next| next.kind == Kind::Open);
        if opens && self.is_block() {
            return self.repair(faults::semicolon_before_open(self.span(token), self.name()));
        }
        self.builder.finish(self.file, token.end);
    }

    fn open(&mut self, token: Placed) -> Option<()> {
        if self.builder.pending() == 0 {
            self.faults.push(faults::unexpected_open(self.span(token)));
            self.open.push(Opened::Ignored);
            return Some(());
        }
        if let Some(table) = open_table(&self.builder, self.text) {
            self.faults.push(faults::block_in_table(self.span(token), table));
        }
        (self.builder.depth() < MAX_DEPTH).then(|| self.enter(token.start))
    }

    /// Makes the statement being read the head of a block, with its `{` at this offset.
    fn enter(&mut self, at: usize) {
        let head = self.statement();
        self.open.push(Opened::Block { head, indent: self.indent });
        self.builder.open(self.file, at);
    }

    fn close(&mut self, token: Placed) {
        if self.builder.pending() > 0 {
            let statement = self.statement();
            if self.is_block() && self.indent.is_some() && self.indent == token.indent {
                self.repair(faults::no_open(statement, self.name()));
                self.enter(statement.end as usize);
            } else {
                self.faults.push(faults::close_in_statement(self.span(token), statement, self.name()));
                self.builder.finish(self.file, statement.end as usize);
            }
        }
        if let Some(&Opened::Block { head, indent: Some(own) }) = self.open.last()
            && self.is_one_too_many(own, token)
        {
            return self.repair(faults::stray_close(self.span(token), Some(head)));
        }
        if let Some(column) = token.indent {
            self.leave_inner(column, token);
        }
        match self.open.last() {
            Some(Opened::Block { indent, .. }) => {
                self.sound += usize::from(token.indent.is_some() && *indent == token.indent);
                self.open.pop();
                self.builder.close(token.end);
            }
            Some(Opened::Ignored) => _ = self.open.pop(),
            None => self.repair(faults::stray_close(self.span(token), None)),
        }
    }

    /// A `}` that stands where a block further out does closes that one: those inside it were left open.
    fn leave_inner(&mut self, column: usize, token: Placed) {
        let is_at =
            |opened: &Opened| matches!(opened, Opened::Block { indent, .. } if *indent == Some(column));
        if !self.open.iter().any(is_at) {
            return;
        }
        while let Some(Opened::Block { head, indent: Some(own) }) = self.open.last()
            && *own > column
        {
            let head = *head;
            self.leave_open(head, self.span(token));
        }
    }

    /// Whether what follows a `}` is still inside the block, which stands in this column, that it would close.
    fn is_one_too_many(&self, own: usize, token: Placed) -> bool {
        let Some(next) = self.tokens.get(self.at + 1) else { return false };
        let is_deeper = token.indent.is_none_or(|column| column > own);
        match next.kind {
            Kind::Close => is_deeper && token.indent.is_some() && next.indent == Some(own),
            _ => next.indent > Some(own),
        }
    }

    fn end(&mut self) {
        let end = Span::new(self.file, self.text.len(), self.text.len());
        if self.builder.pending() > 0 {
            let statement = self.statement();
            self.faults.push(faults::end_in_statement(end, statement, self.name()));
            self.builder.finish(self.file, statement.end as usize);
        }
        while let Some(opened) = self.open.last() {
            match opened {
                Opened::Block { head, .. } => self.leave_open(*head, end),
                Opened::Ignored => _ = self.open.pop(),
            }
        }
    }

    fn repair(&mut self, fault: Diagnostic) {
        self.repairs += 1;
        self.faults.push(fault);
    }

    /// The name of the statement being read.
    fn name(&self) -> &str {
        self.builder.pending_name().map_or("", |name| &self.text[name])
    }

    /// Whether the words of the statement being read are the head of a block.
    fn is_block(&self) -> bool {
        let args = self.builder.pending().saturating_sub(1);
        is_block(self.name(), args)
    }

    /// What was read of the statement being read.
    fn statement(&self) -> Span {
        let range = self.builder.pending_range().unwrap_or(0..0);
        Span::new(self.file, range.start, range.end)
    }

    fn span(&self, token: Placed) -> Span {
        Span::new(self.file, token.start, token.end)
    }
}

/// Whether nginx reads a name with so many arguments as a block, and as nothing else.
fn is_block(name: &str, args: usize) -> bool {
    let mut fits = lookup(name).iter().filter(|spec| spec.arity().accepts(args)).peekable();
    fits.peek().is_some() && fits.all(Spec::is_block)
}
