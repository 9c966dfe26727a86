//! The declared headers of answers reach the client.

use std::borrow::Cow;

use futures_util::FutureExt;

use crate::checks::seen::in_words;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport};
use crate::environment::{Header, LocationType};
use crate::outcome::Outcome;
use crate::standin::Work;

pub(super) static CHECK: Check = Check {
    id: "response-headers",
    summary: "the declared `response_headers` and `hsts` reach the client, with errors of the back end too",
    explanation: "\
A `GET` in every way the site offers; its answer must carry each header that `response_headers` declares, with its value, and over
TLS the `Strict-Transport-Security` of `hsts`, which the profile `guide` leaves out. Of a value that holds variables of nginx only
the name is looked for. None may come twice. With stand-ins the same is held of an answer with 404 by the back end. A failure means that another `add_header` further
in dropped it, since nginx inherits them all or none, or that `always` is missing.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Websocket,
        LocationType::Sse,
        LocationType::Stream,
        LocationType::Health,
        LocationType::Static,
        LocationType::Redirect,
    ]),
    needs: Needs::Connection,
    run: |case| run(case).boxed(),
};

/// A header that the client is to see, and its value where that is known.
struct Promise<'c> {
    name: &'c str,
    value: Option<Cow<'c, str>>,
}

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    if case.is_direct() {
        return Vec::new();
    }
    let mut outcomes = Vec::new();
    for via in case.transports() {
        let case = &case.anew();
        let promises = promises(case, via);
        if promises.is_empty() {
            continue;
        }
        let told: Vec<_> = promises.iter().map(Promise::told).collect();
        let told = told.join(", ");
        let seen = over(case, via, Work::Echo, &promises).await;
        outcomes.push(case.outcome(Some(via), told.clone(), seen));
        // Live back ends are not told to fail.
        if case.location().kind.traits().proxied && case.deployment().journal.is_some() {
            let case = case.anew();
            let seen = over(&case, via, Work::status(404), &promises).await;
            outcomes.push(case.outcome(Some(via), format!("with an error, too: {told}"), seen));
        }
    }
    outcomes
}

/// What is declared; nginx sends no header with an empty value.
fn promises<'c>(case: &Case<'c>, via: Transport) -> Vec<Promise<'c>> {
    let declared = case.location().response_headers.iter().filter(|header| !header.value.is_empty());
    let declared = declared.map(|Header { name, value }| Promise {
        name,
        value: (!value.contains('$')).then_some(Cow::Borrowed(value.as_str())),
    });
    let seconds = case.site().tls.as_ref().map_or(0, |tls| tls.hsts);
    let is_promised = seconds > 0 && !via.is_clear() && case.promises_more_than_the_guide();
    let hsts = is_promised.then(|| Promise {
        name: "Strict-Transport-Security",
        value: Some(Cow::Owned(format!("max-age={seconds}"))),
    });
    declared.chain(hsts).collect()
}

impl Promise<'_> {
    fn told(&self) -> String {
        match &self.value {
            Some(value) => format!("`{}: {value}`", self.name),
            None => format!("`{}`", self.name),
        }
    }
}

async fn over(case: &Case<'_>, via: Transport, work: Work, promises: &[Promise<'_>]) -> Seen {
    let path = case.path()?;
    let request = match case.deployment().journal {
        Some(_) => case.ordered(via, &path, &Order::new(work)),
        None => case.get(via, &path),
    };
    let (_, reply) = case.ask(via, &request).await?;
    for Promise { name, value } in promises {
        let came = reply.headers.get_all(*name).iter();
        let came: Vec<_> = came.filter_map(|value| value.to_str().ok()).collect();
        // Of a header that comes twice clients believe the first, the last, or none.
        let own = promises.iter().filter(|other| other.name.eq_ignore_ascii_case(name)).count();
        let is_there = value.as_ref().map_or(!came.is_empty(), |value| came.contains(&value.as_ref()))
            && came.len() <= own;
        if !is_there {
            let came = in_words(&came);
            let seen = format!("`{name}`: {came}, in an answer with {}", reply.status);
            return Err(Miss::broken(seen, Symptom::ResponseHeader((*name).to_owned())));
        }
    }
    Ok(format!("all of them, with {}", reply.status))
}
