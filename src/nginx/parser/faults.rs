//! How each fault of the language is told: nginx's wording, then why and what to write.

use crate::diagnostic::Diagnostic;
use crate::nginx::lexer::Fault;
use crate::text::{FileId, Span};

pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// How many blocks that are still open a message points at.
const SHOWN_BLOCKS: usize = 3;

pub(super) fn byte_order_mark(mark: Span) -> Diagnostic {
    Diagnostic::error("byte-order-mark", "the file starts with a byte-order mark")
        .at(mark, "")
        .why("nginx takes it for part of the first word, and answers `unknown directive`")
        .help("save the file as UTF-8 without a byte-order mark")
}

pub(super) fn unexpected_semicolon(semicolon: Span, behind_brace: bool) -> Diagnostic {
    let fault = Diagnostic::error("unexpected-semicolon", "unexpected \";\"").at(semicolon, "");
    let why =
        if behind_brace { "a block ends with its `}`" } else { "there is no directive that this could end" };
    fault.why(why).help("remove the `;`")
}

pub(super) fn unexpected_open(brace: Span) -> Diagnostic {
    Diagnostic::error("unexpected-open-brace", "unexpected \"{\"")
        .at(brace, "")
        .why("a block needs a name, and nginx finds a `;`, a `{` or a `}` before this one")
        .help("write the block's name before the `{`, or remove a `;` in between")
}

pub(super) fn block_in_table(brace: Span, table: &str) -> Diagnostic {
    Diagnostic::error("unexpected-open-brace", "unexpected \"{\"")
        .at(brace, "")
        .why(format!("each line of a `{table}` is a list of words, not a directive"))
        .help("close the block before with `}`, or quote the word that holds the `{`")
}

pub(super) fn unexpected_close(brace: Span) -> Diagnostic {
    Diagnostic::error("unexpected-close-brace", "unexpected \"}\"")
        .at(brace, "")
        .why("every block is closed already")
        .help("remove this `}`, or one before it that closes a block too early")
}

pub(super) fn close_in_statement(brace: Span, statement: Span, name: &str) -> Diagnostic {
    Diagnostic::error("missing-semicolon", "unexpected \"}\"")
        .at(brace, format!("nginx is still reading `{name}`"))
        .at(statement.after(), "no `;` here")
        .why("a directive goes on over line ends until its `;`")
        .help(format!("end `{name}` with `;`"))
}

pub(super) fn end_in_statement(end: Span, statement: Span, name: &str) -> Diagnostic {
    Diagnostic::error("missing-semicolon", "unexpected end of file, expecting \";\" or \"}\"")
        .at(statement.after(), "no `;` here")
        .at(end, format!("nginx is still reading `{name}`"))
        .why("a directive goes on over line ends until its `;`")
        .help(format!("end `{name}` with `;`"))
}

pub(super) fn unclosed_block(end: Span, open: impl ExactSizeIterator<Item = Span>) -> Diagnostic {
    let message = "unexpected end of file, expecting \"}\"";
    let why = match open.len() {
        1 => "one block is never closed".to_owned(),
        several => format!("{several} blocks are never closed"),
    };
    let fault = Diagnostic::error("unclosed-block", message).at(end, "");
    open.take(SHOWN_BLOCKS)
        .fold(fault, |fault, head| fault.at(head, "not closed"))
        .why(why)
        .help("close it with `}`")
}

pub(super) fn too_deep(brace: Span) -> Diagnostic {
    let limit = super::MAX_DEPTH;
    Diagnostic::error("nesting-too-deep", format!("blocks nest more than {limit} deep"))
        .at(brace, "")
        .why("nothing inside this block is checked")
        .help("close the blocks before it with `}`")
}

/// The wording for what the lexer found.
pub(super) fn lexical(file: FileId, text: &str, fault: Fault) -> Diagnostic {
    let span = |start, end| Span::new(file, start, end);
    match fault {
        Fault::Glued { at, quote } => {
            let next = text[at..].chars().next().unwrap_or(' ');
            Diagnostic::error("unexpected-after-quote", format!("unexpected \"{next}\""))
                .at(span(at, at + next.len_utf8()), "")
                .at(span(quote, quote + 1), "the quoted word starts here")
                .why("behind a closing quote only white space, `;`, `{` or `)` may follow")
                .help("check where the quote should close, or quote the whole word")
        }
        Fault::Unclosed { quote } => {
            let message = "unexpected end of file, expecting \";\" or \"}\"";
            Diagnostic::error("unclosed-quote", message)
                .at(span(quote, quote + 1), "this quote is never closed")
                .why("nginx takes all that follows for one word")
                .help("close the quote")
        }
        Fault::LongQuoted { quote } => {
            let mark = &text[quote..=quote];
            let message = format!("too long parameter, probably missing terminating \"{mark}\" character");
            Diagnostic::error("token-too-long", message)
                .at(span(quote, quote + 1), "no closing quote within 4096 bytes")
                .why("nginx holds one word in a buffer of 4096 bytes")
                .help("close the quote, or shorten the word")
        }
        Fault::Long { start, end } => too_long(text, span(start, end)),
    }
}

fn too_long(text: &str, word: Span) -> Diagnostic {
    let word_text = &text[word.range()];
    let shown: String = word_text.chars().take(10).collect();
    let is_comment = word_text.starts_with('#');
    let help = if is_comment { "break the comment into several lines" } else { "shorten it" };
    Diagnostic::error("token-too-long", format!("too long parameter \"{shown}...\" started"))
        .at(word, format!("{} bytes", word_text.len()))
        .why("nginx holds one word or comment, and the byte behind it, in a buffer of 4096 bytes")
        .help(help)
}
