//! Formats and zones that are asked for by name and defined nowhere.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Target, unknown, unread};
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::{Context, Spec};
use crate::nginx::tree::{Argument, Directive};
use crate::text::Span;

/// What a name is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// By the module that has it.
    LogFormat(&'static str),
    /// Of `limit_req_zone` and `limit_conn_zone`, by the module that has it.
    LimitZone(&'static str),
    /// By the module that has it.
    CacheZone(&'static str),
    /// Of upstreams, by the module that has it.
    UpstreamZone(&'static str),
    ThreadPool,
}

/// Of a whole configuration: what is defined, and what is asked for.
pub(super) struct Named<'t> {
    is_whole: bool,
    defined: HashSet<(Kind, Cow<'t, str>)>,
    asked: Vec<(Kind, Cow<'t, str>, Span)>,
}

impl<'t> Named<'t> {
    pub(super) fn new(target: Target) -> Named<'t> {
        let is_whole = target.top == Context::Main;
        Named { is_whole, defined: HashSet::new(), asked: Vec::new() }
    }

    /// In a part of a configuration any name may be defined elsewhere.
    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &Spec) {
        if !self.is_whole {
            return;
        }
        self.is_whole &= !unread::may_define(directive, spec);
        match (spec.module(), spec.name()) {
            (log @ ("http_log" | "stream_log"), "log_format") => {
                self.defines(Kind::LogFormat(log), directive.arg(0));
            }
            (module, "limit_req_zone" | "limit_conn_zone") => {
                self.zone(Kind::LimitZone(module), directive, "zone=");
            }
            (_, "proxy_cache_path" | "fastcgi_cache_path" | "uwsgi_cache_path" | "scgi_cache_path") => {
                self.zone(Kind::CacheZone(family(spec)), directive, "keys_zone=");
            }
            (log @ ("http_log" | "stream_log"), "access_log") => {
                self.asks(Kind::LogFormat(log), directive.arg(1));
            }
            (module, "limit_req") => {
                let zone = directive.args().find(|argument| argument.content().starts_with("zone="));
                self.asks(Kind::LimitZone(module), zone);
            }
            (module, "limit_conn") => self.asks(Kind::LimitZone(module), directive.arg(0)),
            (_, "proxy_cache" | "fastcgi_cache" | "uwsgi_cache" | "scgi_cache") => {
                self.asks(Kind::CacheZone(family(spec)), directive.arg(0));
            }
            (module, "zone") => {
                let name = directive.arg(0);
                match directive.arg(1) {
                    Some(_) => self.defines(Kind::UpstreamZone(module), name),
                    None => self.asks(Kind::UpstreamZone(module), name),
                }
            }
            ("thread_pool", "thread_pool") => self.defines(Kind::ThreadPool, directive.arg(0)),
            ("http_core", "aio") => {
                let pool = directive.arg(0).filter(|word| word.content().starts_with("threads="));
                self.asks(Kind::ThreadPool, pool.filter(|pool| !pool.is("threads=default")));
            }
            _ => {}
        }
    }

    /// Whether all that could define a name was read.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn defines(&mut self, kind: Kind, name: Option<Argument<'t>>) {
        self.defined.extend(name.map(|name| (kind, name.value())));
    }

    /// `zone=name:10m`
    fn zone(&mut self, kind: Kind, directive: Directive<'t>, key: &str) {
        let names = directive.args().filter_map(|argument| {
            let name = argument.content().strip_prefix(key)?.split(':').next()?;
            Some((kind, Cow::Borrowed(name)))
        });
        self.defined.extend(names);
    }

    fn asks(&mut self, kind: Kind, name: Option<Argument<'t>>) {
        let Some(argument) = name else { return };
        let key = match kind {
            Kind::LimitZone("http_limit_req") => "zone=",
            Kind::ThreadPool => "threads=",
            _ => "",
        };
        let name = argument.content().strip_prefix(key).unwrap_or(argument.content());
        // A parameter in place of a format, `off`, and what is known at run time only.
        let is_name = (!name.contains('$') || matches!(kind, Kind::LogFormat(_) | Kind::UpstreamZone(_)))
            && (name != "off" || matches!(kind, Kind::LogFormat(_)))
            && !(kind == Kind::LogFormat("http_log") && name.eq_ignore_ascii_case("combined"));
        // `access_log` takes only what stands before it, in any case; all else may stand behind.
        let is_early = matches!(kind, Kind::LogFormat(_))
            && (self.defined.contains(&(kind, Cow::Borrowed(name)))
                || self.defined.iter().any(|(other, own)| *other == kind && own.eq_ignore_ascii_case(name)));
        if is_name && !is_early {
            self.asked.push((kind, Cow::Borrowed(name), argument.span()));
        }
    }

    /// All is read.
    pub(super) fn finish(&self, found: &mut Vec<Diagnostic>) {
        let asked = self.asked.iter().filter(|_| self.is_whole);
        let is_defined = |kind: Kind, name: &Cow<'_, str>| {
            !matches!(kind, Kind::LogFormat(_)) && self.defined.contains(&(kind, name.clone()))
        };
        let open = asked.filter(|(kind, name, _)| !is_defined(*kind, name));
        found.extend(open.map(|(kind, name, span)| self.told(*kind, name, *span)));
    }

    /// Whether there is a zone of this name, for something else.
    fn is_other_zone(&self, name: &str) -> bool {
        self.defined.iter().any(|(kind, other)| !matches!(kind, Kind::LogFormat(_)) && other == name)
    }

    fn told(&self, kind: Kind, name: &str, span: Span) -> Diagnostic {
        let (message, define) = match kind {
            Kind::LogFormat(_) => {
                (format!("unknown log format \"{name}\""), format!("log_format {name} '…';"))
            }
            Kind::LimitZone(module) => {
                let zone = match module {
                    "http_limit_req" => "limit_req_zone $binary_remote_addr zone={} rate=10r/s;",
                    _ => "limit_conn_zone $binary_remote_addr zone={};",
                };
                let message = match self.is_other_zone(name) {
                    true => other_use(name),
                    false => format!("zero size shared memory zone \"{name}\""),
                };
                (message, zone.replace("{}", &format!("{name}:10m")))
            }
            Kind::UpstreamZone(_) => {
                (format!("zero size shared memory zone \"{name}\""), format!("zone {name} 64k;"))
            }
            Kind::ThreadPool => {
                (format!("unknown thread pool \"{name}\""), format!("thread_pool {name} threads=4;"))
            }
            Kind::CacheZone(family) => {
                let message = match self.is_other_zone(name) {
                    true => other_use(name),
                    false => format!("\"{family}_cache\" zone \"{name}\" is unknown"),
                };
                (message, format!("{family}_cache_path /var/cache/nginx keys_zone={name}:10m;"))
            }
        };
        let is_otherwise_used = message.ends_with("for a different use");
        let fault = Diagnostic::error("unknown-name", message).at(span, "");
        if is_otherwise_used {
            let help = format!("write `{define}` in `http` under another name, and ask for that");
            return fault
                .why("a zone has one use, and another directive defines the one of this name")
                .help(help);
        }
        let fault = fault.why("nginx does not start with a name that nothing defines");
        let same = self.defined.iter().filter(|(other, _)| *other == kind).map(|(_, name)| name.as_ref());
        if let Some(near) = unknown::nearest(name, same) {
            return fault.help(format!("did you mean `{near}`?"));
        }
        let place = match kind {
            Kind::ThreadPool => " before all blocks",
            Kind::UpstreamZone(_) => "",
            _ => " in `http`",
        };
        fault.help(format!("write `{define}`{place}, or ask for one that is there"))
    }
}

fn other_use(name: &str) -> String {
    format!("the shared memory zone \"{name}\" is already declared for a different use")
}

/// `proxy` of `proxy_cache` and `proxy_cache_path`.
fn family(spec: &Spec) -> &'static str {
    spec.name().split('_').next().unwrap_or_default()
}
