//! How each fault of the language is told: nginx's wording, then why and what to write.

use crate::diagnostic::Diagnostic;
use crate::nginx::lexer::{Fault, Token};
use crate::text::{FileId, Span};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// How many blocks that are still open a message points at.
const SHOWN_BLOCKS: usize = 3;

/// What no editor shows in a word: a byte-order mark before the name of a directive, behind which reading goes on,
/// or a NUL.
pub(super) fn of_bytes(
    file: FileId,
    text: &str,
    word: Token,
    is_name: bool,
) -> (Option<Diagnostic>, Option<usize>) {
    let written = &text[word.start..word.end];
    if is_name && written.starts_with(BYTE_ORDER_MARK) {
        let end = word.start + BYTE_ORDER_MARK.len_utf8();
        return (Some(byte_order_mark(Span::new(file, word.start, end))), Some(end));
    }
    let has_nul = memchr::memchr(0, written.as_bytes()).is_some();
    (has_nul.then(|| nul_byte(Span::new(file, word.start, word.end), text)), None)
}

fn byte_order_mark(mark: Span) -> Diagnostic {
    let (message, help) = match mark.start {
        0 => ("the file starts with a byte-order mark", "save the file as UTF-8 without a byte-order mark"),
        _ => (
            "a byte-order mark stands before this directive",
            "remove the character that no editor shows, such as by writing the line anew",
        ),
    };
    Diagnostic::error("byte-order-mark", message)
        .at(mark, "")
        .why("nginx takes it for part of the word, and answers `unknown directive`")
        .help(help)
}

/// Some directives of nginx read such a word up to its NUL and some as a whole; no one means either.
fn nul_byte(word: Span, text: &str) -> Diagnostic {
    // In UTF-16 it is each second byte of Latin letters.
    let is_utf16 = text.bytes().take(64).filter(|byte| *byte == 0).count() > 16;
    let help = if is_utf16 { "save the file as UTF-8: it is in UTF-16" } else { "remove it" };
    Diagnostic::error("nul-byte", "a NUL byte stands in this word")
        .at(word, "")
        .why("some directives of nginx read the word up to it, others refuse it")
        .help(help)
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

/// A block that was left open where `place`, by its indentation, stands outside it.
pub(super) fn left_open(head: Span, place: Span) -> Diagnostic {
    Diagnostic::error("unclosed-block", "unexpected end of file, expecting \"}\"")
        .at(head, "not closed")
        .at(
            place,
            if place.start == place.end {
                "the file ends here"
            } else {
                "by its indentation, this stands behind it"
            },
        )
        .why("nginx takes all that follows for a part of this block")
        .help("close it with `}`")
}

/// A `}` too many: what follows stands as if the block that it closes were still open.
pub(super) fn stray_close(brace: Span, closes: Option<Span>) -> Diagnostic {
    let Some(head) = closes else { return unexpected_close(brace) };
    Diagnostic::error("unexpected-close-brace", "unexpected \"}\"")
        .at(brace, "")
        .at(head, "it closes this block, which goes on by the indentation of what follows")
        .why("every `{` inside the block is closed already")
        .help("remove this `}`")
}

/// The head of a block without its `{`; what follows is indented as its content.
pub(super) fn no_open(head: Span, name: &str) -> Diagnostic {
    Diagnostic::error("missing-block", format!("directive \"{name}\" has no opening \"{{\""))
        .at(head.after(), "no `{` here")
        .why(format!("`{name}` is a block, and nginx takes what follows for its arguments"))
        .help("write `{` here")
}

/// A directive without its `;` before the head of a block.
pub(super) fn no_end(statement: Span, name: &str, next: Span) -> Diagnostic {
    Diagnostic::error("unexpected-block", format!("directive \"{name}\" is not terminated by \";\""))
        .at(statement.after(), "no `;` here")
        .at(next, format!("this is read as an argument of `{name}`"))
        .why("a directive goes on over line ends until its `;`")
        .help(format!("end `{name}` with `;`"))
}

/// A `{` in the middle of a word that was to go on behind it.
pub(super) fn brace_in_word(brace: Span, word: Span) -> Diagnostic {
    Diagnostic::error("unexpected-open-brace", "unexpected \"{\"")
        .at(brace, "this ends the word, and opens a block")
        .at(word, "meant as one")
        .why("nginx ends a word without quotes at `{` and `;`")
        .help("put the whole word in quotes")
}

/// The head of a block that a `;` ends before its `{`.
pub(super) fn semicolon_before_open(semicolon: Span, name: &str) -> Diagnostic {
    Diagnostic::error("missing-block", format!("directive \"{name}\" has no opening \"{{\""))
        .at(semicolon, "it ends here")
        .why(format!("`{name}` is a block, and no `;` stands before its `{{`"))
        .help("remove the `;`")
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
            let fault = Diagnostic::error("unexpected-after-quote", format!("unexpected \"{next}\""));
            let (next, quoted) = (span(at, at + next.len_utf8()), span(quote, quote + 1));
            let fault = match text[quote..at].contains('\n') {
                true => fault
                    .at(quoted, "this quote does not close on its line")
                    .at(next, "nginx takes the quote before this for the one that closes it"),
                false => fault.at(next, "").at(quoted, "the quoted word starts here"),
            };
            fault
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
