//! Makes a tree of nginx text, with every fault that nginx would stop at (`ngx_conf_parse`).
//!
//! nginx stops at its first fault; this reads on, so that one run shows them all. Only what can be told
//! without knowing any directive is judged here.

mod faults;
mod indented;

use crate::diagnostic::Diagnostic;
use crate::nginx::lexer::{Kind, Lexer, Token};
use crate::nginx::lua;
use crate::nginx::tree::{Builder, Tree, is_lua_block};
use crate::text::{FileId, Span};

pub(in crate::nginx) use indented::reread;

/// How deep blocks may nest. nginx sets no limit of its own; no configuration comes near.
pub const MAX_DEPTH: usize = 100;

/// How many faults of one file are told.
pub const MAX_FAULTS: usize = 100;

/// Blocks whose lines are words and not directives, and so cannot hold blocks (nginx's `cf->handler`).
const TABLES: [&str; 5] = ["types", "map", "geo", "split_clients", "charset_map"];

/// Reads the text of one file: its tree, and what is wrong with it in the order of the text.
///
/// The tree is of use even where there are faults: what could be read is in it.
pub fn parse(file: FileId, text: &str) -> (Tree, Vec<Diagnostic>) {
    let mut parser = Parser {
        file,
        text,
        lexer: Lexer::new(text),
        builder: Builder::for_text(text.len()),
        braces: Vec::new(),
        faults: Vec::new(),
        is_too_deep: false,
    };
    parser.run();
    parser.finish()
}

/// What a `{` opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brace {
    /// A block of the tree.
    Block,
    /// A `{` that should not be there: its content counts as the content of the block around.
    Ignored,
}

struct Parser<'t> {
    file: FileId,
    text: &'t str,
    lexer: Lexer<'t>,
    builder: Builder,
    braces: Vec<Brace>,
    faults: Vec<Diagnostic>,
    /// Told once; the next block down would only repeat it.
    is_too_deep: bool,
}

impl Parser<'_> {
    fn run(&mut self) {
        loop {
            let token = self.lexer.next_token();
            match token.kind {
                Kind::Word(_) => self.word(token),
                Kind::Comment => self.builder.comment(self.text, self.span(token)),
                Kind::Semicolon => self.semicolon(token),
                Kind::Open => self.open(token),
                Kind::Close => self.close(token),
                Kind::End => return self.end(token),
            }
        }
    }

    fn word(&mut self, token: Token) {
        let (fault, goes_on) = faults::of_bytes(self.file, self.text, token, self.builder.pending() == 0);
        if let Some(fault) = fault {
            self.fault(fault);
        }
        if let Some(at) = goes_on {
            return self.lexer.resume(at);
        }
        self.builder.word(self.text, token.start, token.end);
    }

    fn semicolon(&mut self, token: Token) {
        if self.builder.pending() == 0 {
            let behind_brace = self.text[..token.start].trim_end().ends_with('}');
            return self.fault(faults::unexpected_semicolon(self.span(token), behind_brace));
        }
        self.builder.finish(self.file, token.end);
    }

    fn open(&mut self, token: Token) {
        let Some(name) = self.builder.pending_name() else {
            self.fault(faults::unexpected_open(self.span(token)));
            return self.braces.push(Brace::Ignored);
        };
        let is_lua = is_lua_block(&self.text[name]);
        if let Some(table) = open_table(&self.builder, self.text) {
            self.fault(faults::block_in_table(self.span(token), table));
        }
        if self.builder.depth() == MAX_DEPTH {
            self.too_deep(token);
        } else {
            self.builder.open(self.file, token.start);
            self.braces.push(Brace::Block);
        }
        if is_lua {
            self.skip_lua(token);
        }
    }

    fn too_deep(&mut self, token: Token) {
        if !std::mem::replace(&mut self.is_too_deep, true) {
            self.fault(faults::too_deep(self.span(token)));
        }
        self.builder.finish(self.file, token.start);
        self.braces.push(Brace::Ignored);
    }

    fn skip_lua(&mut self, token: Token) {
        let end = lua::block_end(self.text, token.end).unwrap_or(self.text.len());
        self.lexer.resume(end);
    }

    fn close(&mut self, token: Token) {
        if let Some(range) = self.builder.pending_range() {
            let statement = Span::new(self.file, range.start, range.end);
            self.fault(faults::close_in_statement(self.span(token), statement, self.pending_name()));
            self.builder.finish(self.file, range.end);
        }
        match self.braces.pop() {
            Some(Brace::Block) => self.builder.close(token.end),
            Some(Brace::Ignored) => {}
            None => self.fault(faults::unexpected_close(self.span(token))),
        }
    }

    fn end(&mut self, token: Token) {
        let end = self.span(token);
        if let Some(range) = self.builder.pending_range() {
            let statement = Span::new(self.file, range.start, range.end);
            self.fault(faults::end_in_statement(end, statement, self.pending_name()));
            self.builder.finish(self.file, range.end);
        } else if !self.builder.open_blocks().is_empty() {
            self.fault(self.unclosed_blocks(end));
        }
    }

    fn unclosed_blocks(&self, end: Span) -> Diagnostic {
        let head = |id| {
            let head = self.builder.head(id);
            let written = self.text[head.start..head.end - 1].trim_end();
            Span::new(self.file, head.start, head.start + written.len())
        };
        let open = self.builder.open_blocks().iter().rev().map(|&id| head(id));
        let fault = faults::unclosed_block(end, open);
        match self.misplaced_close() {
            Some(close) => fault.at(close, "indented as if it closed a block further out"),
            None => fault,
        }
    }

    /// The first `}` whose indentation is less than its block's: most likely the `}` before it is missing.
    fn misplaced_close(&self) -> Option<Span> {
        let mut closed = self.builder.closed_blocks().filter_map(|(head, end)| {
            let close = indentation(self.text, end.checked_sub(1)?)?;
            let open = indentation(self.text, head.start)?;
            (close < open).then(|| Span::new(self.file, end - 1, end))
        });
        closed.next()
    }

    fn pending_name(&self) -> &str {
        self.builder.pending_name().map_or("", |name| &self.text[name])
    }

    fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    fn fault(&mut self, fault: Diagnostic) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }

    fn finish(self) -> (Tree, Vec<Diagnostic>) {
        let (file, text) = (self.file, self.text);
        let mut faults = self.faults;
        let lexical = self.lexer.into_faults();
        faults.extend(lexical.into_iter().take(MAX_FAULTS).map(|fault| faults::lexical(file, text, fault)));
        faults.sort_by_key(Diagnostic::span);
        faults.truncate(MAX_FAULTS);
        (self.builder.into_tree(text.len()), faults)
    }
}

/// The name of the innermost open block, when it is one that holds no directives.
fn open_table(builder: &Builder, text: &str) -> Option<&'static str> {
    let innermost = *builder.open_blocks().last()?;
    let head = &text[builder.head(innermost)];
    let name = head.split([' ', '\t', '\r', '\n', '{']).next()?;
    TABLES.into_iter().find(|table| *table == name)
}

/// The column of the first word of a line, when it is the one at `at`.
fn indentation(text: &str, at: usize) -> Option<usize> {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let before = &text[line..at];
    before.trim().is_empty().then_some(before.len())
}

#[cfg(test)]
mod tests;
