//! Long request headers beside the memory of a connection (`ngx_http_core_merge_srv_conf`).

use super::Target;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Context, Spec};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Argument, Block, Directive};
use crate::nginx::value::parse_size;

/// What they are where nothing sets them, in bytes.
const HEADERS: u64 = 8 << 10;
const POOL: u64 = 512;

/// Whether anything sets either of the two: few files do.
pub(super) struct Pools {
    target: Target,
    is_set: bool,
}

impl Pools {
    pub(super) fn new(target: Target) -> Pools {
        Pools { target, is_set: false }
    }

    pub(super) fn see(&mut self, spec: &Spec) {
        self.is_set |= matches!(spec.name(), "large_client_header_buffers" | "connection_pool_size");
    }

    /// All is read: each server is judged with what holds in it.
    pub(super) fn finish(&self, root: Block<'_>, found: &mut Vec<Diagnostic>) {
        if !self.is_set || !matches!(self.target.top, Context::Main | Context::Http) {
            return;
        }
        let servers = root.every("server").filter(|server| server.is_block());
        found.extend(servers.filter_map(|server| self.fault(server)).take(1));
    }

    fn fault(&self, server: Directive<'_>) -> Option<Diagnostic> {
        let settings = Effective::inside(server);
        let set = |name| settings.get(name).map(|set| set.directive());
        let size = |setting: Option<Directive<'_>>, index| {
            parse_size(&setting?.arg(index).map(Argument::value)?).ok()
        };
        let (headers, pool) = (set("large_client_header_buffers"), set("connection_pool_size"));
        let place = headers.or(pool)?;
        if size(headers, 1).unwrap_or(HEADERS) >= size(pool, 0).unwrap_or(POOL) {
            return None;
        }
        let message = "the \"large_client_header_buffers\" size must be equal to or greater than \"connection_pool_size\"";
        // Elsewhere `http` may set the other.
        let severity = if self.target.top == Context::Main { Severity::Error } else { Severity::Warning };
        let fault = Diagnostic::new(severity, "bad-buffers", message).at(place.head_span(), "");
        let fault = match pool.filter(|pool| *pool != place) {
            Some(pool) => fault.at(pool.head_span(), "the pool"),
            None => fault,
        };
        Some(
            fault
                .why("a buffer takes the place of the pool's first piece")
                .help("make the buffers larger, `4 8k`"),
        )
    }
}
