//! A location of a service: a path, its type, and what is set beside the type's defaults.

use super::allow::{self, Allowed, allow};
use super::directives::raw_directives;
use super::fields::{Fields, Found, Key, key, listed, one_or_many};
use super::headers::{Header, response_headers};
use super::location_type::{LocationType, TYPES};
use super::node::{Node, Value};
use super::proxy::{self, Proxy};
use super::redirect::{self, Redirect};
use super::regex::regex;
use super::scalar::{At, at, one_of, truth};
use super::static_files::{self, StaticFiles};
use super::values::{bad_value, plain, uri_path};
use crate::text::Span;

/// Keys that every location may have.
pub(super) const KEYS: &[Key] = &[
    key(
        "path",
        "path",
        "what the location matches: a path from `/`, or a regular expression with `modifier: \"~\"`",
    ),
    key("type", "one of the types", "what is served there"),
    key("modifier", "`=`, `^~`, `\"~\"` or `\"~*\"`", "how nginx compares the path; a prefix when left out"),
    key(
        "endpoints",
        "list of paths",
        "the URLs that clients call, for `urls`; `{name}` stands for any value",
    ),
    key("probe", "path", "the path that `test` and `probe` call"),
    key("access_log", "`true` or `false`", "whether requests are logged; `false` for `health`"),
    key("response_headers", "mapping", "headers added to every answer"),
    key("directives", "list of nginx lines", "put into the location as they are, after nginx-gen's own"),
];

/// Keys that only some types have: the keys, and the types.
pub(super) const KEYS_BY_TYPE: &[(&[Key], &[LocationType])] = &[
    (proxy::KEYS, &[T::Http, T::Websocket, T::Sse, T::Stream, T::Health, T::Grpc]),
    (proxy::HTTP_KEYS, &[T::Http, T::Websocket, T::Sse, T::Stream, T::Health]),
    (proxy::BUFFERING_KEYS, &[T::Http]),
    (proxy::WEBSOCKET_KEYS, &[T::Websocket]),
    (static_files::KEYS, &[T::Static]),
    (redirect::KEYS, &[T::Redirect]),
];

use LocationType as T;

/// A location of a service.
#[derive(Clone, Debug)]
pub struct Location {
    /// Where it is declared.
    pub span: Span,
    /// What it is for.
    pub kind: LocationType,
    /// How its path is compared.
    pub modifier: Modifier,
    /// The path or regular expression.
    pub path: At<String>,
    /// The paths clients call, with placeholders.
    pub endpoints: Vec<String>,
    /// The path that tests call.
    pub probe: Option<String>,
    /// Whether requests are logged, when it is said.
    pub access_log: Option<bool>,
    /// Headers of every answer.
    pub response_headers: Vec<Header>,
    /// What concerns the back end; meaningless when the type is not proxied.
    pub proxy: Proxy,
    /// The files, for type `static`.
    pub files: Option<StaticFiles>,
    /// The target, for type `redirect`.
    pub redirect: Option<Redirect>,
    /// nginx lines to put in as they are.
    pub directives: Vec<At<String>>,
    /// Rules whose findings are wanted here.
    pub allowed: Vec<Allowed>,
}

/// How nginx compares a location's path with the request's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Modifier {
    /// None: the longest matching prefix, unless a regular expression matches.
    Prefix,
    /// `=`: the whole path.
    Exact,
    /// `^~`: a prefix that keeps regular expressions from being tried.
    PrefixFirst,
    /// `~`: a regular expression.
    Regex,
    /// `~*`: a regular expression that ignores case.
    RegexNoCase,
}

const MODIFIERS: &[(&str, Modifier)] = &[
    ("=", Modifier::Exact),
    ("^~", Modifier::PrefixFirst),
    ("~", Modifier::Regex),
    ("~*", Modifier::RegexNoCase),
];

impl Modifier {
    /// As nginx writes it; empty for a plain prefix.
    pub fn as_str(self) -> &'static str {
        MODIFIERS.iter().find(|(_, modifier)| *modifier == self).map_or("", |(text, _)| text)
    }

    /// Whether the path is a regular expression.
    pub fn is_regex(self) -> bool {
        matches!(self, Modifier::Regex | Modifier::RegexNoCase)
    }

    /// Whether the path is the start of what is matched.
    pub fn is_prefix(self) -> bool {
        matches!(self, Modifier::Prefix | Modifier::PrefixFirst)
    }
}

impl Location {
    /// As nginx writes it: `/ws/`, `= /health`, `~ ^/x`.
    pub fn written(&self) -> String {
        let modifier = self.modifier.as_str();
        let space = if modifier.is_empty() { "" } else { " " };
        format!("{modifier}{space}{}", self.path.value)
    }

    /// Whether somebody means it by its path, with or without its modifier.
    pub fn is_called(&self, name: &str) -> bool {
        name == self.path.value || name == self.written()
    }

    /// The path without its final slash, if requests for it belong here too: nginx would answer them with
    /// a 301, which WebSocket clients do not follow, and which makes a `GET` of a `POST`.
    pub fn twin_path(&self) -> Option<&str> {
        let wanted = self.kind.traits().long_lived && self.modifier.is_prefix();
        self.path.strip_suffix('/').filter(|path| wanted && !path.is_empty())
    }
}

/// Reads a location.
pub(super) fn location(node: &Node, found: &mut Found) -> Option<Location> {
    let tables: Vec<&[Key]> =
        [KEYS, allow::KEYS].into_iter().chain(KEYS_BY_TYPE.iter().map(|(keys, _)| *keys)).collect();
    let fields = Fields::of(node, "a location", &tables, found)?;
    let words: Vec<_> = TYPES.iter().map(|traits| (traits.name, traits.kind)).collect();
    let kind = fields.required("type", found, |node, found| one_of(node, "a location type", &words, found));
    let modifier = match fields.entry("modifier") {
        None => Some(Modifier::Prefix),
        Some(entry) => modifier(&entry.value, found),
    };
    let path = fields.required("path", found, |node, found| {
        at(node, found, |node, found| match modifier {
            Some(modifier) if modifier.is_regex() => regex(node, found),
            Some(_) => uri_path(node, found),
            None => None,
        })
    });
    let access_log = fields.optional("access_log", found, truth);
    let response_headers = fields.optional("response_headers", found, response_headers).unwrap_or_default();
    let directives = fields.optional("directives", found, raw_directives).unwrap_or_default();
    let allowed = fields.optional("allow", found, allow).unwrap_or_default();
    let endpoints = fields.optional("endpoints", found, |node, found| {
        one_or_many(node, "a list of paths", found, |node, found| {
            called_path(node, path.as_ref(), modifier, found)
        })
    });
    let probe =
        fields.optional("probe", found, |node, found| called_path(node, path.as_ref(), modifier, found));
    let kind = kind?;
    keys_of_other_types(&fields, kind, found);
    let at_path = path.as_ref().zip(modifier);
    let proxy = proxy::read(&fields, kind, at_path, found);
    let files = (kind == T::Static).then(|| static_files::read(&fields, at_path, found));
    let redirect = (kind == T::Redirect).then(|| redirect::read(&fields, found));
    Some(Location {
        span: fields.span(),
        kind,
        modifier: modifier?,
        path: path?,
        endpoints: endpoints.unwrap_or_default(),
        probe,
        access_log: access_log.or((kind == T::Health).then_some(false)),
        response_headers,
        proxy: proxy?,
        files: match files {
            Some(files) => Some(files?),
            None => None,
        },
        redirect: match redirect {
            Some(redirect) => Some(redirect?),
            None => None,
        },
        directives,
        allowed,
    })
}

fn modifier(node: &Node, found: &mut Found) -> Option<Modifier> {
    if matches!(node.value, Value::Null) {
        let fault = bad_value(node, "a bare `~` is YAML's null, not a modifier");
        found.push(fault.help("write it in quotes: `modifier: \"~\"`"));
        return None;
    }
    one_of(node, "a modifier", MODIFIERS, found)
}

/// A path that clients call; it must be one that this location matches.
fn called_path(
    node: &Node,
    path: Option<&At<String>>,
    modifier: Option<Modifier>,
    found: &mut Found,
) -> Option<String> {
    let called = plain(node, "a path", found)?;
    let (path, modifier) = path.zip(modifier)?;
    let inside = match modifier {
        Modifier::Prefix | Modifier::PrefixFirst => called.starts_with(path.as_str()),
        Modifier::Exact => called.split('?').next() == Some(path.as_str()),
        Modifier::Regex | Modifier::RegexNoCase => called.starts_with('/'),
    };
    if inside {
        return Some(called);
    }
    let fault = bad_value(node, format!("`{called}` does not lie in location `{}`", path.value));
    found.push(
        fault.at(path.span, "the location's path").help("write a path that starts with the location's"),
    );
    None
}

/// Reports keys that exist, but not for this type.
fn keys_of_other_types(fields: &Fields<'_>, kind: LocationType, found: &mut Found) {
    for entry in fields.entries() {
        let groups =
            || KEYS_BY_TYPE.iter().filter(|(keys, _)| keys.iter().any(|key| key.name == &*entry.key));
        if groups().next().is_none() || groups().any(|(_, types)| types.contains(&kind)) {
            continue;
        }
        let types = listed(groups().flat_map(|(_, types)| types.iter().map(|kind| kind.name())));
        let message = format!("`{}` means nothing for type `{}`", entry.key, kind.name());
        let fault = crate::diagnostic::Diagnostic::error("unknown-key", message);
        found.push(fault.at(entry.key_span, "has no effect here").help(format!("it goes with {types}")));
    }
}
