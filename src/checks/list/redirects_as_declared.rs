//! A location of type `redirect` sends clients where it says.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::client::Request;
use crate::environment::{LocationType, Redirect};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "redirects-as-declared",
    summary: "a redirect has the declared status and target",
    explanation: "\
The location is asked for with a query, in every way the site offers and under each of its names. The status must be the declared
one and `Location` the declared target; a target that starts with `/` comes back with the name that was asked for, as nginx makes it
absolute. Variables such as `$host` and `$request_uri` are filled in; of a target with others, such as `$1`, the text before the
first of them is compared.",
    of: Of::Location(&[LocationType::Redirect]),
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    if case.is_direct() {
        return Vec::new();
    }
    let redirect = case.location().redirect.as_ref().expect("a redirect has a target");
    let expected = format!("{} to `{}`", redirect.status, redirect.to);
    case.in_each(case.transports(), &expected, |case, via| async move { over(&case, via, redirect).await }).await
}

/// Shows whether a query comes along.
const QUERY: &str = "nginx-gen=a%20b&c=d";

async fn over(case: &Case<'_>, via: Transport, redirect: &Redirect) -> Seen {
    let path = case.path()?;
    let separator = if path.contains('?') { '&' } else { '?' };
    let target = format!("{path}{separator}{QUERY}");
    let mut seen = String::new();
    for name in case.names() {
        let authority = case.authority_of(&name, via);
        let request = Request { authority: authority.clone(), ..case.get(via, &target) };
        let (_, reply) = case.ask(via, &request).await?;
        let location = reply.header("location").ok_or_else(|| Miss::status(reply.status))?;
        let asked = Asked { target: &target, authority: &authority, name: &name, first: case.site().name(), scheme: via.scheme() };
        let (wanted, is_whole) = asked.filled(&redirect.to);
        seen = format!("{} to `{location}`", reply.status);
        let is_there = leads_to(location, &wanted, is_whole, &name);
        if reply.status != redirect.status || !is_there {
            let behind = if is_whole { "" } else { "…" };
            let promised = format!("where {} to `{wanted}{behind}` is promised", redirect.status);
            return Err(Miss::broken(format!("{seen}, {promised}"), Symptom::Misdirected));
        }
    }
    Ok(seen)
}

/// What was asked for, of which the target of a redirect is put together.
struct Asked<'a> {
    target: &'a str,
    authority: &'a str,
    name: &'a str,
    /// The first name of the server.
    first: &'a str,
    scheme: &'a str,
}

impl Asked<'_> {
    /// A declared target with its variables filled in, up to one that is not known; whether that is all of it.
    fn filled(&self, declared: &str) -> (String, bool) {
        let mut filled = String::new();
        let mut rest = declared;
        while let Some((before, after)) = rest.split_once('$') {
            filled.push_str(before);
            let (name, behind) = match after.strip_prefix('{').and_then(|braced| braced.split_once('}')) {
                Some(braced) => braced,
                None => after.split_at(
                    after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len()),
                ),
            };
            let Some(value) = self.variable(name) else { return (filled, false) };
            filled.push_str(&value);
            rest = behind;
        }
        (filled + rest, true)
    }

    fn variable(&self, name: &str) -> Option<String> {
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        let value = match name {
            "host" => self.name,
            "http_host" => self.authority,
            "server_name" => self.first,
            "scheme" => self.scheme,
            "request_uri" => self.target,
            // Decoded: where there is nothing to decode it is the path.
            "uri" | "document_uri" if !path.contains('%') => path,
            "args" | "query_string" => query,
            "is_args" if query.is_empty() => "",
            "is_args" => "?",
            _ => return None,
        };
        Some(value.to_owned())
    }
}

/// Whether a `Location` is the wanted target, or begins so. The port of one that nginx made absolute is that of its own
/// socket.
fn leads_to(location: &str, wanted: &str, is_whole: bool, name: &str) -> bool {
    let local = location
        .split_once("://")
        .and_then(|(_, rest)| rest.strip_prefix(name))
        .and_then(|rest| rest.find('/').map(|start| &rest[start..]));
    let is_it = |text: &str| if is_whole { text == wanted } else { text.starts_with(wanted) };
    is_it(location) || wanted.starts_with('/') && local.is_some_and(is_it)
}

#[cfg(test)]
mod tests {
    use super::{Asked, leads_to};

    const ASKED: Asked<'static> = Asked {
        target: "/old?x=y%20z",
        authority: "b.org:8443",
        name: "b.org",
        first: "a.org",
        scheme: "https",
    };

    #[test]
    fn variables_are_filled_in_up_to_one_that_is_not_known() {
        for (declared, filled, is_whole) in [
            ("/new", "/new", true),
            ("https://$host/new$request_uri", "https://b.org/new/old?x=y%20z", true),
            ("${scheme}://$http_host$uri$is_args$args", "https://b.org:8443/old?x=y%20z", true),
            ("//$server_name/$arg_x", "//a.org/", false),
            ("/u/$1", "/u/", false),
        ] {
            assert_eq!(ASKED.filled(declared), (filled.to_owned(), is_whole), "{declared}");
        }
    }

    #[test]
    fn targets_are_compared_as_nginx_sends_them() {
        for (location, wanted, is_whole, leads) in [
            ("/new", "/new", true, true),
            ("https://a.org/new", "/new", true, true),
            ("http://a.org:8081/new", "/new", true, true),
            ("https://b.org/x?y", "https://b.org/", false, true),
            ("https://a.org/old", "/new", true, false),
            ("https://b.org/new", "/new", true, false),
            ("https://b.org/x?y", "https://b.org/x", true, false),
        ] {
            assert_eq!(leads_to(location, wanted, is_whole, "a.org"), leads, "{location} {wanted}");
        }
    }
}
