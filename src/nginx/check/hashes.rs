//! Hash tables that are too small for what they are to hold.

use super::Target;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Context, Spec};
use crate::nginx::hash::{CACHE_LINE, Sizes, Unfit};
use crate::nginx::tree::{Argument, Directive};
use crate::text::Span;

/// A table's name in messages and settings, and how many buckets it may have by default.
#[derive(Clone, Copy)]
pub(super) struct Table {
    name: &'static str,
    max_size: usize,
}

/// One for all names of a socket.
pub(super) const SERVER_NAMES: Table = Table { name: "server_names_hash", max_size: 512 };
/// One for each `map`.
const MAP: Table = Table { name: "map_hash", max_size: 2048 };

/// What is set of the sizes.
pub(super) struct Hashes {
    is_whole: bool,
    names: Set,
    map: Set,
}

#[derive(Clone, Copy, Default)]
struct Set {
    max_size: Option<usize>,
    bucket_size: Option<usize>,
}

impl Hashes {
    pub(super) fn new(target: Target) -> Hashes {
        Hashes { is_whole: target.top == Context::Main, names: Set::default(), map: Set::default() }
    }

    /// Takes in a setting; nginx knows those of `map` only for what follows.
    pub(super) fn see(&mut self, directive: Directive<'_>, spec: &Spec) {
        let is_bucket = match spec.name() {
            name if name.ends_with("_hash_bucket_size") => true,
            name if name.ends_with("_hash_max_size") => false,
            _ => return,
        };
        let set = match spec.module() {
            "http_core" if spec.name().starts_with(SERVER_NAMES.name) => &mut self.names,
            "http_map" => &mut self.map,
            _ => return,
        };
        let size = directive.arg(0).map(Argument::value).and_then(|size| size.parse().ok());
        if is_bucket { set.bucket_size = size } else { set.max_size = size }
    }

    /// The lines of a `map` that are looked for as they are.
    pub(super) fn map(&self, map: Directive<'_>, found: &mut Vec<Diagnostic>) {
        let is_key = |line: &Directive<'_>| {
            let name = line.name();
            !name.starts_with('~') && !matches!(&*name, "default" | "hostnames" | "volatile" | "include")
        };
        let lines: Vec<_> = map.children().filter(is_key).collect();
        let keys: Vec<_> = lines.iter().map(|line| line.name()).collect();
        let keys: Vec<_> = keys.iter().map(|key| key.strip_prefix('\\').unwrap_or(key)).collect();
        found.extend(self.told(MAP, self.map, &keys, |index| lines[index].name_span(), map.head_span()));
    }

    /// The names of a socket without a star and without a regex.
    pub(super) fn server_names(&self, names: &[(&str, Span)], listen: Span, found: &mut Vec<Diagnostic>) {
        let keys: Vec<_> = names.iter().map(|(name, _)| *name).collect();
        found.extend(self.told(SERVER_NAMES, self.names, &keys, |index| names[index].1, listen));
    }

    fn told(
        &self,
        table: Table,
        set: Set,
        keys: &[&str],
        span_of: impl Fn(usize) -> Span,
        whole: Span,
    ) -> Option<Diagnostic> {
        let written = set.bucket_size.unwrap_or(CACHE_LINE);
        let bucket_size = written.next_multiple_of(CACHE_LINE);
        let sizes = Sizes { max_size: set.max_size.unwrap_or(table.max_size), bucket_size };
        // Elsewhere a size may be set that is not seen here.
        let is_certain = self.is_whole || set.bucket_size.is_some();
        let name = table.name;
        match sizes.unfit(keys)? {
            Unfit::TooLong(index) => {
                let message =
                    format!("could not build {name}, you should increase {name}_bucket_size: {bucket_size}");
                let severity = if is_certain { Severity::Error } else { Severity::Warning };
                let length = keys[index].len();
                let needed = crate::nginx::hash::element(length) + 8;
                let fault = Diagnostic::new(severity, "hash-too-small", message)
                    .at(span_of(index), format!("{length} bytes"))
                    .why("nginx does not start with a key that is longer than a bucket of its table");
                Some(
                    fault.help(format!(
                        "write `{name}_bucket_size {};` in `http`",
                        needed.next_power_of_two()
                    )),
                )
            }
            Unfit::Crowded if is_certain => {
                let max_size = sizes.max_size;
                let message = format!(
                    "could not build optimal {name}, you should increase either {name}_max_size: {max_size} or \
                     {name}_bucket_size: {bucket_size}; ignoring {name}_bucket_size"
                );
                let larger = (2 * keys.len()).next_power_of_two().max(2 * max_size);
                let fault = Diagnostic::new(Severity::Warning, "hash-too-small", message)
                    .at(whole, format!("{} keys", keys.len()))
                    .why("nginx starts, looks keys up more slowly, and warns at every start and reload");
                Some(fault.help(format!("write `{name}_max_size {larger};` in `http`")))
            }
            Unfit::Crowded => None,
        }
    }
}
