//! `request_headers:` and `response_headers:`: header names with the values they get.

use super::fields::{Found, wrong_type};
use super::node::{Entry, Node, Value, shorten};
use super::values::{header_name, with_variables};
use crate::diagnostic::Diagnostic;
use crate::text::Span;

/// A header with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name as written.
    pub name: String,
    /// The value; nginx sends no header at all for an empty one.
    pub value: String,
}

/// The longest name of a request header: nginx gathers them in a table with room for this much, and does not
/// start with a longer one (`proxy_headers_hash_bucket_size`).
const LONGEST: usize = 46;

/// Reads `request_headers:`, sent to the back end in place of the ones nginx-gen sets.
pub(super) fn request_headers(node: &Node, found: &mut Found) -> Option<Vec<Header>> {
    let headers = headers(node, found)?;
    for header in &headers {
        if header.name.len() > LONGEST {
            let length = header.name.len();
            let message = format!("`{}` is {length} bytes long", shorten(&header.name));
            let fault = Diagnostic::error("bad-value", message).at(key_span(node, &header.name), "");
            found.push(
                fault.why(format!("nginx takes names of request headers of at most {LONGEST} bytes")).help(
                    "with `proxy_headers_hash_bucket_size 128;` it takes more: set both in raw `directives:`",
                ),
            );
        }
        if header.name.eq_ignore_ascii_case("x-accel-buffering") {
            found.push(
                Diagnostic::error("bad-value", "`X-Accel-Buffering` as a request header does nothing")
                    .at(node.span, "sent to the back end, which ignores it")
                    .why("nginx reads it from the answer of the back end only")
                    .help("delete it: types `sse` and `stream` turn buffering off"),
            );
        }
    }
    Some(headers)
}

/// Where the key of a header stands.
fn key_span(node: &Node, name: &str) -> Span {
    let Value::Mapping(entries) = &node.value else { return node.span };
    entries.iter().find(|entry| &*entry.key == name).map_or(node.span, |entry| entry.key_span)
}

/// Reads `response_headers:`, added to every answer.
pub(super) fn response_headers(node: &Node, found: &mut Found) -> Option<Vec<Header>> {
    headers(node, found)
}

fn headers(node: &Node, found: &mut Found) -> Option<Vec<Header>> {
    let Value::Mapping(entries) = &node.value else {
        found.push(wrong_type(node, "a mapping of headers").help("write `{ Name: value }`"));
        return None;
    };
    for (index, entry) in entries.iter().enumerate() {
        if let Some(earlier) =
            entries[..index].iter().find(|other| other.key.eq_ignore_ascii_case(&entry.key))
        {
            let message = format!("header `{}` stands twice, in other case", shorten(&entry.key));
            let fault = Diagnostic::error("duplicate-key", message).at(entry.key_span, "again here");
            found.push(fault.at(earlier.key_span, "first here").help("delete one of them"));
        }
    }
    Some(entries.iter().filter_map(|entry| header(entry, found)).collect())
}

fn header(entry: &Entry, found: &mut Found) -> Option<Header> {
    if !header_name(&entry.key) {
        let message = format!("`{}` cannot be the name of a header", shorten(&entry.key));
        let help = "header names are letters, digits and `-`";
        found.push(Diagnostic::error("bad-value", message).at(entry.key_span, "").help(help));
        return None;
    }
    let value = with_variables(&entry.value, "the text of a header", found)?;
    if value.chars().any(|c| c.is_control() && c != '\t') {
        let message = format!("the value of header `{}` holds a control character", entry.key);
        let fault = Diagnostic::error("bad-value", message).at(entry.value.span, "");
        found.push(
            fault.why("a line end would start a header of its own").help("write the value on one line"),
        );
        return None;
    }
    Some(Header { name: entry.key.to_string(), value })
}
