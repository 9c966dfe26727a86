//! Which location takes a path (`ngx_http_core_find_location`).

use std::borrow::Cow;
use std::collections::HashMap;

use super::pattern::{Outcome, Pattern};
use crate::nginx::inheritance::HANDLERS;
use crate::nginx::tree::{Block, Directive};

/// What a location matches.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `= /path`
    Exact(String),
    /// `/path`, or `^~ /path`, which keeps regexes of its own level from being tried.
    Prefix {
        /// The path.
        text: String,
        /// Whether it is `^~`.
        is_final: bool,
    },
    /// `~ expression` or `~* expression`; none when PCRE refuses it, and then nginx does not start.
    Regex(Option<Pattern>),
    /// `@name`: only jumped to.
    Named(String),
}

impl Kind {
    /// Reads a location's arguments; `None` when nginx takes them for none.
    pub fn of(location: Directive<'_>) -> Option<Kind> {
        let first = location.arg(0)?.value();
        let (modifier, text) = match location.arg(1) {
            Some(text) => (first.as_ref(), text.value().into_owned()),
            None => split_modifier(&first),
        };
        Some(match modifier {
            "=" => Kind::Exact(text),
            "^~" => Kind::Prefix { text, is_final: true },
            "~" => Kind::Regex(Pattern::compile(&text, false).ok()),
            "~*" => Kind::Regex(Pattern::compile(&text, true).ok()),
            "" if location.arg(1).is_none() && text.starts_with('@') => Kind::Named(text),
            "" if location.arg(1).is_none() => Kind::Prefix { text, is_final: false },
            _ => return None,
        })
    }

    fn static_text(&self) -> Option<&[u8]> {
        match self {
            Kind::Exact(text) | Kind::Prefix { text, .. } => Some(text.as_bytes()),
            Kind::Regex(_) | Kind::Named(_) => None,
        }
    }
}

/// nginx lets the modifier be glued to the text: `location =/a`, `location ~/a`.
fn split_modifier(text: &str) -> (&str, String) {
    let modifier = ["=", "^~", "~*", "~"].into_iter().find(|modifier| text.starts_with(modifier));
    let modifier = modifier.unwrap_or("");
    (modifier, text[modifier.len()..].to_owned())
}

/// A location with those nested in it.
#[derive(Debug)]
struct Location<'t> {
    directive: Directive<'t>,
    kind: Kind,
    nested: Locations<'t>,
    /// Whether the path without the final slash is redirected here: `/ws` to a `location /ws/` that passes requests on
    /// to an upstream.
    redirects: bool,
}

/// The locations of one level, ready to be searched for many paths.
#[derive(Debug, Default)]
pub struct Locations<'t> {
    all: Vec<Location<'t>>,
    /// Where exact locations stand among them, by their path; the first of several, as of the others.
    exact: HashMap<Vec<u8>, usize>,
    /// Where prefixes do.
    prefixes: HashMap<Vec<u8>, usize>,
    /// Where those do that a path without their final slash is redirected to, by that path.
    redirecting: HashMap<Vec<u8>, usize>,
}

/// The location a path ends in.
#[derive(Clone, Debug, Default)]
pub struct Found<'t> {
    /// It; `None` when none matches, and the server's own settings hold.
    pub location: Option<Directive<'t>>,
    /// Where to nginx redirects with 301 instead of answering, as a path.
    pub redirect: Option<String>,
    /// Every other location that was looked at, and why it was not taken.
    pub rivals: Vec<Rival<'t>>,
}

/// A location that did not get the request.
#[derive(Clone, Copy, Debug)]
pub struct Rival<'t> {
    /// It.
    pub location: Directive<'t>,
    /// Why not.
    pub loss: Loss,
}

/// Why a location did not get the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// It does not match the path.
    Differs,
    /// It matches, and a longer prefix does too.
    Shorter,
    /// It matches, and a regex does too.
    RegexWon,
    /// It matches, and so does a regex that stands before it.
    LaterRegex,
    /// No regex of its level was tried, since an exact match, a `^~` or a redirect decided.
    NotTried,
    /// It matches as a prefix, and an exact match or a redirect decided.
    ExactWon,
    /// It is a regex that PCRE refuses or gives up on.
    Unjudged,
}

/// nginx's return codes of the search, by what they mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Search {
    Nothing,
    Prefix,
    Decided,
    Redirect,
}

impl<'t> Locations<'t> {
    /// The locations in a server, those nested in them too.
    pub fn of(server: Directive<'t>) -> Locations<'t> {
        server.block().map(Locations::in_block).unwrap_or_default()
    }

    fn in_block(block: Block<'t>) -> Locations<'t> {
        let locations = block.find_all("location").filter_map(|directive| {
            let kind = Kind::of(directive)?;
            let redirects =
                kind.static_text().is_some_and(|text| text.ends_with(b"/")) && passes_on(directive);
            Some(Location { directive, kind, nested: Locations::of(directive), redirects })
        });
        let mut level = Locations { all: locations.collect(), ..Locations::default() };
        for (at, location) in level.all.iter().enumerate() {
            let Some(text) = location.kind.static_text() else { continue };
            let is_exact = matches!(location.kind, Kind::Exact(_));
            let by_text = if is_exact { &mut level.exact } else { &mut level.prefixes };
            by_text.entry(text.to_owned()).or_insert(at);
            if let Some(path) = text.strip_suffix(b"/").filter(|_| location.redirects) {
                level.redirecting.entry(path.to_owned()).or_insert(at);
            }
        }
        // Where an exact one has the same path, nginx sends the redirect by its settings.
        for (path, at) in &mut level.redirecting {
            if let Some(exact) = level.exact.get(&[path.as_slice(), b"/"].concat()) {
                *at = *exact;
            }
        }
        level
    }

    /// The location in a server that takes one path. Where only prefixes decide it is found in one look, without the
    /// tables that are made for many paths.
    pub fn taker_of(server: Directive<'t>, path: &[u8]) -> Option<Directive<'t>> {
        let mut longest: Option<(usize, Directive<'t>)> = None;
        for location in server.find_all("location") {
            let Some(text) = plain_prefix(location, path) else {
                return Locations::of(server).taker(path).location;
            };
            let is_longer = longest.is_none_or(|(length, _)| length < text.len());
            if is_longer && path.starts_with(text.as_bytes()) {
                longest = Some((text.len(), location));
            }
        }
        longest.map(|(_, location)| location)
    }

    /// Finds the location for a path as [`super::Target::path`] gives it, and tells of every other why it is not.
    pub fn find(&self, path: &[u8]) -> Found<'t> {
        let mut found = Found::default();
        self.search(path, &mut found, true);
        found
    }

    /// The same without the reasons: only what matches is looked at.
    pub fn taker(&self, path: &[u8]) -> Found<'t> {
        let mut found = Found::default();
        self.search(path, &mut found, false);
        found
    }

    /// With `reasons`, all others are listed.
    fn search(&self, path: &[u8], found: &mut Found<'t>, reasons: bool) -> Search {
        let (best, decision) = self.search_static(path, found, reasons);
        let decision = match best {
            Some(best) if decision == Search::Prefix => match best.nested.search(path, found, reasons) {
                Search::Nothing => Search::Prefix,
                nested => nested,
            },
            _ => decision,
        };
        let is_final = best.is_some_and(|best| matches!(best.kind, Kind::Prefix { is_final: true, .. }));
        if is_final || matches!(decision, Search::Decided | Search::Redirect) {
            if reasons {
                self.lose_all(found, |kind| matches!(kind, Kind::Regex(_)), Loss::NotTried);
            }
            return decision;
        }
        self.search_regexes(path, found, reasons).unwrap_or(decision)
    }

    /// Exact matches, the redirect to a path with a slash, and the longest prefix.
    fn search_static(
        &self,
        path: &[u8],
        found: &mut Found<'t>,
        reasons: bool,
    ) -> (Option<&Location<'t>>, Search) {
        let exact = self.exact.get(path).map(|at| &self.all[*at]);
        let best = self.longest_prefix(path);
        let is_whole = exact.or(best).and_then(|one| one.kind.static_text()) == Some(path);
        let redirect = self.redirecting.get(path).filter(|_| !is_whole).map(|at| &self.all[*at]);
        let winner = exact.or(redirect).or(best);
        for location in self.all.iter().filter(|_| reasons) {
            let Some(text) = location.kind.static_text() else { continue };
            let matches = matches!(location.kind, Kind::Prefix { .. }) && path.starts_with(text);
            let loss = match (matches, exact.or(redirect)) {
                (false, _) => Loss::Differs,
                (true, Some(_)) => Loss::ExactWon,
                (true, None) => Loss::Shorter,
            };
            if winner.is_none_or(|winner| winner.directive != location.directive) {
                found.rivals.push(Rival { location: location.directive, loss });
            }
        }
        let Some(winner) = winner else { return (None, Search::Nothing) };
        found.location = Some(winner.directive);
        if exact.is_some() {
            return (Some(winner), Search::Decided);
        }
        if redirect.is_some() {
            let text = winner.kind.static_text().unwrap_or_default();
            found.redirect = Some(String::from_utf8_lossy(text).into_owned());
            return (Some(winner), Search::Redirect);
        }
        (Some(winner), Search::Prefix)
    }

    fn longest_prefix(&self, path: &[u8]) -> Option<&Location<'t>> {
        let at = (0..=path.len()).rev().find_map(|length| self.prefixes.get(&path[..length]))?;
        Some(&self.all[*at])
    }

    /// The first regex in the order of the file; `None` when none matches.
    fn search_regexes(&self, path: &[u8], found: &mut Found<'t>, reasons: bool) -> Option<Search> {
        let mut winner: Option<&Location<'t>> = None;
        for location in &self.all {
            let Kind::Regex(pattern) = &location.kind else { continue };
            if winner.is_some() && !reasons {
                break;
            }
            let loss = match pattern.as_ref().map(|pattern| pattern.test(path)) {
                Some(Outcome::Matches) if winner.is_none() => {
                    winner = Some(location);
                    continue;
                }
                Some(Outcome::Matches) => Loss::LaterRegex,
                Some(Outcome::Differs) => Loss::Differs,
                Some(Outcome::GivesUp) | None => Loss::Unjudged,
            };
            found.rivals.push(Rival { location: location.directive, loss });
        }
        let winner = winner?;
        if let Some(prefix) = found.location.replace(winner.directive)
            && reasons
        {
            found.rivals.push(Rival { location: prefix, loss: Loss::RegexWon });
        }
        winner.nested.search(path, found, reasons);
        // nginx forgets a redirect found inside a regex and answers there.
        found.redirect = None;
        Some(Search::Decided)
    }

    fn lose_all(&self, found: &mut Found<'t>, which: impl Fn(&Kind) -> bool, loss: Loss) {
        let losers = self.all.iter().filter(|location| which(&location.kind));
        found.rivals.extend(losers.map(|location| Rival { location: location.directive, loss }));
    }
}

/// The text of a prefix that has no locations within and does not redirect this path; none of any other location.
fn plain_prefix<'t>(location: Directive<'t>, path: &[u8]) -> Option<Cow<'t, str>> {
    let text = match (location.arg(0)?, location.arg(1)) {
        (text, None) => text.value(),
        (modifier, Some(text)) => modifier.is("^~").then(|| text.value())?,
    };
    let is_redirect = text.strip_suffix('/').is_some_and(|text| text.as_bytes() == path);
    let is_modified = text.starts_with(['=', '~', '^']);
    (!is_redirect && !is_modified && location.find("location").is_none()).then_some(text)
}

/// Whether a location hands its requests to another program itself; one in an `if` does not count.
fn passes_on(location: Directive<'_>) -> bool {
    handler(location).is_some()
}

/// The directive of a block by which it hands requests to another program.
pub(super) fn handler(block: Directive<'_>) -> Option<Directive<'_>> {
    block.children().find(|child| HANDLERS.iter().any(|name| child.is(name)))
}

#[cfg(test)]
mod tests {
    use super::{Locations, Loss};
    use crate::nginx::parser::parse;
    use crate::text::{SourceFile, Sources};

    /// The location found, the redirect, and the rivals in the order of the file.
    fn told(locations: &str, path: &str) -> (String, Option<String>, Vec<(String, Loss)>) {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("a", format!("server {{ {locations} }}")));
        let (tree, faults) = parse(file, sources.file(file).text());
        assert_eq!(faults, []);
        let server = tree.root(&sources).find("server").unwrap();
        let mut found = Locations::of(server).find(path.as_bytes());
        found.rivals.sort_by_key(|rival| rival.location.id());
        let name = |location| format!("{location:?}").trim_start_matches("location ").to_owned();
        let rivals = found.rivals.iter().map(|rival| (name(rival.location), rival.loss)).collect();
        (found.location.map(name).unwrap_or_default(), found.redirect, rivals)
    }

    fn rivals(expected: &[(&str, Loss)]) -> Vec<(String, Loss)> {
        expected.iter().map(|(location, loss)| ((*location).to_owned(), *loss)).collect()
    }

    #[test]
    fn every_rival_is_told_why_it_lost() {
        let locations =
            "location / {} location /api/ {} location ~ ^/api/ {} location ~ sse {} location ^~ /x {}";
        let expected = [
            ("/", Loss::Shorter),
            ("/api/", Loss::RegexWon),
            ("~ sse", Loss::LaterRegex),
            ("^~ /x", Loss::Differs),
        ];
        assert_eq!(told(locations, "/api/sse"), ("~ ^/api/".to_owned(), None, rivals(&expected)));
        let expected = [
            ("/", Loss::Shorter),
            ("/api/", Loss::Differs),
            ("~ ^/api/", Loss::NotTried),
            ("~ sse", Loss::NotTried),
        ];
        assert_eq!(told(locations, "/x/sse"), ("^~ /x".to_owned(), None, rivals(&expected)));
    }

    #[test]
    fn a_path_without_its_slash_is_redirected_to_what_is_proxied() {
        let locations = "location / {} location /ws/ { proxy_pass http://a; } location ~ ws {}";
        let expected = [("/", Loss::ExactWon), ("~ ws", Loss::NotTried)];
        let redirect = Some("/ws/".to_owned());
        assert_eq!(told(locations, "/ws"), ("/ws/".to_owned(), redirect, rivals(&expected)));
        let (found, redirect, _) = told(&format!("{locations} location = /ws {{}}"), "/ws");
        assert_eq!((found.as_str(), redirect), ("= /ws", None));
    }

    #[test]
    fn the_taker_of_one_path_is_that_of_the_tables() {
        for text in [
            "location / {} location /a/ {} location /a/b {}",
            "location /a/ { proxy_pass http://a; } location ^~ /a/b {} location @c {}",
            "location /a/ { location /a/b {} } location ~ ^/a/b/c {} location = /a/b {}",
        ] {
            let mut sources = Sources::new();
            let file = sources.add(SourceFile::new("a", format!("server {{ {text} }}")));
            let (tree, _) = parse(file, sources.file(file).text());
            let server = tree.root(&sources).find("server").unwrap();
            for path in ["/", "/a", "/a/", "/a/b", "/a/b/c", "/b"] {
                let by_tables = Locations::of(server).taker(path.as_bytes()).location;
                assert_eq!(Locations::taker_of(server, path.as_bytes()), by_tables, "{text}: {path}");
            }
        }
    }

    #[test]
    fn modifiers_may_be_glued_and_broken_regexes_are_not_judged() {
        assert_eq!(told("location =/a {}", "/a").0, "=/a");
        assert_eq!(told("location ~*^/A {} location / {}", "/a").0, "~*^/A");
        assert_eq!(told("location @a {} location / {}", "/a").2, []);
        assert_eq!(told("location ~ ( {} location / {}", "/a").2, rivals(&[("~ (", Loss::Unjudged)]));
    }
}
