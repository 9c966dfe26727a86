//! A missing `;` that makes the next line's directive an argument of this one.
//!
//! Where a directive takes any number of arguments nginx says nothing at all: the next line is lost.

use super::{meaning, unknown};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Context, Spec, Value};
use crate::nginx::token::Quoting;
use crate::nginx::tree::{Argument, Arguments, Builder, Directive, NodeId, Tree};
use crate::nginx::version::Version;
use crate::text::{Sources, Span};

/// What a directive that another took for its arguments is told as.
pub const SWALLOWED: &str = "swallowed-directive";

/// How many lines that one directive swallowed are told of.
const MOST: usize = 100;

/// The arguments that start a line and are the names of directives which could stand here.
pub(super) fn find<'t>(
    directive: Directive<'t>,
    args: &Arguments<'t>,
    spec: &Spec,
    context: Context,
    version: Version,
) -> Vec<Argument<'t>> {
    let arity = spec.arity();
    let has_its_form = arity.accepts(args.len()) && directive.is_block() == spec.is_block();
    if has_its_form && !arity.is_loose() {
        return vec![];
    }
    let text = directive.sources().file(directive.file()).text().as_bytes();
    let head = directive.head_span();
    // Nearly every directive is written on one line.
    if !text[head.range()].contains(&b'\n') {
        return vec![];
    }
    // What follows the head of a block without its `{` was to stand inside.
    let context = spec.opens(context).unwrap_or(context);
    let is_meant = |word: &str| {
        meaning::find(word, context, version).is_ok()
            || !has_its_form && unknown::is_near(word, context, version)
    };
    let mut before = directive.name_span();
    let swallowed = args.clone().filter(|argument| {
        let gap = &text[before.end as usize..argument.span().start as usize];
        before = argument.span();
        gap.contains(&b'\n')
            && argument.quoting() == Quoting::Bare
            && !is_own_word(spec, argument.content())
            && !(directive.is("listen") && is_word_of_listen(args, argument))
            && is_meant(argument.content())
    });
    swallowed.take(MOST).collect()
}

/// `timeout` in `proxy_next_upstream`, and the like.
fn is_own_word(spec: &Spec, word: &str) -> bool {
    matches!(spec.value(), Value::Set(words) | Value::Enum(words) if words.contains(word))
}

/// `ssl` and `http2` of a `listen` over several lines; the directives of these names say `on` or `off`.
fn is_word_of_listen(args: &Arguments<'_>, word: &Argument<'_>) -> bool {
    let next = args.clone().skip_while(|one| one.span() != word.span()).nth(1);
    (word.is("ssl") || word.is("http2")) && !next.is_some_and(|next| next.is("on") || next.is("off"))
}

pub(super) fn told(directive: Directive<'_>, argument: Argument<'_>) -> Diagnostic {
    between(directive, &directive.name(), argument)
}

/// The same of one that stands behind another that was swallowed.
pub(super) fn told_of_next(directive: Directive<'_>, swallowed: &[Argument<'_>]) -> Vec<Diagnostic> {
    let pairs = swallowed.iter().zip(swallowed.iter().skip(1));
    pairs.map(|(one, next)| between(directive, one.content(), *next)).collect()
}

fn between(directive: Directive<'_>, name: &str, argument: Argument<'_>) -> Diagnostic {
    let (next, reader) = (argument.value(), directive.name());
    Diagnostic::error(SWALLOWED, format!("`{next}` is read as an argument of `{reader}`"))
        .at(argument.span(), "a directive of its own, by its place")
        .at(
            directive.name_span(),
            if name == reader { "no `;` ends this one" } else { "which takes them all" },
        )
        .why(format!("nginx says nothing, and `{next}` has no effect"))
        .help(format!("end `{name}` with `;` before `{next}`"))
}

/// A directive that swallowed others, and where each of those starts.
pub(super) struct Swallower {
    id: NodeId,
    head: Span,
    starts: Vec<u32>,
    /// Whether it is a block whose `{` is missing, so that they were to stand inside.
    is_open: bool,
}

impl Swallower {
    pub(super) fn new(directive: Directive<'_>, spec: &Spec, swallowed: &[Argument<'_>]) -> Swallower {
        let starts = swallowed.iter().map(|argument| argument.span().start).collect();
        let (id, head) = (directive.id(), directive.head_span());
        Swallower { id, head, starts, is_open: spec.is_block() && !directive.is_block() }
    }

    /// Says in nginx's words that this swallowed a directive, where nginx refuses that.
    pub(super) fn name_as_nginx(&self, swallowing: &mut [Diagnostic], refused: &[Diagnostic]) {
        let is_here = |fault: &&Diagnostic| {
            let is_inside = |span: Span| {
                span.file == self.head.file && self.head.range().contains(&(span.start as usize))
            };
            fault.severity == Severity::Error && fault.span().is_some_and(is_inside)
        };
        let Some(refused) = refused.iter().find(is_here) else { return };
        let told = swallowing.iter_mut().find(|told| is_here(&&**told));
        if let Some(told) = told.filter(|told| told.code == SWALLOWED) {
            (told.code, told.message) = (refused.code, refused.message.clone());
            told.why = Some("a directive goes on over line ends until its `;`".into());
        }
    }

    /// Puts the directive in, and behind it (inside it, where it is a block without `{`) those that it swallowed. A block
    /// is the last one's, and left open.
    fn put_apart(&self, directive: Directive<'_>, builder: &mut Builder) {
        let text = directive.sources().file(directive.file()).text();
        let mut end = directive.name_span();
        builder.word(text, end.start as usize, end.end as usize);
        for argument in directive.args() {
            let span = argument.span();
            if self.starts.contains(&span.start) {
                if self.is_open && self.starts[0] == span.start {
                    builder.open(directive.file(), end.end as usize);
                } else {
                    builder.finish(directive.file(), end.end as usize);
                }
            }
            builder.word(text, span.start as usize, span.end as usize);
            end = span;
        }
        match directive.open_span() {
            Some(open) => builder.open(directive.file(), open.start as usize),
            None => builder.finish(directive.file(), directive.span().end as usize),
        }
    }
}

/// The tree as it was meant: each directive that was swallowed stands behind the one that took it.
pub(super) fn apart(tree: &Tree, sources: &Sources, swallowers: &[Swallower]) -> Tree {
    let mut builder = Builder::default();
    put_in(tree, sources, tree.all(), swallowers, &mut builder);
    builder.into_joined_tree()
}

fn put_in(
    tree: &Tree,
    sources: &Sources,
    siblings: std::ops::Range<u32>,
    swallowers: &[Swallower],
    builder: &mut Builder,
) {
    for id in tree.siblings(siblings) {
        let directive = tree.directive(sources, id);
        let swallower = swallowers.binary_search_by_key(&id, |one| one.id).ok().map(|at| &swallowers[at]);
        match swallower {
            Some(swallower) => swallower.put_apart(directive, builder),
            None => builder.copy(tree, id),
        }
        let below = tree.below(id);
        if directive.is_block() || !below.is_empty() {
            if !directive.is_block() {
                builder.enter_include();
            }
            put_in(tree, sources, below, swallowers, builder);
            // What was put apart has no end yet.
            match swallower {
                Some(_) if directive.is_block() => builder.close(directive.span().end as usize),
                _ => builder.leave(),
            }
        }
        if swallower.is_some_and(|swallower| swallower.is_open) {
            builder.close(directive.span().end as usize);
        }
    }
}
