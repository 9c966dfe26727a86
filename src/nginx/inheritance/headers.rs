//! The headers a proxied request carries: those that are set, and those nginx sets by itself.

use std::borrow::Cow;

use super::Effective;
use crate::nginx::tree::Directive;
use crate::nginx::version::Version;

/// One header of the request to the upstream.
#[derive(Clone, Debug)]
pub struct RequestHeader<'t> {
    /// Its name as written.
    pub name: Cow<'t, str>,
    /// Its value with variables as written. An empty one is not sent.
    pub value: Cow<'t, str>,
    /// The `proxy_set_header`; `None` where nginx sets it by itself.
    pub set_by: Option<Directive<'t>>,
}

/// What nginx sends unless told otherwise (`ngx_http_proxy_headers`); an empty value keeps the client's away.
const OWN: [(&str, &str); 6] = [
    ("Host", "$proxy_host"),
    ("Connection", "close"),
    ("TE", ""),
    ("Keep-Alive", ""),
    ("Expect", ""),
    ("Upgrade", ""),
];

/// The request headers that `proxy_set_header` and nginx decide on inside a block; all others the client sends
/// are passed on as they are.
pub fn proxy_headers<'t>(effective: &Effective<'t>, release: Version) -> Vec<RequestHeader<'t>> {
    let set = effective.get("proxy_set_header").map(|setting| setting.directives).unwrap_or_default();
    let mut headers: Vec<_> = set.into_iter().filter_map(from_directive).collect();
    for (name, value) in OWN {
        if headers.iter().any(|header| header.name.eq_ignore_ascii_case(name)) {
            continue;
        }
        // Upstream connections are kept alive by default from that release on.
        let value = if name == "Connection" && release >= Version::new(1, 29, 7) { "" } else { value };
        headers.push(RequestHeader { name: name.into(), value: value.into(), set_by: None });
    }
    headers
}

fn from_directive(directive: Directive<'_>) -> Option<RequestHeader<'_>> {
    let (name, value) = (directive.arg(0)?.value(), directive.arg(1)?.value());
    Some(RequestHeader { name, value, set_by: Some(directive) })
}
