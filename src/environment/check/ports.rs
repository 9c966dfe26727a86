//! A port speaks TLS or it does not: nginx decides for the whole port, whatever server it belongs to.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::environment::Site;
use crate::environment::fields::Found;
use crate::text::Span;

/// Where a port is used: in which site, and where it is said, if anywhere.
#[derive(Clone, Copy)]
struct Use {
    site: Span,
    said: Option<Span>,
    with_tls: bool,
}

/// Reports each port that is used both ways, once.
pub(super) fn check(sites: &[Site], found: &mut Found) {
    let mut first: HashMap<(u16, bool), Use> = HashMap::new();
    for site in sites {
        for (place, port) in [site.http_port, site.https_port].into_iter().enumerate() {
            let with_tls = place == 1;
            if with_tls && site.tls.is_none() {
                continue;
            }
            let here = Use { site: site.span, said: site.ports_at[place], with_tls };
            let is_new = !first.contains_key(&(port, with_tls));
            first.entry((port, with_tls)).or_insert(here);
            if let (true, Some(other)) = (is_new, first.get(&(port, !with_tls))) {
                found.push(fault(port, here, *other));
            }
        }
    }
}

/// The primary place is one where the port is said, the later one if both are.
fn fault(port: u16, later: Use, earlier: Use) -> Diagnostic {
    let (primary, other) =
        if later.said.is_none() && earlier.said.is_some() { (earlier, later) } else { (later, earlier) };
    let label = |used: Use| if used.with_tls { "TLS here" } else { "clear HTTP here" };
    let place = |used: Use| used.said.unwrap_or(used.site);
    Diagnostic::error("port-conflict", format!("port {port} is used with TLS and without"))
        .at(place(primary), label(primary))
        .at(place(other), label(other))
        .why("nginx speaks TLS on the whole port or not at all: requests in clear would be answered with 400")
        .help("give one of the two another `http_port` or `https_port`")
}
