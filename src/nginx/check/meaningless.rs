//! What nginx takes with a warning, or in silence, though it cannot be meant: bits of an address behind its mask, a cache
//! without a key, a path from the root among the files of a folder, a variable without its `$`, a header with its colon.

use super::address;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::{Language, Spec, variable};
use crate::nginx::inheritance::Effective;
use crate::nginx::source;
use crate::nginx::tree::{Argument, Directive};

pub(super) fn check(directive: Directive<'_>, spec: &Spec, found: &mut Vec<Diagnostic>) {
    match spec.name() {
        "allow" | "deny" | "set_real_ip_from" => found.extend(directive.arg(0).and_then(low_bits)),
        "fastcgi_cache" | "uwsgi_cache" | "scgi_cache" => found.extend(keyless(directive, spec.name())),
        "index" => found.extend(absolute(directive)),
        "map" | "split_clients" | "limit_req_zone" | "limit_conn_zone" => {
            found.extend(directive.arg(0).and_then(|key| constant(directive, spec, key)));
        }
        "add_header" | "add_trailer" => found.extend(colon(directive)),
        _ => {}
    }
}

/// The name of a header that brings its colon along.
pub(super) fn colon(directive: Directive<'_>) -> Option<Diagnostic> {
    let word = directive.arg(0)?;
    let name = word.value();
    let bare = name.strip_suffix(':').filter(|bare| !bare.is_empty())?;
    let message = format!("the name of a header ends with a colon: \"{name}\"");
    let fault = Diagnostic::new(Severity::Warning, "colon-in-header", message).at(word.span(), "");
    let why = match &*directive.name() {
        "proxy_hide_header" | "proxy_pass_header" => format!("no header is called `{name}`"),
        _ => format!(
            "nginx writes a colon by itself: it sends `{name}: …`, and the second one is read as part of the value"
        ),
    };
    Some(fault.why(why).help(format!("write `{bare}`")))
}

/// The name of a variable without its `$`: text that is the same for every request.
fn constant(directive: Directive<'_>, spec: &Spec, key: Argument<'_>) -> Option<Diagnostic> {
    let language = if spec.module().starts_with("stream") { Language::Stream } else { Language::Http };
    let name = key.value();
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    variable(language, &name.to_ascii_lowercase()).filter(|_| is_name)?;
    let message = format!("\"{name}\" is the same for every request");
    let fault = Diagnostic::new(Severity::Warning, "constant-key", message).at(key.span(), "");
    let why = match &*directive.name() {
        "map" => "without `$` it is no variable, and the `map` gives every request the same value",
        "split_clients" => "without `$` it is no variable, and all clients fall into the same part",
        _ => "without `$` it is no variable, and all clients share one limit",
    };
    Some(fault.why(why).help(format!("write `${name}`")))
}

/// A path from the root is looked for in every folder alike, and so what stands behind it never is.
fn absolute(index: Directive<'_>) -> Option<Diagnostic> {
    let is_absolute = |file: &Argument<'_>| file.content().starts_with('/');
    let file = index.args().take(index.args().len().saturating_sub(1)).find(is_absolute)?;
    let message = "only the last index in \"index\" directive should be absolute";
    let fault = Diagnostic::new(Severity::Warning, "absolute-index", message).at(file.span(), "");
    Some(
        fault
            .why("nginx warns at every start and reload: it leads to the same file from every folder")
            .help("put it last, or write it without the `/`"),
    )
}

/// Bits of a network that its mask leaves out.
fn low_bits(network: Argument<'_>) -> Option<Diagnostic> {
    let value = network.value();
    let (_, has_low_bits) = address::read_network(&value)?;
    has_low_bits.then(|| told_low_bits(&value).at(network.span(), ""))
}

/// What is said of such a network; it has no place yet.
pub(super) fn told_low_bits(network: &str) -> Diagnostic {
    let message = format!("low address bits of {network} are meaningless");
    Diagnostic::new(Severity::Warning, "low-address-bits", message)
        .why("nginx warns at every start and reload: the mask leaves out what is not zero there")
        .help("write the first address of the network, or a longer mask")
}

/// A cache whose answers are kept under no key: only `proxy_cache` has one of its own.
fn keyless(directive: Directive<'_>, name: &'static str) -> Option<Diagnostic> {
    let key = format!("{name}_key");
    let zone = directive.arg(0)?;
    let block = directive.parent()?;
    let mut around = std::iter::once(block).chain(block.ancestors());
    let is_open = around.any(|around| around.find_all("include").any(source::may_set));
    if zone.is("off") || is_open || Effective::inside(block).get(&key).is_some() {
        return None;
    }
    let message = format!("no \"{key}\" for \"{name}\"");
    let fault =
        Diagnostic::new(Severity::Warning, "missing-cache-key", message).at(directive.head_span(), "");
    Some(
        fault
            .why("nginx keeps every answer under the same empty key, and gives all of them the first one")
            .help(format!("add `{key} \"$scheme$request_method$host$request_uri\";`")),
    )
}
