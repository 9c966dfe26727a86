//! A location of type `redirect` sends clients where it says.

use futures_util::FutureExt;

use super::{Case, Check, Needs, Of, Symptom, Transport};
use crate::environment::LocationType;
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
    let mut outcomes = Vec::new();
    for transport in case.transports() {
        outcomes.push(over(case, transport).await);
    }
    outcomes
}

async fn over(case: &Case<'_>, transport: Transport) -> Outcome {
    let via = Some(transport);
    let redirect = case.location().redirect.as_ref().expect("a redirect has a target");
    let expected = format!("{} to `{}`", redirect.status, redirect.to);
    let path = match case.path() {
        Ok(path) => path,
        Err(reason) => return case.skipped(via, expected, reason),
    };
    let reply = match case.ask(transport, &case.get(transport, &path)).await {
        Ok((_, reply)) => reply,
        Err(fault) => return case.failed(via, expected, fault.to_string(), Symptom::Fault(&fault)),
    };
    let Some(location) = reply.header("location") else {
        return case.failed(via, expected, reply.status.to_string(), Symptom::Status(reply.status));
    };
    let seen = format!("{} to `{location}`", reply.status);
    if reply.status == redirect.status && leads_to(location, &redirect.to, case.site().name()) {
        case.passed(via, expected, seen)
    } else {
        case.failed(via, expected, seen, Symptom::Misdirected)
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
