//! What a location sets for its back end: timeouts, headers, body size, the path that is passed on.

use super::fields::{Fields, Found, Key, key, one_or_many};
use super::headers::{Header, request_headers};
use super::location::Modifier;
use super::location_type::LocationType;
use super::scalar::{At, truth};
use super::values::{Size, Time, bad_value, header_name, plain, size, time};
use crate::diagnostic::Diagnostic;
use crate::nginx::value::{Unit, parse_time};

/// Keys of every type that has a back end.
pub(super) const KEYS: &[Key] = &[
    key("read_timeout", "duration", "longest silence of the back end before nginx gives up"),
    key("send_timeout", "duration", "longest time the back end takes nothing from nginx before it gives up"),
    key("connect_timeout", "duration", "how long nginx tries to connect; at most 75 s have an effect"),
    key(
        "client_max_body_size",
        "size",
        "largest request body; the service's, else nginx's 1M, when left out",
    ),
    key(
        "request_headers",
        "mapping",
        "headers sent to the back end; one of nginx-gen's own is replaced, `\"\"` removes it",
    ),
];

/// Keys of types whose back end speaks HTTP.
pub(super) const HTTP_KEYS: &[Key] =
    &[key("strip_prefix", "`true` or `false`", "pass `/api/ws/x` on as `/x` for a location `/api/ws/`")];

/// Keys of types whose answers may be buffered.
pub(super) const BUFFERING_KEYS: &[Key] = &[key(
    "buffering",
    "`true` or `false`",
    "whether nginx collects the answer before it passes it on; on when left out",
)];

/// Keys of WebSocket locations.
pub(super) const WEBSOCKET_KEYS: &[Key] = &[key(
    "subprotocols",
    "list of names",
    "what the back end speaks, such as `v12.stomp`; checked by `test` and `probe`",
)];

/// What a location sets for its back end.
#[derive(Clone, Debug, Default)]
pub struct Proxy {
    /// Longest silence of the back end.
    pub read_timeout: Option<Time>,
    /// Longest time without a write to it.
    pub send_timeout: Option<Time>,
    /// How long to try to connect.
    pub connect_timeout: Option<Time>,
    /// Largest request body.
    pub client_max_body_size: Option<Size>,
    /// Headers in place of, or besides, nginx-gen's own.
    pub request_headers: Vec<Header>,
    /// Whether the location's path is taken off.
    pub strip_prefix: bool,
    /// Whether answers are collected, when it is said.
    pub buffering: Option<bool>,
    /// WebSocket subprotocols.
    pub subprotocols: Vec<String>,
}

/// Reads the keys of a back end; the type's defaults stand where one is missing.
pub(super) fn read(
    fields: &Fields<'_>,
    kind: LocationType,
    at_path: Option<(&At<String>, Modifier)>,
    found: &mut Found,
) -> Option<Proxy> {
    let traits = kind.traits();
    let faults = found.len();
    let proxy = Proxy {
        read_timeout: fields.optional("read_timeout", found, time).or_else(|| default(traits.read_timeout)),
        send_timeout: fields.optional("send_timeout", found, time).or_else(|| default(traits.send_timeout)),
        connect_timeout: fields
            .optional("connect_timeout", found, time)
            .or_else(|| default(traits.connect_timeout)),
        client_max_body_size: fields.optional("client_max_body_size", found, size),
        request_headers: fields.optional("request_headers", found, request_headers).unwrap_or_default(),
        strip_prefix: fields.optional("strip_prefix", found, truth).unwrap_or(false),
        buffering: fields.optional("buffering", found, truth),
        subprotocols: fields
            .optional("subprotocols", found, |node, found| {
                one_or_many(node, "a list of subprotocols", found, |node, found| {
                    let name = plain(node, "a subprotocol", found)?;
                    if !header_name(&name) {
                        found.push(bad_value(node, format!("`{name}` cannot be a WebSocket subprotocol")));
                    }
                    Some(name)
                })
            })
            .unwrap_or_default(),
    };
    if proxy.strip_prefix
        && let Some((path, modifier)) = at_path
        && !(modifier.is_prefix() && path.ends_with('/'))
    {
        found.push(strip_fault(fields, path));
    }
    (found.len() == faults).then_some(proxy)
}

fn strip_fault(fields: &Fields<'_>, path: &At<String>) -> Diagnostic {
    let span = fields.entry("strip_prefix").map_or(path.span, |entry| entry.key_span);
    Diagnostic::error("bad-value", format!("the prefix `{}` cannot be stripped", path.value))
        .at(span, "needs a prefix location whose path ends in `/`")
        .why("nginx replaces exactly the matched text by `/`: `location /a` would pass `/a/b` on as `//b`")
        .help("end the path with `/`")
}

fn default(text: Option<&'static str>) -> Option<Time> {
    let text = text?;
    let milliseconds = parse_time(text, Unit::Milliseconds).expect("the type table holds durations of nginx");
    Some(Time { text: text.to_owned(), milliseconds })
}
