//! Directives of one block that do not go together, where nginx looks at what it has read so far.

use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};

/// The modules whose answers are stored, or kept in a cache.
const FAMILIES: [&str; 4] = ["proxy", "fastcgi", "uwsgi", "scgi"];

pub(super) fn check<'t>(directive: Directive<'t>, spec: &Spec, found: &mut Vec<Diagnostic>) {
    let name = spec.name();
    if name == "proxy_redirect"
        && directive.args().len() == 1
        && directive.arg(0).is_some_and(|word| word.is("default"))
    {
        found.extend(early(directive));
    }
    if name == "valid_referers" {
        found.extend(nobody(directive));
    }
    let told = match name {
        "proxy_redirect" | "proxy_cookie_domain" | "proxy_cookie_path" | "proxy_cookie_flags" | "mirror" => {
            let is_off =
                |one: Directive<'_>| one.args().len() == 1 && one.arg(0).is_some_and(|word| word.is("off"));
            before(directive, |one| one.is(name) && (is_off(one) || is_off(directive)))
                .map(|first| (first, duplicate(name), "`off` stands alone"))
        }
        "limit_conn" | "limit_req" => {
            let zone = |one: Directive<'t>| match name {
                "limit_conn" => one.arg(0).map(Argument::value),
                _ => one.args().map(Argument::value).find(|word| word.starts_with("zone=")),
            };
            before(directive, |one| one.is(name) && zone(one) == zone(directive))
                .map(|first| (first, duplicate(name), "a zone limits once in a block"))
        }
        "thread_pool" => before(directive, |one| one.is(name) && same_name(one, directive)).map(|first| {
            let message = format!(
                "duplicate thread pool \"{}\"",
                directive.arg(0).map(Argument::value).unwrap_or_default()
            );
            (first, message, "a pool has one size")
        }),
        "secure_link_secret" => {
            before(directive, |one| one.is("secure_link") || one.is("secure_link_md5")).map(unmixed)
        }
        "secure_link" | "secure_link_md5" => {
            before(directive, |one| one.is("secure_link_secret")).map(unmixed)
        }
        "load_module" => before(directive, Directive::is_block).map(|first| {
            let message = "\"load_module\" directive is specified too late".to_owned();
            (first, message, "modules are loaded before the first block is read")
        }),
        _ => stored(directive, name),
    };
    if let Some((first, message, why)) = told {
        found.push(
            Diagnostic::error("duplicate-directive", message)
                .at(directive.head_span(), "")
                .at(first.head_span(), "this stands before it")
                .why(why)
                .help(if name == "load_module" {
                    "put it before all blocks"
                } else {
                    "remove one of the two"
                }),
        );
    }
}

/// `none` and `blocked` beside no name (`ngx_http_referer_merge_conf`). What all lines of a block say counts together.
fn nobody(directive: Directive<'_>) -> Option<Diagnostic> {
    let block = directive.parent()?;
    let all = || block.children().filter(|one| one.is("valid_referers")).flat_map(Directive::args);
    if before(directive, |one| one.is("valid_referers")).is_some() || !all().any(|word| is_nobody(word)) {
        return None;
    }
    let server = std::iter::once(block).chain(block.ancestors()).find(|around| around.is("server"));
    let named = |server: Directive<'_>| {
        let mut names = server.find_all("server_name").flat_map(Directive::args).peekable();
        let is_regex = |name: Argument<'_>| name.content().starts_with('~');
        names.peek().is_none() || names.any(|name| !is_regex(name))
    };
    let is_name = |word: Argument<'_>| match word.content() {
        "server_names" => server.is_none_or(named),
        _ => !is_nobody(word) && !word.content().starts_with('~'),
    };
    if all().any(is_name) {
        return None;
    }
    let message = "the \"none\" or \"blocked\" referers are specified in the \"valid_referers\" directive without any \
         valid referer";
    let fault = Diagnostic::error("bad-value", message).at(directive.head_span(), "");
    Some(
        fault
            .why("beside those there must be a name, and a regex is none")
            .help("add `server_names`, or a name such as `example.org`"),
    )
}

fn is_nobody(word: Argument<'_>) -> bool {
    word.is("none") || word.is("blocked")
}

/// `proxy_redirect default` is made of the `proxy_pass` before it.
fn early(directive: Directive<'_>) -> Option<Diagnostic> {
    let pass = before(directive, |one| one.is("proxy_pass"));
    let message = match pass {
        None => "\"proxy_redirect default\" should be placed after the \"proxy_pass\" directive",
        Some(pass) if pass.arg(0)?.content().contains('$') => {
            "\"proxy_redirect default\" cannot be used with \"proxy_pass\" directive with variables"
        }
        Some(_) => return None,
    };
    let fault = Diagnostic::error("bad-value", message).at(directive.head_span(), "");
    Some(fault.why("it is made of the URL of `proxy_pass`").help("remove it: it is the default"))
}

/// `proxy_store` beside `proxy_cache`.
fn stored<'t>(directive: Directive<'t>, name: &str) -> Option<(Directive<'t>, String, &'static str)> {
    let (family, rest) = name.split_once('_')?;
    let other = match rest {
        "store" => "cache",
        "cache" => "store",
        _ => return None,
    };
    if !FAMILIES.contains(&family) || directive.arg(0)?.is("off") {
        return None;
    }
    let other = format!("{family}_{other}");
    let is_set = |one: Directive<'_>| one.is(&other) && one.arg(0).is_some_and(|word| !word.is("off"));
    let first = before(directive, is_set)?;
    let message = format!("\"{name}\" directive is incompatible with \"{other}\"");
    Some((first, message, "an answer is either stored as a file or kept in a cache"))
}

/// Two ways of signing links in one block.
fn unmixed(first: Directive<'_>) -> (Directive<'_>, String, &'static str) {
    let message = "\"secure_link_secret\" cannot be mixed with \"secure_link\" and \"secure_link_md5\"";
    (first, message.to_owned(), "a link is checked in one of two ways")
}

fn same_name(one: Directive<'_>, other: Directive<'_>) -> bool {
    one.arg(0).map(Argument::value) == other.arg(0).map(Argument::value)
}

fn duplicate(name: &str) -> String {
    format!("\"{name}\" directive is duplicate")
}

/// The first directive of the same block that stands before this one and is such.
fn before<'t>(directive: Directive<'t>, is: impl Fn(Directive<'t>) -> bool) -> Option<Directive<'t>> {
    let all = match directive.parent() {
        Some(block) => block.children(),
        None => directive.tree().root(directive.sources()).iter(),
    };
    all.take_while(|one| one.id() < directive.id()).find(|one| is(*one))
}
