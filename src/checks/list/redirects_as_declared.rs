//! A location of type `redirect` sends clients where it says.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::environment::{LocationType, Redirect};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "redirects-as-declared",
    summary: "a redirect has the declared status and target",
    explanation: "\
The location is asked for over every transport. The status must be the declared one and `Location` the declared target;
a target that starts with `/` comes back with the name that was asked for, as nginx makes it absolute. Of a target with
variables, the text before the first of them is compared.",
    of: Of::Location(&[LocationType::Redirect]),
    needs: Needs::StandIns,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let redirect = case.location().redirect.as_ref().expect("a redirect has a target");
    let expected = format!("{} to `{}`", redirect.status, redirect.to);
    case.in_each(case.transports(), &expected, |via| over(case, via, redirect)).await
}

async fn over(case: &Case<'_>, via: Transport, redirect: &Redirect) -> Seen {
    let (_, reply) = case.ask(via, &case.get(via, &case.path()?)).await?;
    let location = reply.header("location").ok_or_else(|| Miss::status(reply.status))?;
    let seen = format!("{} to `{location}`", reply.status);
    match reply.status == redirect.status && leads_to(location, &redirect.to, case.site().name()) {
        true => Ok(seen),
        false => Err(Miss::broken(seen, Symptom::Misdirected)),
    }
}

/// Whether a `Location` is the declared target. The port of one that nginx made absolute is that of its own socket.
fn leads_to(location: &str, declared: &str, name: &str) -> bool {
    let local = location
        .split_once("://")
        .and_then(|(_, rest)| rest.strip_prefix(name))
        .and_then(|rest| rest.find('/').map(|start| &rest[start..]));
    let is_it = |text: &str| match declared.split_once('$') {
        Some((before, _)) => text.starts_with(before),
        None => text == declared,
    };
    is_it(location) || declared.starts_with('/') && local.is_some_and(is_it)
}

#[cfg(test)]
mod tests {
    use super::leads_to;

    #[test]
    fn targets_are_compared_as_nginx_sends_them() {
        for (location, declared) in [
            ("/new", "/new"),
            ("https://a.org/new", "/new"),
            ("http://a.org:8081/new", "/new"),
            ("https://b.org/x?y", "https://b.org$request_uri"),
        ] {
            assert!(leads_to(location, declared, "a.org"), "{location} {declared}");
        }
        for (location, declared) in [
            ("https://a.org/old", "/new"),
            ("https://b.org/new", "/new"),
            ("https://a.org/x", "https://b.org$uri"),
        ] {
            assert!(!leads_to(location, declared, "a.org"), "{location} {declared}");
        }
    }
}
