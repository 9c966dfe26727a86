//! Reading values that mean something to nginx: text it can express, durations, sizes, paths, names.
//!
//! A value that is read here can be printed by the templates' formatter; what nginx has no way to express
//! is refused at its place in the YAML.

use super::fields::Found;
use super::node::{Node, shorten};
use super::scalar::{as_written, text};
use crate::diagnostic::{Diagnostic, Words};
use crate::nginx::token::{self, Dollar};
use crate::nginx::value::{self, Unit, Unreadable};

/// Room that templates have to put something around a value within one token, such as the folder of a
/// certificate around a server name.
const COMPOSED: usize = 200;

/// A duration as it was written, valid for nginx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// As written, such as `1h 30m`.
    pub text: String,
    /// In milliseconds.
    pub milliseconds: u64,
}

/// A size as it was written, valid for nginx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// As written, such as `15M`.
    pub text: String,
    /// In bytes; 0 means that nginx checks nothing.
    pub bytes: u64,
}

/// The fault of a value of the right type that cannot be used.
pub(super) fn bad_value(node: &Node, message: impl Into<Words>) -> Diagnostic {
    Diagnostic::error("bad-value", message).at(node.span, "")
}

/// Plain text that nginx can express: no NUL, no `$`, not longer than a token.
pub(super) fn plain(node: &Node, expected: &str, found: &mut Found) -> Option<String> {
    let value = text(node, expected, found)?;
    printable(node, value, Dollar::Forbidden, found)
}

/// Text in which nginx variables are meant when it is tagged `!nginx`, and plain text otherwise.
pub(super) fn with_variables(node: &Node, expected: &str, found: &mut Found) -> Option<String> {
    if node.tag.is_none() {
        return plain(node, expected, found);
    }
    let untagged = Node { tag: None, ..node.clone() };
    let value = as_written(&untagged, expected, found)?;
    printable(node, value, Dollar::Variable, found)
}

/// Text in which `$` means what a regular expression makes of it.
pub(super) fn expression(node: &Node, expected: &str, found: &mut Found) -> Option<String> {
    let value = text(node, expected, found)?;
    printable(node, value, Dollar::Regex, found)
}

fn printable(node: &Node, value: &str, dollar: Dollar, found: &mut Found) -> Option<String> {
    let fault = match token::quote(value, dollar) {
        Ok(token) if token.len() + COMPOSED <= token::QUOTED_LIMIT => return Some(value.to_owned()),
        Ok(_) => bad_value(node, format!("{} bytes are too long for nginx", value.len()))
            .why(format!("nginx reads at most {} bytes in one word", token::QUOTED_LIMIT)),
        Err(error) => {
            let fault = bad_value(node, format!("nginx cannot express `{}`: {error}", shorten(value)));
            if dollar == Dollar::Forbidden && value.contains('$') {
                fault
                    .why("`$` starts a variable wherever nginx reads one, and has no escape")
                    .help("if an nginx variable is meant, tag the value: `!nginx \"…$host…\"`")
            } else {
                fault
            }
        }
    };
    found.push(fault);
    None
}

/// A duration of nginx, such as `300s`, `1h 30m` or `500ms`.
pub(super) fn time(node: &Node, found: &mut Found) -> Option<Time> {
    duration(node, Unit::Milliseconds, found)
}

/// A duration where nginx counts whole seconds: `1h 30m`, but not `500ms`.
pub(super) fn seconds(node: &Node, found: &mut Found) -> Option<Time> {
    duration(node, Unit::Seconds, found)
}

fn duration(node: &Node, unit: Unit, found: &mut Found) -> Option<Time> {
    let text = as_written(node, "a duration", found)?;
    match value::parse_time(text, unit) {
        Ok(amount) => {
            let milliseconds = if unit == Unit::Seconds { amount.saturating_mul(1000) } else { amount };
            Some(Time { text: text.to_owned(), milliseconds })
        }
        Err(error) => {
            let usual = "durations are whole numbers with units, the largest first: `30s`, `1h 30m`";
            found.push(unreadable(node, "a duration", text, &error, usual));
            None
        }
    }
}

/// A size of nginx, such as `15M`.
pub(super) fn size(node: &Node, found: &mut Found) -> Option<Size> {
    let text = as_written(node, "a size", found)?;
    match value::parse_offset(text) {
        Ok(bytes) => Some(Size { text: text.to_owned(), bytes }),
        Err(error) => {
            let usual = "sizes are whole numbers of bytes, or with `k`, `M` or `G` directly behind: `15M`";
            found.push(unreadable(node, "a size", text, &error, usual));
            None
        }
    }
}

fn unreadable(node: &Node, what: &str, text: &str, error: &Unreadable, usual: &'static str) -> Diagnostic {
    let fault = Diagnostic::error("bad-value", format!("`{}` is not {what} of nginx", shorten(text)));
    let fault = fault.at(node.span, error.reason.to_string());
    match &error.suggestion {
        Some(meant) => fault.help(format!("write `{meant}`")),
        None => fault.help(usual),
    }
}

/// An absolute path in the file system.
pub(super) fn file_path(node: &Node, found: &mut Found) -> Option<String> {
    let path = plain(node, "an absolute file path", found)?;
    if path.starts_with('/') {
        return Some(path);
    }
    found.push(
        bad_value(node, format!("`{}` is not an absolute path", shorten(&path)))
            .why("nginx would look for it under the prefix it was built with, which differs between systems")
            .help("start it with `/`"),
    );
    None
}

/// The path of a URI as nginx matches it: decoded, from `/`, without query.
pub(super) fn uri_path(node: &Node, found: &mut Found) -> Option<String> {
    let path = plain(node, "a path", found)?;
    match path_fault(&path) {
        None => Some(path),
        Some((why, help)) => {
            let fault = bad_value(node, format!("no request can match the path `{}`", shorten(&path)));
            found.push(fault.why(why).help(help));
            None
        }
    }
}

/// Why nginx can never match a location of this path (`ngx_http_parse_complex_uri`), and what to write.
fn path_fault(path: &str) -> Option<(&'static str, String)> {
    if !path.starts_with('/') {
        return Some(("every path of a request starts with `/`", format!("write `/{}`", shorten(path))));
    }
    if path.contains('?') || path.contains('#') {
        return Some((
            "nginx compares locations with the path only, without query and fragment",
            "leave out everything from `?` or `#` on".to_owned(),
        ));
    }
    if path.contains("//") {
        return Some((
            "nginx merges neighbouring slashes before it looks for a location",
            format!("write `{}`", shorten(&path.replace("//", "/"))),
        ));
    }
    if path.split('/').any(|segment| segment == "." || segment == "..") {
        return Some((
            "nginx resolves `.` and `..` before it looks for a location",
            "write the resolved path".to_owned(),
        ));
    }
    let bytes = path.as_bytes();
    if bytes.windows(3).any(|w| w[0] == b'%' && w[1].is_ascii_hexdigit() && w[2].is_ascii_hexdigit()) {
        return Some((
            "nginx decodes `%xx` in the request, and not in the location",
            "write the character itself, in quotes if it is a space".to_owned(),
        ));
    }
    path.chars().any(char::is_control).then(|| ("it holds a control character", "remove it".to_owned()))
}

/// The name of an HTTP header.
pub(super) fn header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_no_request_has_are_faults() {
        for good in ["/", "/api/ws/", "/with space", "/100%", "/.well-known/", "/a..b"] {
            assert!(path_fault(good).is_none(), "{good}");
        }
        for bad in ["", "api/", "/a?b", "/a//b", "/a/../b", "/a/.", "/a%20b", "/a\nb"] {
            assert!(path_fault(bad).is_some(), "{bad}");
        }
    }
}
