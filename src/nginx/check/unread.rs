//! What may define names and variables, and was not read.

use crate::nginx::directives::Spec;
use crate::nginx::source;
use crate::nginx::tree::Directive;

/// Modules of nginx's own that are loaded as files: the table has all they define.
const OWN: [&str; 7] =
    ["http_geoip", "http_image_filter", "http_perl", "http_xslt_filter", "mail", "stream", "stream_geoip"];

/// Whether a directive brings what nobody has read: an `include` whose files are not there, or a module that is not
/// nginx's own.
pub(super) fn may_define(directive: Directive<'_>, spec: &Spec) -> bool {
    let Some(target) = directive.arg(0) else { return false };
    let target = target.content();
    match spec.name() {
        "include" => source::may_define(directive),
        "load_module" => {
            let file = target.rsplit('/').next().unwrap_or(target);
            let module = file.strip_prefix("ngx_").and_then(|name| name.strip_suffix("_module.so"));
            !module.is_some_and(|module| OWN.contains(&module))
        }
        _ => false,
    }
}
