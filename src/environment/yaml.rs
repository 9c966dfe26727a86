//! YAML text → [`Node`]s, with every fault of syntax as a diagnostic.
//!
//! `serde-saphyr`'s parser gives events with byte ranges; building our own tree from them keeps what
//! deserialising straight into structs would lose: several errors in one run, the place of every key,
//! duplicate keys with both places, and scalars as they were written.

use std::collections::HashMap;
use std::sync::Arc;

use serde_saphyr::granit_parser::{self as granit, Event, Parser, ScalarStyle};

use super::node::{Entry, Node, Value, shorten};
use crate::diagnostic::Diagnostic;
use crate::text::{FileId, SourceFile, Span};

/// How many nodes a document may stand for once every alias is written out. Ten thousand sites with
/// fifty values each are a tenth of it; ten levels of ten aliases are two thousand times as much.
const MOST_NODES: usize = 5_000_000;

/// Nesting beyond this is refused; no environment needs a tenth of it.
const DEEPEST: usize = 64;

/// Reads one document. Faults go to `found`; `None` when the text is not one YAML document.
pub(super) fn read(file: FileId, source: &SourceFile, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let options = granit::options! {
        emit_unresolved_aliases: true,
        disallow_directives: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let mut builder = Builder {
        file,
        text: source.text(),
        found,
        open: vec![],
        anchors: HashMap::new(),
        root: None,
        unresolved: false,
    };
    for event in Parser::new_from_str_with_options(source.text(), options) {
        match event {
            Ok((event, span)) => {
                let span = builder.span(&span);
                if !builder.take(event, span) {
                    return None;
                }
            }
            Err(error) => {
                let fault = syntax_fault(&error, file, source);
                builder.found.push(fault);
                return None;
            }
        }
    }
    // What an unknown alias stands for is unknown too: anything said about it would be a guess.
    if builder.unresolved { None } else { builder.root }
}

/// A collection whose end has not come yet.
struct Open {
    start: Span,
    tag: Option<Arc<str>>,
    anchor: usize,
    children: Children,
}

enum Children {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, key: Option<Node> },
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    found: &'a mut Vec<Diagnostic>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
    unresolved: bool,
}

impl Builder<'_> {
    fn span(&self, span: &granit::Span) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        Span::new(self.file, range.start, range.end.max(range.start))
    }

    /// Takes one event in; `false` when reading on would make no sense.
    fn take(&mut self, event: Event<'_>, span: Span) -> bool {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let null = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value =
                    if null { Value::Null } else { Value::Scalar { text: text.into(), quoted: !plain } };
                self.complete(Node { span, tag: tag_name(tag.as_deref()), size: 1, value }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.enter(span, anchor, tag.as_deref(), Children::Sequence(vec![]))
            }
            Event::MappingStart(_, anchor, tag) => {
                self.enter(span, anchor, tag.as_deref(), Children::Mapping { entries: vec![], key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.leave(span),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let fault =
                    Diagnostic::error("yaml-syntax", format!("no anchor `&{name}` stands before this alias"))
                        .at(span, "unknown anchor")
                        .help(format!("write `&{name}` before the value that is meant, above this line"));
                self.found.push(fault);
                self.unresolved = true;
                self.complete(Node { span, tag: None, size: 1, value: Value::Null }, 0)
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                let fault = Diagnostic::error("yaml-syntax", "a second YAML document in one file")
                    .at(span, "the second document starts here")
                    .help("put each environment in a file of its own");
                self.found.push(fault);
                false
            }
            _ => true,
        }
    }

    fn enter(&mut self, start: Span, anchor: usize, tag: Option<&granit::Tag>, children: Children) -> bool {
        self.open.push(Open { start, tag: tag_name(tag), anchor, children });
        true
    }

    fn leave(&mut self, end: Span) -> bool {
        let Some(open) = self.open.pop() else { return false };
        let span = self.shown_span(open.start, end);
        let (size, value) = match open.children {
            Children::Sequence(nodes) => (total(nodes.iter().map(|n| n.size)), Value::Sequence(nodes.into())),
            Children::Mapping { entries, .. } => {
                let entries = self.merged(entries);
                (total(entries.iter().map(|e| e.value.size + 1)), Value::Mapping(entries.into()))
            }
        };
        self.complete(Node { span, tag: open.tag, size, value }, open.anchor)
    }

    /// A collection is shown by its first line, so that a message never prints a whole file.
    fn shown_span(&self, start: Span, end: Span) -> Span {
        let whole = &self.text[start.start as usize..(end.end.max(start.start)) as usize];
        let first = whole.find(['\n', '\r']).unwrap_or(whole.len());
        let shown = whole[..first].trim_end().len();
        Span::new(self.file, start.start as usize, start.start as usize + shown)
    }

    fn alias(&mut self, id: usize, span: Span) -> bool {
        let Some(node) = self.anchors.get(&id).cloned() else {
            let fault = Diagnostic::error("yaml-syntax", "an alias to a value that contains it")
                .at(span, "its anchor is still open here")
                .help("a value cannot hold itself: write the inner part out");
            self.found.push(fault);
            return false;
        };
        if node.size > MOST_NODES {
            self.found.push(too_many(span));
            return false;
        }
        self.complete(node, 0)
    }

    /// Puts a finished node where it belongs: behind its key, into its list, or at the root.
    fn complete(&mut self, mut node: Node, anchor: usize) -> bool {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        if node.size > MOST_NODES {
            self.found.push(too_many(node.span));
            return false;
        }
        if let Some(tag) = node.tag.as_deref().filter(|tag| *tag != "nginx") {
            let fault = Diagnostic::error("yaml-syntax", format!("unknown tag `!{}`", shorten(tag)))
                .at(node.span, "the tagged value")
                .help("delete the tag; the only one is `!nginx`, for text with nginx variables");
            self.found.push(fault);
            node.tag = None;
        }
        match self.open.last_mut().map(|open| &mut open.children) {
            None => self.root = Some(node),
            Some(Children::Sequence(nodes)) => nodes.push(node),
            Some(Children::Mapping { entries, key }) => match key.take() {
                None => *key = Some(node),
                Some(key) => match key_text(&key) {
                    Some(text) => entries.push(Entry { key: text, key_span: key.span, value: node }),
                    None => self.found.push(
                        Diagnostic::error("yaml-syntax", format!("{} cannot be a key", key.describe()))
                            .at(key.span, "a key must be plain text"),
                    ),
                },
            },
        }
        true
    }

    /// Reports keys that stand twice, and writes `<<` merges out.
    fn merged(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut first: HashMap<Arc<str>, Span> = HashMap::new();
        let (mut own, mut inherited): (Vec<Entry>, Vec<Entry>) = (Vec::with_capacity(entries.len()), vec![]);
        for entry in entries {
            if &*entry.key == "<<" {
                inherited.extend(self.merge_sources(&entry.value));
            } else if let Some(earlier) = first.get(&entry.key) {
                self.found.push(duplicate_key(&entry, *earlier));
            } else {
                first.insert(entry.key.clone(), entry.key_span);
                own.push(entry);
            }
        }
        for entry in inherited {
            if first.insert(entry.key.clone(), entry.key_span).is_none() {
                own.push(entry);
            }
        }
        own
    }

    fn merge_sources(&mut self, node: &Node) -> Vec<Entry> {
        match &node.value {
            Value::Mapping(entries) => entries.to_vec(),
            Value::Sequence(nodes) => nodes.iter().flat_map(|node| self.merge_sources(node)).collect(),
            _ => {
                let fault =
                    Diagnostic::error("wrong-type", format!("`<<` merges mappings, not {}", node.describe()))
                        .at(node.span, "not a mapping");
                self.found.push(fault);
                vec![]
            }
        }
    }
}

fn total(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(1, usize::saturating_add)
}

fn tag_name(tag: Option<&granit::Tag>) -> Option<Arc<str>> {
    tag.map(|tag| Arc::from(tag.suffix()))
}

fn key_text(key: &Node) -> Option<Arc<str>> {
    match &key.value {
        Value::Scalar { text, .. } => Some(text.clone()),
        _ => None,
    }
}

fn duplicate_key(entry: &Entry, earlier: Span) -> Diagnostic {
    Diagnostic::error("duplicate-key", format!("key `{}` stands twice", shorten(&entry.key)))
        .at(entry.key_span, "again here")
        .at(earlier, "first here")
        .why("only one of the two values could be used, and YAML readers differ in which")
        .help("delete one of them")
}

fn too_many(span: Span) -> Diagnostic {
    Diagnostic::error(
        "yaml-syntax",
        format!("the aliases of this value stand for more than {MOST_NODES} values"),
    )
    .at(span, "too large once written out")
    .why("a few lines of nested aliases can fill any memory")
    .help("write the values out, or nest the aliases less deeply")
}

/// The parser's fault in words that say what to do.
fn syntax_fault(error: &granit::ScanError, file: FileId, source: &SourceFile) -> Diagnostic {
    use granit::ErrorKind as Kind;
    let at = error.marker().byte_offset().unwrap_or(source.text().len()).min(source.text().len());
    let at = source.text().floor_char_boundary(at);
    let line_start = source.text()[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let indent =
        &source.text()[line_start..at + source.text()[at..].find(|c| c != ' ' && c != '\t').unwrap_or(0)];
    if indent.trim().is_empty()
        && let Some(tab) = indent.find('\t')
    {
        return tab_fault(Span::new(file, line_start + tab, line_start + tab + 1));
    }
    let next = source.text()[at..].chars().next().filter(|c| !c.is_control()).map_or(0, char::len_utf8);
    let span = Span::new(file, at, at + next);
    let fault = |message: &str| Diagnostic::error("yaml-syntax", message.to_owned());
    match error.kind() {
        Kind::TabNotAllowed | Kind::TabInBlockIndentation | Kind::TabInIndentation => tab_fault(span),
        Kind::UnclosedQuotedScalar | Kind::DocumentIndicatorInQuotedScalar => {
            fault("a quoted text has no closing quote")
                .at(span, "reading stopped here")
                .help("add the closing quote")
        }
        Kind::UnclosedFlowCollection { open } => fault(&format!("`{open}` is never closed"))
            .at(span, "reading stopped here")
            .help(format!("add the closing `{}`", if *open == '[' { ']' } else { '}' })),
        Kind::UnknownQuotedScalarEscape => fault("an unknown escape in a double-quoted text")
            .at(span, "not an escape of YAML")
            .help("write `\\\\` for a backslash, or use single quotes, in which nothing is escaped"),
        Kind::DirectiveDisallowed => {
            fault("a YAML directive (`%…`)").at(span, "not used in an environment").help("delete this line")
        }
        Kind::RecursionLimitExceeded => {
            fault("values are nested too deeply").at(span, format!("more than {DEEPEST} levels"))
        }
        other => fault(&format!("not YAML: {other}")).at(span, "reading stopped here"),
    }
}

fn tab_fault(span: Span) -> Diagnostic {
    Diagnostic::error("yaml-syntax", "a tab in the indentation")
        .at(span, "a tab")
        .why("YAML indents with spaces only, because tabs have no agreed width")
        .help("replace the tab by spaces")
}
