//! Locations of type `redirect`: where the client is sent.

use super::fields::{Fields, Found, Key, key};
use super::scalar::one_of;
use super::values::{bad_value, with_variables};

/// Keys of a redirect.
pub(super) const KEYS: &[Key] = &[
    key(
        "to",
        "path or URL",
        "where the client is sent; with nginx variables as `!nginx \"https://$host/new$request_uri\"`",
    ),
    key("status", "301, 302, 303, 307 or 308", "302 when left out; 307 and 308 keep method and body"),
];

/// Where a client is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// A path or URL, possibly with nginx variables.
    pub to: String,
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
}

const STATUSES: &[(&str, u16)] = &[("301", 301), ("302", 302), ("303", 303), ("307", 307), ("308", 308)];

/// Reads the keys of a redirect.
pub(super) fn read(fields: &Fields<'_>, found: &mut Found) -> Option<Redirect> {
    let to = fields.required("to", found, |node, found| {
        let to = with_variables(node, "a path or URL", found)?;
        if ["/", "http://", "https://", "$"].iter().any(|start| to.starts_with(start)) {
            return Some(to);
        }
        let fault = bad_value(
            node,
            format!("`{to}` is neither a path from `/` nor a URL with `http://` or `https://`"),
        );
        found.push(fault.why("nginx sends it to the client as it is"));
        None
    });
    let status =
        fields.optional("status", found, |node, found| one_of(node, "a redirect's status", STATUSES, found));
    Some(Redirect { to: to?, status: status.unwrap_or(302) })
}
