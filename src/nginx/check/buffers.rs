//! Buffers for answers of back ends, whose sizes must agree (`ngx_http_proxy_merge_loc_conf` and its like).

use std::collections::HashSet;

use super::Target;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Context, Spec};
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::value::parse_size;
use crate::text::Span;

/// The modules that have them, with the beginning of their directives.
const FAMILIES: [(&str, &str); 4] =
    [("http_proxy", "proxy"), ("http_fastcgi", "fastcgi"), ("http_uwsgi", "uwsgi"), ("http_scgi", "scgi")];

/// What their directives end with; the order is that of [`Figures`].
const SETTINGS: [&str; 5] =
    ["_buffers", "_buffer_size", "_busy_buffers_size", "_temp_file_write_size", "_max_temp_file_size"];

/// A page of memory, the default of both sizes.
const PAGE: u64 = 4096;

/// The blocks that set any of them.
pub(super) struct Buffers<'t> {
    target: Target,
    seen: Vec<(&'static str, Directive<'t>)>,
}

impl<'t> Buffers<'t> {
    pub(super) fn new(target: Target) -> Buffers<'t> {
        Buffers { target, seen: Vec::new() }
    }

    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &Spec) {
        let Some((_, family)) = FAMILIES.iter().find(|(module, _)| *module == spec.module()) else { return };
        if !SETTINGS.iter().any(|end| spec.name().strip_prefix(family) == Some(end)) {
            return;
        }
        let is_new =
            |(seen, one): &(&str, Directive<'_>)| *seen != *family || one.parent() != directive.parent();
        if self.seen.last().is_none_or(is_new) {
            self.seen.push((family, directive));
        }
    }

    /// All is read: each block is judged with what holds in it.
    pub(super) fn finish(&self, found: &mut Vec<Diagnostic>) {
        let is_known = matches!(self.target.top, Context::Main | Context::Http);
        let setting = |(family, one): &(&'static str, Directive<'t>)| Some((*family, one.parent()?.id()));
        let setting: HashSet<_> = self.seen.iter().filter_map(setting).collect();
        for (family, directive) in self.seen.iter().filter(|_| is_known) {
            let outer = directive.parent().is_none_or(|block| block.is("http"));
            let sets = |server: Directive<'_>| setting.contains(&(*family, server.id()));
            if outer && servers_beside(*directive).all(sets) {
                continue;
            }
            let figures = Figures::around(*directive, family);
            found.extend(figures.fault().map(|fault| self.told(family, *directive, &figures, fault)));
        }
    }

    fn told(&self, family: &str, directive: Directive<'t>, figures: &Figures, fault: Fault) -> Diagnostic {
        let size = figures.larger();
        let message = match fault {
            Fault::Few => format!("there must be at least 2 \"{family}_buffers\""),
            Fault::Small(setting) => format!(
                "\"{family}{setting}\" must be equal to or greater than the maximum of the value of \
                 \"{family}_buffer_size\" and one of the \"{family}_buffers\""
            ),
            Fault::SmallOrZero => format!(
                "\"{family}_max_temp_file_size\" must be equal to zero to disable temporary files usage or must be \
                 equal to or greater than the maximum of the value of \"{family}_buffer_size\" and one of the \
                 \"{family}_buffers\""
            ),
            Fault::Busy => format!(
                "\"{family}_busy_buffers_size\" must be less than the size of all \"{family}_buffers\" minus one buffer"
            ),
        };
        // Elsewhere `http` may set the rest.
        let severity = if self.target.top == Context::Main { Severity::Error } else { Severity::Warning };
        let fault = Diagnostic::new(severity, "bad-buffers", message).at(directive.head_span(), "");
        let others = figures.set.iter().flatten().filter(|span| **span != directive.head_span());
        let fault = others.fold(fault, |fault, span| fault.at(*span, ""));
        let fault = fault.why(format!(
            "there are {} buffers of {}, the first takes {}, and {} may be busy with sending",
            figures.count,
            shown(figures.each),
            shown(figures.first),
            shown(figures.busy)
        ));
        let count = figures.count.max(4);
        fault.help(format!("write for example `{family}_buffers {count} {};`", shown(size)))
    }
}

/// What `http` sets is first judged in a server; one that sets some of it itself may mend the rest.
fn servers_beside(directive: Directive<'_>) -> impl Iterator<Item = Directive<'_>> {
    let top = directive.tree().root(directive.sources());
    let beside = directive.parent().map_or_else(|| top.iter(), Directive::children);
    beside.filter(|server| server.is("server") && server.is_block())
}

#[derive(Clone, Copy)]
enum Fault {
    Few,
    Small(&'static str),
    SmallOrZero,
    Busy,
}

/// What holds in a block, in bytes.
struct Figures {
    count: u64,
    each: u64,
    first: u64,
    busy: u64,
    write: u64,
    file: u64,
    /// Where it is set, if it is.
    set: [Option<Span>; 5],
}

impl Figures {
    fn around(directive: Directive<'_>, family: &str) -> Figures {
        let settings = crate::nginx::inheritance::Effective::inside(directive);
        let set = SETTINGS.map(|end| settings.get(&format!("{family}{end}")).map(|set| set.directive()));
        let size = |setting: Option<Directive<'_>>, index| {
            let value = setting?.arg(index).map(Argument::value)?;
            parse_size(&value).ok()
        };
        let count = set[0].and_then(|buffers| buffers.arg(0)?.value().parse().ok()).unwrap_or(8);
        let each = size(set[0], 1).unwrap_or(PAGE);
        let first = size(set[1], 0).unwrap_or(PAGE);
        let twice = 2 * each.max(first);
        Figures {
            count,
            each,
            first,
            busy: size(set[2], 0).unwrap_or(twice),
            write: size(set[3], 0).unwrap_or(twice),
            file: size(set[4], 0).unwrap_or(1 << 30),
            set: set.map(|set| set.map(Directive::head_span)),
        }
    }

    fn larger(&self) -> u64 {
        self.each.max(self.first)
    }

    /// In nginx's order.
    fn fault(&self) -> Option<Fault> {
        let size = self.larger();
        match () {
            () if self.count < 2 => Some(Fault::Few),
            () if self.busy < size => Some(Fault::Small("_busy_buffers_size")),
            () if self.busy > (self.count - 1).saturating_mul(self.each) => Some(Fault::Busy),
            () if self.write < size => Some(Fault::Small("_temp_file_write_size")),
            () if self.file != 0 && self.file < size => Some(Fault::SmallOrZero),
            () => None,
        }
    }
}

fn shown(bytes: u64) -> String {
    if bytes.is_multiple_of(1024) { format!("{}k", bytes / 1024) } else { bytes.to_string() }
}
