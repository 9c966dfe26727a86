//! What nginx's own variables are for a request, as far as it is known (`ngx_http_variables.c`).

use super::declared::Declared;
use super::state::State;
use super::template::Part;
use super::value::Value;
use crate::nginx::routing::escape;
use crate::nginx::routing::names::own_name;
use crate::nginx::routing::sent::Header;
use crate::nginx::routing::servers::{Request, normalized};
use crate::nginx::routing::uri::Target;
use crate::nginx::tree::Directive;

/// What variables are read from.
#[derive(Clone, Copy)]
pub(in crate::nginx::routing) struct Known<'a, 't> {
    pub(super) server: Directive<'t>,
    pub(super) request: &'a Request<'a>,
    pub(in crate::nginx::routing) target: &'a Target,
    pub(super) declared: &'a Declared,
}

impl Known<'_, '_> {
    /// What a variable is.
    pub(in crate::nginx::routing) fn variable(&self, name: &str, state: &State) -> Value {
        // `set` changes it, and it is nginx's own before.
        if matches!(name, "args" | "query_string") {
            return state.args.clone();
        }
        if let Some(assigned) = state.assigned(name) {
            return assigned.clone();
        }
        if self.declared.is_computed(name) {
            return Value::unknown(name);
        }
        if self.declared.is_set(name) {
            return Value::default();
        }
        if let Some(argument) = name.strip_prefix("arg_") {
            return arg(argument, name, state);
        }
        let header = match name {
            "content_type" | "content_length" => Some(name),
            "http_host" => None,
            _ => name.strip_prefix("http_"),
        };
        if let Some(header) = header {
            return self.header(header, name);
        }
        if let Some(cookie) = name.strip_prefix("cookie_") {
            return self.cookie(cookie, name);
        }
        self.own(name, state).map_or_else(|| Value::unknown(name), Value::known)
    }

    /// One that nginx makes from the request line, the host and the connection.
    fn own(&self, name: &str, state: &State) -> Option<Vec<u8>> {
        let request = self.request;
        let host = || (!request.host.is_empty()).then_some(request.host);
        let text = match name {
            "uri" | "document_uri" => return Some(state.path.clone()),
            "is_args" => if state.args.is_empty() { "" } else { "?" }.to_owned(),
            "request_uri" => self.target.raw().to_owned(),
            "request_method" if state.is_get => "GET".to_owned(),
            "request_method" => request.sent.method?.to_owned(),
            "scheme" => if request.sent.is_tls? { "https" } else { "http" }.to_owned(),
            "https" => if request.sent.is_tls? { "on" } else { "" }.to_owned(),
            "host" => normalized(host()?),
            "http_host" => with_port(host()?, request.port, request.sent.is_tls?),
            "server_name" => own_name(self.server)?,
            "server_port" if request.port > 0 => request.port.to_string(),
            _ => return None,
        };
        Some(text.into_bytes())
    }

    fn header(&self, header: &str, name: &str) -> Value {
        match self.request.sent.header(header) {
            Header::NotKnown => Value::unknown(name),
            Header::NotSent => Value::not_sent(name),
            Header::Sent(value) => Value::known(value),
        }
    }

    /// `ngx_http_parse_multi_header_lines`
    fn cookie(&self, cookie: &str, name: &str) -> Value {
        let sent = match self.request.sent.header("cookie") {
            Header::NotKnown => return Value::unknown(name),
            Header::NotSent => return Value::not_sent(name),
            Header::Sent(sent) => sent,
        };
        let mut rest = sent.as_str();
        while !rest.is_empty() {
            let found = rest.get(..cookie.len()).filter(|own| own.eq_ignore_ascii_case(cookie));
            let value = found.and_then(|_| rest[cookie.len()..].trim_start_matches(' ').strip_prefix('='));
            if let Some(value) = value {
                return Value::known(value.trim_start_matches(' ').split(';').next().unwrap_or_default());
            }
            rest = rest.split_once([';', ',']).map_or("", |(_, rest)| rest.trim_start_matches(' '));
        }
        Value::default()
    }

    /// Fills in a text; captures are escaped as arguments where `escapes` says so and the client's target was.
    pub(in crate::nginx::routing) fn expand(
        &self,
        parts: &[Part<'_>],
        escapes: bool,
        state: &State,
    ) -> Value {
        let mut value = Value::default();
        for part in parts {
            match *part {
                Part::Text(text) => value.push(text.as_bytes()),
                Part::Capture(number) if escapes && state.escapes => {
                    value.push(&escape::args(state.capture(number)));
                }
                Part::Capture(number) => value.push(state.capture(number)),
                Part::Variable(name) => value.append(&self.variable(name, state)),
            }
        }
        value
    }
}

/// The `Host` that a client sends: with the port where it is not the usual one.
fn with_port(host: &str, port: u16, is_tls: bool) -> String {
    let end_of_name = host.find(']').unwrap_or(0);
    let is_usual = port == if is_tls { 443 } else { 80 };
    if is_usual || host[end_of_name..].contains(':') { host.to_owned() } else { format!("{host}:{port}") }
}

/// `ngx_http_arg`
fn arg(argument: &str, name: &str, state: &State) -> Value {
    let Some(args) = state.args.if_known() else { return Value::unknown(name) };
    let named = args.split(|byte| *byte == b'&').find_map(|one| {
        let (own, value) = one.split_at_checked(argument.len())?;
        own.eq_ignore_ascii_case(argument.as_bytes()).then(|| value.strip_prefix(b"=")).flatten()
    });
    Value::known(named.filter(|_| !argument.is_empty()).unwrap_or_default())
}
