//! The types a location can have: what each promises, and the settings that make it so.
//!
//! To add a type: a variant and a row here, and a template `locations/<type>.conf` in the `recommended`
//! profile. If it has keys of its own, see [`super::location`].

/// What a location is for. The type is the contract that its rendered text is held to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LocationType {
    /// Requests and answers.
    Http,
    /// A WebSocket endpoint.
    Websocket,
    /// Server-Sent Events.
    Sse,
    /// Answers that arrive piece by piece, such as tokens of a language model.
    Stream,
    /// A health check: cheap, and not logged.
    Health,
    /// Files served by nginx itself.
    Static,
    /// An answer that sends the client elsewhere.
    Redirect,
    /// gRPC calls, unary and streaming.
    Grpc,
}

/// All that is particular to a type.
#[derive(Debug)]
pub struct Traits {
    /// The type.
    pub kind: LocationType,
    /// Its name in YAML, and its template's name.
    pub name: &'static str,
    /// What it is for, in one line of Markdown.
    pub doc: &'static str,
    /// Whether a back end answers.
    pub proxied: bool,
    /// Whether answers outlive a request: such a location stands before `/`, and the path without its
    /// final slash is served as well, since these clients do not follow nginx's 301.
    pub long_lived: bool,
    /// What the URL of a client starts with: without TLS, and with it.
    pub schemes: (&'static str, &'static str),
    /// How long nginx waits between two reads from the back end; nginx's own 60 s when `None`.
    pub read_timeout: Option<&'static str>,
    /// The same between two writes to it.
    pub send_timeout: Option<&'static str>,
    /// How long nginx tries to connect.
    pub connect_timeout: Option<&'static str>,
}

const WEB: (&str, &str) = ("http", "https");

/// One row a type, in the order in which they are documented.
pub const TYPES: &[Traits] = &[
    Traits {
        kind: LocationType::Http,
        name: "http",
        doc: "requests and answers: REST, pages, forms",
        proxied: true,
        long_lived: false,
        schemes: WEB,
        read_timeout: Some("300s"),
        send_timeout: None,
        connect_timeout: Some("75s"),
    },
    Traits {
        kind: LocationType::Websocket,
        name: "websocket",
        doc: "WebSocket: the upgrade reaches the back end, idle sockets live for an hour",
        proxied: true,
        long_lived: true,
        schemes: ("ws", "wss"),
        read_timeout: Some("3600s"),
        send_timeout: Some("3600s"),
        connect_timeout: Some("75s"),
    },
    Traits {
        kind: LocationType::Sse,
        name: "sse",
        doc: "Server-Sent Events: every event arrives when it is sent, silence may last a day",
        proxied: true,
        long_lived: true,
        schemes: WEB,
        read_timeout: Some("86400s"),
        send_timeout: Some("86400s"),
        connect_timeout: Some("75s"),
    },
    Traits {
        kind: LocationType::Stream,
        name: "stream",
        doc: "chunked answers such as tokens of a language model, to `POST` too: no byte is held back",
        proxied: true,
        long_lived: true,
        schemes: WEB,
        read_timeout: Some("3600s"),
        send_timeout: Some("300s"),
        connect_timeout: Some("75s"),
    },
    Traits {
        kind: LocationType::Health,
        name: "health",
        doc: "a health check: answered by the back end, left out of the access log",
        proxied: true,
        long_lived: false,
        schemes: WEB,
        read_timeout: None,
        send_timeout: None,
        connect_timeout: None,
    },
    Traits {
        kind: LocationType::Static,
        name: "static",
        doc: "files that nginx serves itself, single-page applications included",
        proxied: false,
        long_lived: false,
        schemes: WEB,
        read_timeout: None,
        send_timeout: None,
        connect_timeout: None,
    },
    Traits {
        kind: LocationType::Redirect,
        name: "redirect",
        doc: "sends the client to another URL",
        proxied: false,
        long_lived: false,
        schemes: WEB,
        read_timeout: None,
        send_timeout: None,
        connect_timeout: None,
    },
    Traits {
        kind: LocationType::Grpc,
        name: "grpc",
        doc: "gRPC calls, unary and streaming; clients need HTTP/2",
        proxied: true,
        long_lived: true,
        schemes: ("grpc", "grpcs"),
        read_timeout: Some("3600s"),
        send_timeout: Some("3600s"),
        connect_timeout: Some("75s"),
    },
];

impl LocationType {
    /// The row of this type.
    pub fn traits(self) -> &'static Traits {
        &TYPES[self as usize]
    }

    /// Its name in YAML.
    pub fn name(self) -> &'static str {
        self.traits().name
    }
}

#[cfg(test)]
mod tests {
    use super::TYPES;

    #[test]
    fn rows_stand_in_the_order_of_the_variants() {
        for (row, traits) in TYPES.iter().enumerate() {
            assert_eq!(traits.kind as usize, row, "{}", traits.name);
        }
    }
}
