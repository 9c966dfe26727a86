//! Writes a tree back as text in one layout: four spaces a level, one directive a line, one blank line at most.
//!
//! Words keep their own spelling and comments stay where they are, so that what is read back is the same tree.
//! Only a tree that was read without faults can be printed to something nginx reads.

use crate::nginx::tree::{Argument, Directive, Tree};
use crate::text::{FileId, Sources, Span};

const INDENT: &str = "    ";

/// The text of one file in the printer's layout; what an `include` brought from elsewhere is not printed.
pub fn print(tree: &Tree, sources: &Sources, file: FileId) -> String {
    let text = sources.file(file).text();
    let whole = Span::new(file, 0, text.len());
    let comments = tree.comments_within(whole);
    let mut printer = Printer { text, comments, out: String::new(), at: 0, depth: 0, is_first: true };
    for directive in tree.root(sources).iter().filter(|directive| is_own(*directive, file)) {
        printer.directive(directive);
    }
    printer.comments_before(text.len());
    printer.out
}

fn is_own(directive: Directive<'_>, file: FileId) -> bool {
    directive.file() == file && directive.included_by().is_none()
}

struct Printer<'t> {
    text: &'t str,
    /// The comments not printed yet.
    comments: &'t [Span],
    out: String,
    /// The offset in the text up to which all is printed.
    at: usize,
    depth: usize,
    /// Nothing stands in the block yet.
    is_first: bool,
}

impl Printer<'_> {
    fn directive(&mut self, directive: Directive<'_>) {
        let start = directive.name_span().range().start;
        self.comments_before(start);
        self.start_line(start);
        self.words(directive);
        match directive.open_span() {
            Some(open) => self.block(directive, open),
            None => self.terminator(";", directive.span().range().end),
        }
        self.comment_behind();
        self.out.push('\n');
    }

    fn words(&mut self, directive: Directive<'_>) {
        let name = directive.name_span();
        self.out.push_str(&self.text[name.range()]);
        self.at = name.range().end;
        for argument in directive.args() {
            self.argument(argument);
        }
    }

    /// A line end between two words is kept: long lists are written one word a line on purpose.
    fn argument(&mut self, argument: Argument<'_>) {
        let range = argument.span().range();
        let breaks = self.text[self.at..range.start].contains('\n');
        self.comments_inside(range.start);
        self.gap(breaks);
        self.out.push_str(argument.raw());
        self.at = range.end;
    }

    /// What ends a directive's head: `;` or ` {`.
    fn terminator(&mut self, mark: &str, end: usize) {
        if self.comments_inside(end) {
            self.continuation();
            self.out.push_str(mark.trim_start());
        } else {
            self.out.push_str(mark);
        }
        self.at = end;
    }

    fn block(&mut self, directive: Directive<'_>, open: Span) {
        self.terminator(" {", open.range().end);
        let end = directive.span().range().end;
        if let Some(lua) = directive.lua() {
            self.out.push_str(lua);
            self.out.push('}');
            self.at = end;
            return;
        }
        self.comment_behind();
        self.out.push('\n');
        self.depth += 1;
        self.is_first = true;
        let own = |child: &Directive<'_>| is_own(*child, directive.file());
        for child in directive.children().filter(own) {
            self.directive(child);
        }
        self.comments_before(end);
        self.depth -= 1;
        self.is_first = false;
        self.indent();
        self.out.push('}');
        self.at = end;
    }

    /// The comments before an offset, each on a line of its own.
    fn comments_before(&mut self, end: usize) {
        while let Some(comment) = self.next_comment(end) {
            self.start_line(comment.start);
            self.put_comment(comment);
            self.out.push('\n');
        }
    }

    /// The comments between the words of a directive; whether there was one, which needs a new line behind it.
    fn comments_inside(&mut self, end: usize) -> bool {
        let mut any = false;
        while let Some(comment) = self.next_comment(end) {
            self.gap(self.text[self.at..comment.start].contains('\n'));
            self.put_comment(comment);
            any = true;
        }
        any
    }

    /// A comment that goes on the line just printed.
    fn comment_behind(&mut self) {
        let line_end = self.text[self.at..].find('\n').map_or(self.text.len(), |length| self.at + length);
        let is_next = |start: usize| self.text[self.at..start].bytes().all(|byte| byte.is_ascii_whitespace());
        if let Some(comment) = self.peek_comment(line_end).filter(|comment| is_next(comment.start)) {
            self.comments = &self.comments[1..];
            self.out.push(' ');
            self.put_comment(comment);
        }
    }

    fn put_comment(&mut self, comment: std::ops::Range<usize>) {
        self.out.push_str(self.text[comment.clone()].trim_end());
        self.at = comment.end;
    }

    fn next_comment(&mut self, end: usize) -> Option<std::ops::Range<usize>> {
        let comment = self.peek_comment(end)?;
        self.comments = &self.comments[1..];
        Some(comment)
    }

    fn peek_comment(&self, end: usize) -> Option<std::ops::Range<usize>> {
        self.comments.first().map(|comment| comment.range()).filter(|comment| comment.start < end)
    }

    /// A blank line where the text has one, save at the start of a block, then the indentation.
    fn start_line(&mut self, start: usize) {
        let line_ends = self.text[self.at..start].matches('\n').count();
        let is_first = std::mem::replace(&mut self.is_first, false);
        if line_ends > 1 && !is_first {
            self.out.push('\n');
        }
        self.indent();
    }

    /// What stands between two words.
    fn gap(&mut self, breaks: bool) {
        if breaks {
            self.continuation();
        } else {
            self.out.push(' ');
        }
    }

    fn continuation(&mut self) {
        self.out.push('\n');
        self.indent();
        self.out.push_str(INDENT);
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.out.push_str(INDENT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::nginx::parser::parse;
    use crate::text::{SourceFile, Sources};

    fn printed(text: &str) -> String {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("a.conf", text));
        let (tree, faults) = parse(file, text);
        assert_eq!(faults, []);
        print(&tree, &sources, file)
    }

    #[test]
    fn one_layout_with_every_comment_in_its_place() {
        let text = "# top\n\n\n\nserver{# head\n\n  listen 80 ; # behind\n\n\n\n  # above\n  location / {}}# end\n# last";
        let expected = "# top\n\nserver { # head\n    listen 80; # behind\n\n    # above\n    location / {\n    }\n} # end\n# last\n";
        assert_eq!(printed(text), expected);
        assert_eq!(printed(expected), expected);
    }

    #[test]
    fn words_on_their_own_lines_stay_so() {
        let text = "log_format main 'a'\n   'b' # why\n 'c'\n;\nserver_name a # one\n;";
        let expected = "log_format main 'a'\n    'b' # why\n    'c';\nserver_name a # one\n    ;\n";
        assert_eq!(printed(text), expected);
        assert_eq!(printed(expected), expected);
    }

    #[test]
    fn lua_is_left_alone() {
        let text = "location / {\n    content_by_lua_block {\n  ngx.say('}')\n}\n}\n";
        let expected = "location / {\n    content_by_lua_block {\n  ngx.say('}')\n}\n}\n";
        assert_eq!(printed(text), expected);
    }
}
