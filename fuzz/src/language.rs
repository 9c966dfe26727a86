//! The language: any bytes are read, and what is sound is printed as what it is.

use nginx_gen::diagnostic::Diagnostic;
use nginx_gen::nginx::parser::{MAX_FAULTS, parse};
use nginx_gen::nginx::printer::print;
use nginx_gen::nginx::tree::{Argument, Directive, Tree};
use nginx_gen::text::{FileId, SourceFile, Sources};

use super::told;

/// A text that was parsed.
struct Parsed {
    sources: Sources,
    file: FileId,
    tree: Tree,
    faults: Vec<Diagnostic>,
}

impl Parsed {
    fn new(text: &str) -> Parsed {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("a.conf", text));
        let (tree, faults) = parse(file, text);
        Parsed { sources, file, tree, faults }
    }

    fn directives(&self) -> impl Iterator<Item = Directive<'_>> {
        self.tree.root(&self.sources).descendants()
    }

    /// All that a printer must keep: each directive with its depth and words, each comment.
    fn content(&self) -> (Vec<Statement<'_>>, Vec<&str>) {
        let statements = self.directives().map(|directive| Statement {
            depth: directive.ancestors().count(),
            words: std::iter::once(self.sources.slice(directive.name_span()))
                .chain(directive.args().map(Argument::raw))
                .collect(),
            is_block: directive.is_block(),
            lua: directive.lua(),
        });
        let comments = self.tree.comments(&self.sources).map(|comment| comment.raw().trim_end());
        (statements.collect(), comments.collect())
    }

    fn printed(&self) -> String {
        print(&self.tree, &self.sources, self.file)
    }
}

#[derive(PartialEq, Eq, Debug)]
struct Statement<'t> {
    depth: usize,
    words: Vec<&'t str>,
    is_block: bool,
    lua: Option<&'t str>,
}

/// Any bytes are read: each span lies in the text, blocks within blocks, faults in the order of the text.
pub fn parser(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parsed = Parsed::new(&text);
    told::hold(&parsed.faults, &parsed.sources);
    assert!(parsed.faults.len() <= MAX_FAULTS);
    assert!(parsed.faults.is_sorted_by_key(Diagnostic::span));
    for directive in parsed.directives() {
        let span = directive.span();
        told::lies_in_a_text(span, &parsed.sources);
        let words = directive.args().map(Argument::span);
        for word in words.chain([directive.name_span()]).chain(directive.open_span()) {
            assert!(span.start <= word.start && word.end <= span.end, "{word:?} in {span:?}");
            told::lies_in_a_text(word, &parsed.sources);
        }
        if let Some(parent) = directive.parent() {
            let outer = parent.span();
            assert!(outer.start < span.start && span.end <= outer.end, "{span:?} in {outer:?}");
        }
    }
    for comment in parsed.tree.comments(&parsed.sources) {
        assert!(comment.raw().starts_with('#') && !comment.raw().contains('\n'));
    }
}

/// What is read without a fault is printed as text that reads the same, and prints the same.
pub fn printer(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parsed = Parsed::new(&text);
    if !parsed.faults.is_empty() {
        return;
    }
    let printed = parsed.printed();
    let again = Parsed::new(&printed);
    assert_eq!(again.faults, [], "{printed}");
    assert_eq!(again.content(), parsed.content(), "{printed}");
    assert_eq!(again.printed(), printed);
}
