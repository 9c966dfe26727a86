//! Shared memory zones: one size and one use for each (`ngx_shared_memory_add`).

use std::collections::HashMap;

use super::parameters::PAGE;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::value::parse_size;
use crate::text::Span;

/// Every zone so far, by its name.
#[derive(Default)]
pub(super) struct Zones<'t> {
    seen: HashMap<&'t str, Zone<'t>>,
}

struct Zone<'t> {
    module: &'static str,
    size: u64,
    directive: Directive<'t>,
}

impl<'t> Zones<'t> {
    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &Spec, found: &mut Vec<Diagnostic>) {
        if spec.name() == "zone" {
            return self.upstream(directive, spec, found);
        }
        let begin = match spec.name() {
            "limit_req_zone" | "limit_conn_zone" => "zone=",
            "proxy_cache_path" | "fastcgi_cache_path" | "uwsgi_cache_path" | "scgi_cache_path" => {
                "keys_zone="
            }
            "ssl_session_cache" => "shared:",
            _ => return,
        };
        let zones = directive.args().filter(|argument| argument.content().starts_with(begin));
        // A cache and a limit have one, the last that is written.
        let first = if begin == "shared:" { 0 } else { zones.clone().count().saturating_sub(1) };
        for argument in zones.skip(first) {
            let Some((name, size)) = argument.content()[begin.len()..].split_once(':') else { continue };
            if let (false, Ok(size)) = (name.is_empty(), parse_size(size)) {
                self.zone(name, Zone { module: spec.module(), size, directive }, argument, found);
            }
        }
    }

    /// `zone name 64k;` of an upstream, which may share one with another.
    fn upstream(&mut self, directive: Directive<'t>, spec: &Spec, found: &mut Vec<Diagnostic>) {
        let Some(argument) = directive.arg(0) else { return };
        let (name, size) = (argument.content(), directive.arg(1));
        let read = size.map(|size| parse_size(&size.value()));
        let message = match read {
            _ if name.is_empty() => "invalid zone name \"\"".to_owned(),
            Some(Err(_)) => {
                format!("invalid zone size \"{}\"", size.map(Argument::value).unwrap_or_default())
            }
            Some(Ok(size)) if size < 8 * PAGE => format!("zone \"{name}\" is too small"),
            Some(Ok(size)) => {
                let zone = Zone { module: spec.module(), size, directive };
                return self.zone(name, zone, argument, found);
            }
            None => return,
        };
        let fault = Diagnostic::error("bad-parameter", message).at(directive.head_span(), "");
        found.push(
            fault.why("all workers share a zone of some pages").help("write for example `zone name 64k;`"),
        );
    }

    fn zone(&mut self, name: &'t str, zone: Zone<'t>, argument: Argument<'t>, found: &mut Vec<Diagnostic>) {
        let Some(first) = self.seen.get(name) else {
            self.seen.insert(name, zone);
            return;
        };
        let directive = zone.directive.name();
        let message = if first.module != zone.module {
            format!("the shared memory zone \"{name}\" is already declared for a different use")
        } else if first.size != zone.size {
            let (size, declared) = (zone.size, first.size);
            format!(
                "the size {size} of shared memory zone \"{name}\" conflicts with already declared size {declared}"
            )
        } else if directive.starts_with("limit_") {
            let key = first.directive.arg(0).map(Argument::value).unwrap_or_default();
            format!("{directive} \"{name}\" is already bound to key \"{key}\"")
        } else if directive == "ssl_session_cache" || directive == "zone" {
            return;
        } else {
            format!("duplicate zone \"{name}\"")
        };
        found.push(told(message, argument.span(), first.directive.head_span()));
    }
}

fn told(message: String, second: Span, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-zone", message)
        .at(second, "")
        .at(first, "the first one")
        .why("all of nginx shares one zone of a name, in one size and for one use")
        .help("call one of the two otherwise")
}
