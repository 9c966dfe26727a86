//! `upstream`: its servers and their parameters (`ngx_http_upstream_server`), and how they are balanced.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Target;
use super::address::{self, Use};
use super::commercial;
use super::proxied::bad_address;
use super::servers::lower;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Context, Language};
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::value::{Unit, parse_time};
use crate::nginx::version::Version;
use crate::text::Span;

/// Since when names are looked up again while nginx runs.
pub(super) const RESOLVE: Version = Version::new(1, 27, 3);

/// Since when sessions stick to servers, which `route=` and `drain` are for.
pub(super) const STICKY: Version = Version::new(1, 29, 6);

/// Since when connections are kept by default. What a method behind `keepalive` does to it there was not measured.
const KEPT: Version = Version::new(1, 29, 7);

/// What decides between servers, and parameters each cannot do with (`uscf->flags`).
const METHODS: [(&str, &[&str]); 6] = [
    ("least_conn", &[]),
    ("ip_hash", &["backup"]),
    ("hash", &["backup"]),
    ("random", &["backup"]),
    ("least_time", &[]),
    ("keepalive", &[]),
];

/// Every `upstream` so far.
pub(super) struct Upstreams<'t> {
    target: Target,
    names: HashMap<(Language, Cow<'t, str>), Span>,
    /// What is passed on to with a port, and the port.
    with_ports: Vec<(Language, Cow<'t, str>, Cow<'t, str>, Span)>,
    /// What is passed on to without a port by those that know no usual one.
    without: Vec<(Language, &'t str, Argument<'t>)>,
    /// Those with names that are looked up while nginx runs, and nobody of their own to ask.
    resolving: Vec<(Directive<'t>, Argument<'t>)>,
}

impl<'t> Upstreams<'t> {
    pub(super) fn new(target: Target) -> Upstreams<'t> {
        Upstreams {
            target,
            names: HashMap::new(),
            with_ports: Vec::new(),
            without: Vec::new(),
            resolving: Vec::new(),
        }
    }

    pub(super) fn see(&mut self, upstream: Directive<'t>, language: Language, found: &mut Vec<Diagnostic>) {
        let Some(name) = upstream.arg(0) else { return };
        if let Some(first) = self.names.get(&(language, lower(name.value()))) {
            let fault =
                Diagnostic::error("duplicate-upstream", format!("duplicate upstream \"{}\"", name.value()));
            found.push(
                fault
                    .at(name.span(), "")
                    .at(*first, "the first one")
                    .why("nginx does not start with two of one name")
                    .help("remove one of the two, or call it otherwise"),
            );
        } else {
            self.names.insert((language, lower(name.value())), name.span());
        }
        let children: Vec<_> = upstream.children().collect();
        let has_servers = children.iter().any(|child| child.is("server"));
        // What an unread file or another module would bring is not known.
        let is_open =
            children.iter().any(|child| child.is("include") || child.is("state") || child.is_block());
        if !has_servers && !is_open {
            found.push(empty(upstream));
        }
        if has_servers && !is_open && children.iter().filter(|child| child.is("server")).all(is_backup) {
            found.push(spare(upstream, name));
        }
        let late = children.iter().filter(|child| child.is("server")).find_map(late);
        if self.target.version >= RESOLVE && !is_open && !children.iter().any(|child| child.is("resolver")) {
            self.resolving.extend(late.map(|word| (upstream, word)));
        }
        redefined(&children, self.target.version, found);
        self.servers(&children, name, language, found);
    }

    /// What a directive passes on to: an upstream has no port of its own.
    pub(super) fn asked(&mut self, pass: Directive<'t>, language: Language) {
        let Some(target) = pass.arg(0) else { return };
        let content = target.content();
        let is_unix = |scheme: &str| scheme.eq_ignore_ascii_case("unix");
        let place = content.split_once("://").filter(|(scheme, _)| !is_unix(scheme));
        let place = place.map_or(content, |(_, place)| place);
        let place = place.split('/').next().unwrap_or(place);
        if let Some((name, port)) = place.split_once(':')
            && !content.contains(['$', '[', '\\'])
        {
            self.with_ports.push((language, Cow::Borrowed(name), Cow::Borrowed(port), target.span()));
        }
        let has_usual = language == Language::Http && pass.is("proxy_pass");
        // What is no name is told of as an address.
        let is_name = !address::is_bindable(place);
        if !has_usual && is_name && !place.contains(['$', ':', '[', '\\']) {
            self.without.push((language, place, target));
        }
    }

    /// All is read.
    pub(super) fn finish(&self, is_whole: bool, found: &mut Vec<Diagnostic>) {
        let is_open = |(language, name, _): &&(Language, &'t str, Argument<'t>)| {
            !self.names.contains_key(&(*language, lower(Cow::Borrowed(*name))))
        };
        let without = self.without.iter().filter(|_| is_whole).filter(is_open);
        found.extend(without.map(|(_, name, target)| bad_address(*target, "no port", name)));
        found.extend(
            self.resolving.iter().filter(|_| is_whole).filter_map(|(group, word)| unasked(*group, *word)),
        );
        for (language, name, port, span) in &self.with_ports {
            let Some(upstream) = self.names.get(&(*language, lower(name.clone()))) else { continue };
            let message = format!("upstream \"{name}\" may not have port {port}");
            let fault =
                Diagnostic::error("bad-address", message).at(*span, "").at(*upstream, "this upstream");
            found.push(
                fault
                    .why("its servers have their own ports")
                    .help(format!("write `{name}` without the port")),
            );
        }
    }

    fn servers(
        &self,
        children: &[Directive<'t>],
        name: Argument<'t>,
        language: Language,
        found: &mut Vec<Diagnostic>,
    ) {
        let has_zone = children.iter().any(|child| child.is("zone"));
        let mut method = None;
        for child in children {
            if let Some(known) = METHODS[..5].iter().find(|(method, _)| child.is(method)) {
                method = Some(known);
            }
            if !child.is("server") {
                continue;
            }
            found.extend(
                child.arg(0).and_then(|server| {
                    misplaced(server, language, child.args().any(|word| word.is("resolve")))
                }),
            );
            for word in child.args().skip(1) {
                let unsupported = method.is_some_and(|(_, without)| without.iter().any(|one| word.is(one)));
                if unsupported {
                    found.push(not_supported(word, method.map_or("", |(method, _)| method)));
                } else if !is_parameter(&word.value(), self.target.version) {
                    let known = commercial::parameter("server", word, self.target.version);
                    found.push(known.unwrap_or_else(|| invalid(word)));
                } else if word.content().starts_with("service=")
                    && !child.args().any(|word| word.is("resolve"))
                {
                    found.push(unresolved(*child, word));
                } else if word.content().starts_with("service=")
                    && let Some(fault) = child.arg(0).and_then(|server| misserved(server, word))
                {
                    found.push(fault);
                } else if word.is("resolve") && !has_zone && self.target.top != Context::Upstream {
                    found.push(unshared(word, name));
                }
            }
        }
    }
}

/// A later method takes the place of an earlier one, `keepalive` included.
fn redefined(children: &[Directive<'_>], version: Version, found: &mut Vec<Diagnostic>) {
    let is_method = |child: &&Directive<'_>| {
        METHODS.iter().any(|(method, _)| child.is(method)) && (version < KEPT || !child.is("keepalive"))
    };
    let mut methods = children.iter().filter(is_method);
    let Some(mut first) = methods.next() else { return };
    for next in methods {
        // `keepalive` is made to stand behind the method.
        if !next.is("keepalive") {
            let (lost, name) = (first.name(), next.name());
            let fault =
                Diagnostic::new(Severity::Warning, "balancing-redefined", "load balancing method redefined");
            found.push(
                fault
                    .at(next.head_span(), "")
                    .at(first.head_span(), "has no effect")
                    .why(format!("`{name}` takes the place of the `{lost}` before it"))
                    .help(match &*lost {
                        "keepalive" => format!("put `keepalive` behind `{name}`"),
                        _ => "keep one of the two".to_owned(),
                    }),
            );
        }
        first = next;
    }
}

/// An address that nginx cannot read. Names are not looked up here, but no name has a `$`.
fn misplaced(server: Argument<'_>, language: Language, is_late: bool) -> Option<Diagnostic> {
    let place = server.value();
    let nameless =
        || (place.contains(['$', '\0']) && !place.starts_with("unix:")).then_some("host not found");
    let portless = || (language == Language::Stream && !address::has_port(&place)).then_some("no port");
    let reason = address::fault(&place, Use::Pass).or_else(nameless).or_else(portless)?;
    // A name that is looked up while nginx runs may be any.
    if is_late && reason == "host not found" {
        return None;
    }
    Some(bad_address(server, reason, &place))
}

fn is_parameter(word: &str, version: Version) -> bool {
    let is_number = |value: &str| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let Some((name, value)) = word.split_once('=') else {
        return match word {
            "resolve" => version >= RESOLVE,
            "drain" => version >= STICKY,
            _ => matches!(word, "backup" | "down"),
        };
    };
    match name {
        "weight" => is_number(value) && value.bytes().any(|digit| digit != b'0'),
        "max_conns" | "max_fails" => is_number(value),
        "fail_timeout" => parse_time(value, Unit::Seconds).is_ok(),
        "service" => version >= RESOLVE,
        "route" => version >= STICKY,
        _ => false,
    }
}

/// A service is looked up while nginx runs, or not at all.
fn unresolved(server: Directive<'_>, word: Argument<'_>) -> Diagnostic {
    let name = server.arg(0).map(Argument::value).unwrap_or_default();
    let message = format!("service upstream \"{name}\" requires \"resolve\" parameter");
    Diagnostic::error("bad-upstream-server", message)
        .at(word.span(), "")
        .why("its servers are looked up while nginx runs")
        .help("add `resolve`")
}

/// A service that nobody can be asked for.
fn misserved(server: Argument<'_>, word: Argument<'_>) -> Option<Diagnostic> {
    let place = server.value();
    let message = if word.is("service=") {
        "service is empty".to_owned()
    } else if address::is_bindable(&place) && !address::has_port(&place) || place.starts_with("unix:") {
        format!("service upstream \"{place}\" requires domain name")
    } else if address::has_port(&place) {
        format!("service upstream \"{place}\" may not have port")
    } else {
        return None;
    };
    let fault = Diagnostic::error("bad-upstream-server", message).at(word.span(), "");
    Some(
        fault
            .why("DNS is asked for the service of a name, and answers with hosts and ports")
            .help("write for example `server example.org service=http resolve;`"),
    )
}

/// Where a server's name is to be looked up while nginx runs.
fn late<'t>(server: &Directive<'t>) -> Option<Argument<'t>> {
    let is_name = !server.arg(0).is_some_and(|place| address::is_bindable(&place.value()));
    server.args().skip(1).find(|word| word.is("resolve")).filter(|_| is_name)
}

/// Nobody to ask for names (`ngx_http_upstream_init_round_robin`): not in the group, nor around it.
fn unasked(upstream: Directive<'_>, word: Argument<'_>) -> Option<Diagnostic> {
    let around = upstream.parent()?;
    if around.find("resolver").is_some() || upstream.find("zone").is_none() {
        return None;
    }
    let name = upstream.arg(0).map(Argument::value).unwrap_or_default();
    let message = format!("no resolver defined to resolve names at run time in upstream \"{name}\"");
    let fault = Diagnostic::error("bad-upstream-server", message).at(word.span(), "");
    Some(
        fault
            .why("the `resolver` of a server is not asked, only that of the upstream or of `http`")
            .help("write for example `resolver 127.0.0.1;` in the upstream"),
    )
}

fn is_backup(server: &Directive<'_>) -> bool {
    server.args().skip(1).any(|word| word.is("backup"))
}

fn spare(upstream: Directive<'_>, name: Argument<'_>) -> Diagnostic {
    Diagnostic::error("empty-upstream", format!("no servers in upstream \"{}\"", name.value()))
        .at(upstream.head_span(), "")
        .why("all its servers are `backup`, and there is none they could stand in for")
        .help("remove `backup` from one of them")
}

fn empty(upstream: Directive<'_>) -> Diagnostic {
    Diagnostic::error("empty-upstream", "no servers are inside upstream")
        .at(upstream.head_span(), "")
        .why("nginx does not start with a group of no servers")
        .help("write `server 127.0.0.1:8080;` in it")
}

fn invalid(word: Argument<'_>) -> Diagnostic {
    let value = word.value();
    let fault = Diagnostic::error("bad-upstream-server", format!("invalid parameter \"{value}\""));
    let (why, help) = match value.split('=').next().unwrap_or_default() {
        "weight" => ("a weight is a whole number above 0", "write for example `weight=2`"),
        "max_conns" | "max_fails" => ("it is set to a whole number", "write digits only behind the `=`"),
        "fail_timeout" => {
            ("it is set to a duration in whole seconds", "write for example `fail_timeout=10s`")
        }
        _ if value.ends_with(',') => {
            ("words are separated by spaces, and a comma is part of the word", "remove the comma")
        }
        _ => (
            "`server` takes `weight=`, `max_conns=`, `max_fails=`, `fail_timeout=`, `backup` and `down`",
            "remove it",
        ),
    };
    fault.at(word.span(), "").why(why).help(help)
}

fn not_supported(word: Argument<'_>, method: &str) -> Diagnostic {
    let message = format!("balancing method does not support parameter \"{}\"", word.value());
    Diagnostic::error("bad-upstream-server", message)
        .at(word.span(), "")
        .why(format!("`{method}` chooses among all servers, and keeps none back"))
        .help("remove it, or write `down` for a server that is not to be used")
}

fn unshared(word: Argument<'_>, name: Argument<'_>) -> Diagnostic {
    let message = format!("resolving names at run time requires upstream \"{}\"", name.value());
    Diagnostic::error("bad-upstream-server", message)
        .at(word.span(), "")
        .why("what is looked up anew is kept where all workers see it, and nginx does not start without that")
        .help(format!("write `zone {} 64k;` in the upstream", name.value()))
}
