//! What a client can put into a value: variables of its request, and captures of its path.
//!
//! nginx decodes a path before it is matched, so `%0d%0a` is a line break in `$uri` and in whatever an expression
//! took from it; `$request_uri`, `$args` and headers stay as they were sent and hold none. Tried on 1.22 and 1.28.

use std::collections::HashMap;

use super::captures::{Group, body};
use super::subject::Subject;
use crate::nginx::routing::{Outcome, Pattern};
use crate::nginx::tree::{Argument, Directive};

/// Variables that hold the path, decoded.
const PATHS: [&str; 3] = ["uri", "document_uri", "fastcgi_script_name"];

/// Starts of the names of variables that hold what the client sent, as it was sent.
const SENT: [&str; 3] = ["arg_", "http_", "cookie_"];

/// How many `set` may stand between a variable and what it comes from.
const DEEPEST: usize = 4;

/// Where what is in a variable comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'t> {
    /// The decoded path, whole.
    Path,
    /// A parameter, a header or a cookie: any text of one line.
    Sent,
    /// The `Host` header as it was sent.
    HostHeader,
    /// The name that the server was chosen by.
    Host,
    /// What a group of an expression took from the decoded path.
    Capture { expression: &'t str, group: Group<'t> },
}

/// What each `set` of a configuration gives.
pub(super) struct Variables<'t> {
    set: HashMap<&'t str, Vec<Directive<'t>>>,
}

impl<'t> Variables<'t> {
    pub(super) fn of(subject: &Subject<'t>) -> Variables<'t> {
        let mut set: HashMap<_, Vec<_>> = HashMap::new();
        for directive in subject.every("set") {
            if let Some(name) = directive.arg(0).and_then(|name| name.content().strip_prefix('$')) {
                set.entry(name).or_default().push(directive);
            }
        }
        Variables { set }
    }

    /// Whether a source that fits is among those of a variable, as it is read in this directive.
    pub(super) fn comes_from(
        &self,
        name: &'t str,
        reader: Directive<'t>,
        fits: impl Fn(Source<'t>, Directive<'t>) -> bool,
    ) -> bool {
        self.any(name, reader, &fits, DEEPEST)
    }

    fn any(
        &self,
        name: &'t str,
        reader: Directive<'t>,
        fits: &impl Fn(Source<'t>, Directive<'t>) -> bool,
        depth: usize,
    ) -> bool {
        if let Some(source) = source(name, reader) {
            return fits(source, reader);
        }
        if self.set.is_empty() {
            return false;
        }
        let mut parts =
            self.values(name, reader).flat_map(|(value, set)| names(value).map(move |name| (name, set)));
        depth > 0 && parts.any(|(name, set)| self.any(name, set, fits, depth - 1))
    }

    /// What `set` gives to a variable in the server that this directive is in, and which one.
    pub(super) fn values(
        &self,
        name: &str,
        reader: Directive<'t>,
    ) -> impl Iterator<Item = (&'t str, Directive<'t>)> {
        let server = server_of(reader);
        let sets = self.set.get(name).into_iter().flatten().copied();
        let sets = sets.filter(move |set| server_of(*set) == server);
        sets.filter_map(|set| Some((set.arg(1)?.content(), set)))
    }
}

/// Where a variable comes from, as it is read in this directive; none of one that is set, where the client has no hand in
/// it, or where that is not known.
pub(super) fn source<'t>(name: &'t str, reader: Directive<'t>) -> Option<Source<'t>> {
    own(name).or_else(|| captured(name, reader))
}

impl Source<'_> {
    /// Whether a line break can be in it, where it is read in this directive.
    pub(super) fn may_break_line(self, reader: Directive<'_>) -> bool {
        match self {
            Source::Path => reader.ancestors().all(|block| lets_line_breaks_in(block)),
            Source::Capture { expression, group } => {
                let broken = ["\n", "a\nb", "a\r\nb", "1\n1", "/\n", "a/\nb", "/a\nb"];
                broken.iter().any(|text| takes(expression, group, text))
            }
            Source::Sent | Source::HostHeader | Source::Host => false,
        }
    }
}

/// The names of the variables in a value, in order.
pub(super) fn names(value: &str) -> impl Iterator<Item = &str> {
    value.split('$').skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = rest.as_bytes().iter().take_while(|byte| is_name(byte)).count();
        (length > 0).then(|| &rest[..length])
    })
}

/// Whether a group can hold exactly this text.
pub(super) fn takes(expression: &str, group: Group<'_>, text: &str) -> bool {
    let Some(body) = body(expression, group) else { return false };
    // A group is judged by itself, which is no judgement where something else looks at the same text.
    if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|around| expression.contains(around)) {
        return false;
    }
    let flags = expression.strip_prefix("(?").and_then(|rest| rest.split_once(')')).map(|(flags, _)| flags);
    let flags = flags.filter(|flags| flags.bytes().all(|flag| flag.is_ascii_lowercase()));
    let flags = flags.map(|flags| format!("(?{flags})")).unwrap_or_default();
    let alone = format!("{flags}\\A(?:{body})\\z");
    Pattern::compile(&alone, false).is_ok_and(|alone| alone.test(text.as_bytes()) == Outcome::Matches)
}

fn own(name: &str) -> Option<Source<'static>> {
    match name {
        "http_host" => Some(Source::HostHeader),
        "host" => Some(Source::Host),
        _ if PATHS.contains(&name) => Some(Source::Path),
        _ if SENT.iter().any(|start| name.starts_with(start)) => Some(Source::Sent),
        _ => None,
    }
}

fn server_of(directive: Directive<'_>) -> Option<Directive<'_>> {
    directive.ancestors().find(|block| block.is("server"))
}

/// What an expression around took from the path under this name or number.
fn captured<'t>(name: &'t str, reader: Directive<'t>) -> Option<Source<'t>> {
    let group = Group::named(name)?;
    if matches!(group, Group::Number(_)) && is_overwritten(reader) {
        return None;
    }
    let mut expressions = reader.ancestors().filter_map(expression);
    let (expression, is_of_path) = expressions.find(|(expression, _)| body(expression, group).is_some())?;
    is_of_path.then_some(Source::Capture { expression, group })
}

/// Whether another expression may have been matched between those around a directive and itself.
fn is_overwritten(reader: Directive<'_>) -> bool {
    let Some(block) = reader.parent() else { return true };
    let earlier = block.children().take_while(|child| *child != reader);
    let matches = |child: Directive<'_>| child.is("rewrite") || child.is("if") && expression(child).is_some();
    earlier.into_iter().any(matches)
}

/// The expression of a `location ~` or an `if (… ~ …)`, and whether it is matched against the decoded path.
fn expression(block: Directive<'_>) -> Option<(&str, bool)> {
    if block.is("location") {
        let first = block.arg(0)?.content();
        // The modifier may be glued to the expression.
        let rest = first.strip_prefix("~*").or_else(|| first.strip_prefix('~'))?;
        return Some((block.arg(1).map_or(rest, Argument::content), true));
    }
    let condition = condition(block)?;
    let subject = block.arg(0)?.content().trim_start_matches('(').trim_start_matches('$');
    Some((condition.text, PATHS.contains(&subject)))
}

/// The expression that an `if` asks for a match.
pub(super) struct Condition<'t> {
    pub(super) text: &'t str,
    pub(super) ignores_case: bool,
    pub(super) word: Argument<'t>,
}

/// What `if ($variable ~ …)` asks.
pub(super) fn condition(block: Directive<'_>) -> Option<Condition<'_>> {
    if !block.is("if") {
        return None;
    }
    let operator = block.arg(1).filter(|word| word.is("~") || word.is("~*"))?;
    let word = block.arg(2)?;
    let text = word.content();
    // In quotes, a last bracket is the expression's own.
    let text = if word.raw() == text { text.strip_suffix(')').unwrap_or(text) } else { text };
    Some(Condition { text, ignores_case: operator.is("~*"), word })
}

/// Whether a request whose path has a line break in it can come into a block.
fn lets_line_breaks_in(block: Directive<'_>) -> bool {
    if block.is("location") {
        let first = block.arg(0);
        if first.is_some_and(|word| word.content().starts_with('=')) {
            return false;
        }
        return expression(block).is_none_or(|(text, _)| matches_line_breaks(text));
    }
    if !block.is("if") {
        return true;
    }
    let speaks_of_path = block.args().any(|word| names(word.content()).any(|name| name.ends_with("uri")));
    !speaks_of_path || expression(block).is_some_and(|(text, _)| matches_line_breaks(text))
}

/// Whether an expression takes paths with a line break: more may stand before or behind what it asks for, or one
/// of its groups takes it.
pub(super) fn matches_line_breaks(expression: &str) -> bool {
    let is_whole = expression.starts_with('^') && expression.ends_with('$');
    let is_open = !expression.contains('|') && !is_whole;
    let group = |number| takes(expression, Group::Number(number), "a\nb");
    is_open || (1..=9).any(group)
}
