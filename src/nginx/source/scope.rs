//! What a file is the content of: a whole configuration, or what an `include` puts somewhere inside.

use crate::nginx::directives::{Context, Language, Spec, variable};
use crate::nginx::tree::{Block, Directive};

/// Where a file's lines belong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// They are the directives of such a block; [`Context::Main`] for `nginx.conf`.
    Inside(Context),
    /// They are no directives: a list for `map`, `geo`, `types` or `split_clients`.
    Lines,
}

/// What an `include` may stand in, the innermost of each language first. What an `if` or a `limit_except` takes is
/// taken in a location too.
const CONTEXTS: [Context; 11] = [
    Context::Location,
    Context::Server,
    Context::Http,
    Context::Upstream,
    Context::StreamServer,
    Context::Stream,
    Context::StreamUpstream,
    Context::MailServer,
    Context::Mail,
    Context::Events,
    Context::Main,
];

/// Blocks that stand at the top of `nginx.conf` and nowhere else.
const WHOLE: [&str; 4] = ["http", "events", "stream", "mail"];

/// What stands beside whole servers by mistake only: a brace that closes one too early leaves its content at the top.
const IN_SERVERS: [Context; 4] =
    [Context::Location, Context::Server, Context::StreamServer, Context::MailServer];

/// How many directives are looked at to tell one language from another: the rest of a file is in the same.
const ENOUGH: usize = 64;

/// Words that only lists have.
const LIST_WORDS: [&str; 4] = ["default", "hostnames", "volatile", "ranges"];

impl Scope {
    /// The scope of a file: where most of the directives at its top may stand, and of several such places where most
    /// of those inside its blocks may. Where all may stand in several it is the innermost, else the outermost.
    pub fn of(root: Block<'_>) -> Scope {
        let is_whole = |directive: Directive<'_>| WHOLE.iter().any(|name| directive.is(name));
        if root.iter().any(|directive| directive.is_block() && is_whole(directive)) {
            return Scope::Inside(Context::Main);
        }
        if is_list(root) {
            return Scope::Lines;
        }
        // One that lost its brace.
        if root.iter().any(is_whole) {
            return Scope::Inside(Context::Main);
        }
        let mut scores = CONTEXTS.map(|context| (0, context));
        let mut known = 0;
        let has_servers = root.iter().any(|directive| directive.is_block() && directive.is("server"));
        for directive in root {
            let mut fits_any = false;
            for (score, context) in &mut scores {
                let fits = meant(directive, *context).is_some();
                *score += usize::from(fits && !(has_servers && IN_SERVERS.contains(context)));
                fits_any |= fits;
            }
            known += usize::from(fits_any);
        }
        let most = scores.iter().map(|(score, _)| *score).max().unwrap_or(0);
        let best = scores.into_iter().filter(|(score, _)| *score == most).map(|(_, context)| context);
        let mut best: Vec<_> = best.collect();
        if most < known {
            best.sort_by_key(|context| *context as u8);
        }
        Scope::Inside(of_language(root, &best))
    }

    /// The block the directives belong in; none for lines that are no directives.
    pub fn context(self) -> Option<Context> {
        match self {
            Scope::Inside(context) => Some(context),
            Scope::Lines => None,
        }
    }
}

/// Of places where equally many of a file's directives may stand, the one whose language its blocks are in; the first
/// where nothing tells.
fn of_language(root: Block<'_>, places: &[Context]) -> Context {
    let first = places[0];
    if places.iter().all(|place| place.is_of_one_language_with(first)) {
        return first;
    }
    let score = |place: &Context| taken(root, *place, &mut ENOUGH.clone());
    // The first of several that are the highest.
    places.iter().copied().rev().max_by_key(score).unwrap_or(first)
}

/// How many directives and variables of a block the language of such a block knows, among so many that are left to be
/// looked at.
fn taken(block: Block<'_>, context: Context, left: &mut usize) -> usize {
    let mut count = 0;
    for directive in block {
        if *left == 0 {
            break;
        }
        *left -= 1;
        let Some(spec) = meant(directive, context) else { continue };
        count += 1 + variables(directive, context);
        if let (Some(block), Some(inner)) = (directive.block(), spec.opens(context)) {
            count += taken(block, inner, left);
        }
    }
    count
}

/// What a directive is in such a block, if anything.
fn meant(directive: Directive<'_>, context: Context) -> Option<&'static Spec> {
    let fits = |spec: &&Spec| spec.contexts().contains(context) && spec.is_block() == directive.is_block();
    let spec = directive.specs().iter().find(fits)?;
    let starts = |what: &str| directive.arg(0).is_some_and(|first| first.content().starts_with(what));
    let is_meant = match (spec.name(), context) {
        // Few are nested.
        ("location", Context::Location) => false,
        // A `location` was forgotten, no `stream`.
        ("proxy_pass", Context::StreamServer) => !starts("http"),
        // HTTP answers with a code or a URL, a stream with any text.
        ("return", Context::Server) => !starts("$") || starts("$scheme"),
        _ => true,
    };
    is_meant.then_some(spec)
}

/// How many variables a directive names that this language has.
fn variables(directive: Directive<'_>, context: Context) -> usize {
    let language = match context {
        Context::Stream | Context::StreamServer | Context::StreamUpstream => Language::Stream,
        _ if context.is_http() => Language::Http,
        _ => return 0,
    };
    let is_end = |character: char| !character.is_ascii_alphanumeric() && character != '_';
    let names = directive.args().flat_map(|argument| {
        let parts = argument.content().split('$').skip(1);
        parts.map(|part| part.trim_start_matches('{').split(is_end).next().unwrap_or_default())
    });
    names.filter(|name| variable(language, &name.to_ascii_lowercase()).is_some()).count()
}

/// Whether these are lines of a list: half of them begin with what cannot be the name of a directive, and fewer
/// with one.
fn is_list(root: Block<'_>) -> bool {
    let (mut lines, mut odd, mut known) = (0, 0, 0);
    for line in root.iter().filter(|line| !line.is("include")) {
        let name = line.name();
        let is_odd = |byte: u8| !byte.is_ascii_lowercase() && !byte.is_ascii_digit() && byte != b'_';
        if line.is_block() {
            return false;
        }
        lines += 1;
        known += usize::from(!line.specs().is_empty());
        odd += usize::from(name.is_empty() || name.bytes().any(is_odd) || LIST_WORDS.contains(&&*name));
    }
    odd > known && odd * 2 >= lines
}
