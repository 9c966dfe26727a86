//! `server_name:` the names a site answers to.

use super::fields::Found;
use super::node::{Node, shorten};
use super::scalar::{At, at, text};
use crate::diagnostic::Diagnostic;

/// A name nginx compares with the Host of a request: exact, or with a leading or trailing wildcard. In
/// lower case, as nginx compares it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerName(String);

impl ServerName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its wildcard: the domain that a certificate is issued for.
    pub fn domain(&self) -> &str {
        let name = self.0.strip_prefix("*.").unwrap_or(&self.0);
        name.strip_prefix('.').unwrap_or(name)
    }

    /// The name as a file's: itself, or `_wildcard…` where `*` would be a pattern to the shell.
    pub fn file_name(&self) -> String {
        match self.0.strip_prefix('.') {
            Some(domain) => format!("_wildcard.{domain}"),
            None => self.0.replace('*', "_wildcard"),
        }
    }
}

/// Reads one name.
pub(super) fn server_name(node: &Node, found: &mut Found) -> Option<At<ServerName>> {
    at(node, found, |node, found| {
        let name = text(node, "a server name", found)?;
        let Some((label, help)) = name_fault(name) else {
            return Some(ServerName(name.to_ascii_lowercase()));
        };
        let fault = Diagnostic::error("bad-value", format!("`{}` is not a server name", shorten(name)));
        found.push(fault.at(node.span, label).help(help));
        None
    })
}

/// What is wrong with a name, and what to write.
fn name_fault(name: &str) -> Option<(&'static str, String)> {
    if let Some((scheme, rest)) = name.split_once("://") {
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        return Some(("a URL", format!("leave `{scheme}://` and the path out: `{host}`")));
    }
    if let Some((host, port)) = name.rsplit_once(':')
        && !port.is_empty()
        && port.bytes().all(|b| b.is_ascii_digit())
        && !host.contains(':')
    {
        return Some((
            "has a port, which nginx would compare as part of the name and never match",
            format!("write `{host}`, and the port as `https_port: {port}` of the site"),
        ));
    }
    if name.starts_with('~') {
        return Some((
            "a regular expression",
            "list the names, or use a wildcard such as `*.example.org`".into(),
        ));
    }
    if name == "_" {
        return Some((
            "no name at all",
            "unknown names are closed by `default_server`; delete this site".into(),
        ));
    }
    if let Some(odd) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || ".-_*".contains(*c))) {
        return Some(if odd.is_alphabetic() {
            ("not in ASCII", "write the name as browsers send it, in Punycode: `xn--…`".into())
        } else {
            ("a name is letters, digits, `-` and `.`", format!("`{}` cannot be in it", odd.escape_debug()))
        });
    }
    let core = name.strip_prefix("*.").or_else(|| name.strip_suffix(".*")).or_else(|| name.strip_prefix('.'));
    let core = core.unwrap_or(name);
    if core.contains('*') {
        return Some((
            "a wildcard stands for whole labels at one end",
            "write `*.example.org` or `example.*`".into(),
        ));
    }
    if core.len() > 253 || core.split('.').any(|label| label.is_empty() || label.len() > 63) {
        return Some((
            "a name has labels of 1 to 63 characters between its dots, 253 in all",
            "write the full name, without a final dot".into(),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{ServerName, name_fault};

    #[test]
    fn names() {
        for good in
            ["api.petties.world", "localhost", "*.a.org", ".a.org", "a.*", "a_b.c", "10.0.0.1", "xn--4ca.org"]
        {
            assert_eq!(name_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "a b",
            "a:8080",
            "a/b",
            "a{",
            "a\nb",
            "https://a.org/x",
            "~^a$",
            "_",
            "é.org",
            "a..b",
            "a.",
            "*",
        ] {
            assert!(name_fault(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn files_and_domains_of_wildcards() {
        let name = |name: &str| ServerName(name.to_owned());
        assert_eq!((name("*.a.org").domain(), &*name("*.a.org").file_name()), ("a.org", "_wildcard.a.org"));
        assert_eq!((name(".a.org").domain(), &*name(".a.org").file_name()), ("a.org", "_wildcard.a.org"));
        assert_eq!((name("a.org").domain(), &*name("a.org").file_name()), ("a.org", "a.org"));
    }
}
