//! A live back end answers behind its location.

use futures_util::FutureExt;

use crate::checks::{Case, Check, Miss, Needs, Of, Seen, Symptom, Transport};
use crate::environment::{LocationType, Modifier};
use crate::outcome::Outcome;

pub(super) static CHECK: Check = Check {
    id: "answers",
    summary: "the back end answers",
    explanation: "\
One `GET` in every way the site offers, and never anything else: a `stream` that takes only `POST` answers 405, and is
there. What a stranger may see passes: success, a redirect, 401, 403, 404. A health check has to succeed, or to ask who
is there; a `static` location that declares its page (`spa`, `index`, `probe`, or the path of one file) has to show it: 404 there
means that the files are not in the folder, 403 that its index is not or may not be read. A status from 500 on fails: 502 and 503 mean that nothing listens where nginx looks for the back end, 504 that
it takes too long, others that it is broken itself.",
    of: Of::Location(&[
        LocationType::Http,
        LocationType::Health,
        LocationType::Stream,
        LocationType::Static,
    ]),
    needs: Needs::Deployment,
    run: |case| run(case).boxed(),
};

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    if case.is_direct() && case.location().kind == LocationType::Static {
        return Vec::new(); // its files are nginx's own
    }
    let promise = Promise::of(case);
    case.in_each(case.transports(), promise.expected(), |case, via| async move { over(&case, via, promise).await }).await
}

/// What a stranger is promised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// An answer, whatever it says.
    Answer,
    /// That all is well.
    Health,
    /// A page of files.
    Page,
}

impl Promise {
    fn of(case: &Case<'_>) -> Promise {
        let location = case.location();
        let Some(files) = &location.files else {
            return if location.kind == LocationType::Health { Promise::Health } else { Promise::Answer };
        };
        let is_folder = location.path.ends_with('/');
        // `spa: true` is written as these two entries.
        let is_spa =
            matches!(files.try_files.as_slice(), [uri, page] if uri == "$uri" && page.starts_with('/'));
        let names_page = is_folder && (is_spa || files.index.is_some());
        let is_page = names_page || location.probe.is_some() || location.modifier == Modifier::Exact;
        if is_page { Promise::Page } else { Promise::Answer }
    }

    fn expected(self) -> &'static str {
        match self {
            Promise::Answer => "any status below 500",
            Promise::Health => "200 to 299, 401 or 403",
            Promise::Page => "200 to 399, or 401",
        }
    }

    fn is_kept(self, status: u16) -> bool {
        match self {
            Promise::Answer => status < 500,
            Promise::Health => matches!(status, 200..=299 | 401 | 403),
            Promise::Page => matches!(status, 200..=399 | 401),
        }
    }
}

async fn over(case: &Case<'_>, via: Transport, promise: Promise) -> Seen {
    let (_, reply) = case.ask(via, &case.get(via, &case.path()?)).await?;
    let after = reply.answered.duration_since(reply.asked).as_millis();
    let seen = format!("{} after {after} ms", reply.status);
    match reply.status {
        status if promise.is_kept(status) => Ok(seen),
        403 | 404 if case.location().kind == LocationType::Static => Err(Miss::broken(seen, Symptom::NoFiles)),
        500 if case.location().kind == LocationType::Static => Err(Miss::broken(seen, Symptom::NoPage)),
        status => Err(Miss::broken(seen, Symptom::Status(status))),
    }
}
