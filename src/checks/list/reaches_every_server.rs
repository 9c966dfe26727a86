//! Every server of a group gets its share, and one that is down hurts nobody.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures_util::FutureExt;

use crate::checks::case::is_at;
use crate::checks::seen::in_words;
use crate::checks::{Case, Check, Miss, Needs, Of, Order, Seen, Symptom, Transport, Variant, path};
use crate::client::{Body, Reply, Session};
use crate::environment::{Balance, Group, Location, LocationType, Server, Upstream};
use crate::outcome::Outcome;
use crate::standin::{Record, Work};

pub(super) static CHECK: Check = Check {
    id: "reaches-every-server",
    summary: "every server of an upstream group gets requests, one that is down hurts nobody, connections are kept",
    explanation: "\
Of a site whose `upstream` is a group, one location is asked until every server that is no `backup` got a request, as often as its
`weight` lets expect, on a second nginx of the same files that nobody else asks: what else is held open there counts for `least_conn`.
With `ip_hash` one client is always led to one server, and this is skipped. On another one nobody listens where the first server is:
every request must be answered by another one all the same. Where `keepalive` is declared, requests one after the other must come by
connections that are used again. Last, a server takes a `POST` and breaks off: nobody knows what it did with it, and so no other server
may get it, unless a raw `proxy_next_upstream` says so.

A failure means that a copy of the service does nothing, that a restart of one copy is seen by clients (`proxy_next_upstream off`),
that a prompt or an order is carried out twice (`non_idempotent`), or that each request opens a connection: `keepalive` needs HTTP/1.1 towards the back end and an empty `Connection`.",
    of: Of::Site,
    needs: Needs::Variants,
    run: |case| run(case).boxed(),
};

/// How often a server is to be expected before it is given up: where chance leads, once in e^20 runs that is too early.
const TIMES: u64 = 20;

/// No more requests are made of one site.
const MOST: u64 = 600;

/// Where a request changes something.
const WRITTEN_TO: [LocationType; 2] = [LocationType::Http, LocationType::Stream];

/// How often a group is asked: when all its servers broke off lately it answers 502 once, and then takes them up again.
const TRIES: u32 = 3;

/// Requests one after the other that show whether connections are used again, or a server's absence is felt.
const SEVERAL: usize = 10;

async fn run(case: &Case<'_>) -> Vec<Outcome> {
    let Upstream::Group(group) = &case.site().upstream.value else { return Vec::new() };
    let kinds = [LocationType::Http, LocationType::Health, LocationType::Stream, LocationType::Sse];
    let locations = || case.site().service.locations.iter().filter(|location| path::of(location).is_ok());
    let Some(location) = kinds.iter().find_map(|kind| locations().find(|location| location.kind == *kind))
    else {
        return Vec::new();
    };
    let (site, case) = (case, &case.at(location));
    let via = case.transports()[0];
    let mut outcomes = Vec::new();
    let mut told = |expected: String, seen| outcomes.push(site.outcome(Some(via), expected, seen));
    if group.servers.len() > 1 {
        let wanted = group.servers.iter().filter(|server| !server.backup).count();
        told(format!("each of {wanted} servers of the group is asked"), each(case, via, group).await);
        told("every request is answered while the first server is down".to_owned(), one_down(case, via).await);
    }
    if group.keepalive.is_some() {
        told("connections to the group are used again".to_owned(), kept(case, via).await);
    }
    if group.servers.len() > 1 {
        let is_written_to = |location: &&Location| WRITTEN_TO.contains(&location.kind);
        for location in locations().filter(is_written_to) {
            let case = case.at(location);
            let expected = "a `POST` that a server broke off is sent to no other";
            outcomes.push(case.outcome(Some(via), expected, sent_once(&case, via).await));
        }
    }
    outcomes
}

/// Asks until every server was asked.
async fn each(case: &Case<'_>, via: Transport, group: &Group) -> Seen {
    if group.balance == Balance::IpHash {
        return Err(Miss::unknown("`ip_hash` leads one client to one server"));
    }
    let regular: Vec<&Server> = group.servers.iter().filter(|server| !server.backup).collect();
    let weight = |server: &Server| server.weight.unwrap_or(1).max(1);
    let all: u64 = regular.iter().map(|server| weight(server)).sum();
    let least = regular.iter().map(|server| weight(server)).min().unwrap_or(1);
    let needed = TIMES.saturating_mul(all.div_ceil(least));
    let tries = needed.min(MOST);
    let mut asked = BTreeSet::new();
    for _ in 0..tries {
        let mut session = case.session_on(Some(Variant::ALONE), via).await?;
        asked.insert(once(case, via, &mut session).await?.stand_in);
        if regular.iter().all(|server| asked.iter().any(|stand_in| is_at(stand_in, &server.address))) {
            return Ok(listed(&asked));
        }
    }
    if needed > tries {
        let reason = format!("by its `weight` a server may get none of {tries} requests, which are the most that are made");
        return Err(Miss::Unknown(reason));
    }
    let seen = format!("{} of {tries} requests", listed(&asked));
    Err(Miss::broken(format!("only {seen}"), Symptom::Unbalanced))
}

fn listed(servers: &BTreeSet<String>) -> String {
    in_words(&servers.iter().map(String::as_str).collect::<Vec<_>>())
}

/// One request, and what the stand-in saw of it.
async fn once(case: &Case<'_>, via: Transport, session: &mut Session) -> Seen<Record> {
    let order = Order::new(Work::Echo);
    let mut reply: Reply = session.send(&case.ordered(via, &case.path()?, &order), case.patience()).await?;
    if reply.status != 200 {
        return Err(Miss::status(reply.status));
    }
    reply.bytes(0, case.patience()).await?;
    case.record(&order, reply.status)
}

async fn one_down(case: &Case<'_>, via: Transport) -> Seen {
    let mut session = case.session_on(Some(Variant::WITHOUT_FIRST_SERVERS), via).await?;
    for number in 1..=SEVERAL {
        match once(case, via, &mut session).await {
            Ok(_) => {}
            Err(Miss::Broken(seen, _)) => {
                let seen = format!("{seen} for the {number}. of {SEVERAL}");
                return Err(Miss::broken(seen, Symptom::NotRetried));
            }
            Err(miss) => return Err(miss),
        }
    }
    Ok(format!("all {SEVERAL} answered"))
}

async fn kept(case: &Case<'_>, via: Transport) -> Seen {
    let mut session = case.session_on(Some(Variant::ALONE), via).await?;
    let mut connections = BTreeSet::new();
    for _ in 0..SEVERAL {
        connections.insert(once(case, via, &mut session).await?.connection);
    }
    let seen = format!("{} connections for {SEVERAL} requests", connections.len());
    match connections.len() < SEVERAL {
        true => Ok(seen),
        false => Err(Miss::broken(seen, Symptom::NotKept)),
    }
}

/// Whether a `POST` that may have been carried out already is left alone.
async fn sent_once(case: &Case<'_>, via: Transport) -> Seen {
    case.lets_in("POST")?;
    if let Some(line) = case.raw_lines().find(|line| line.contains("proxy_next_upstream")) {
        return Err(Miss::unknown(format!("a raw line says who is asked next: `{line}`")));
    }
    let mut tries = 0;
    let (status, record) = loop {
        let order = Order::new(Work::Break);
        let body = Body::Bytes(Bytes::from_static(b"{}"));
        let request = case.ordered(via, &case.path()?, &order).post(body);
        let mut session = case.session_on(Some(Variant::ALONE), via).await?;
        let status = session.send(&request, case.patience()).await?.status;
        tries += 1;
        match case.record(&order, status) {
            Err(_) if status == 502 && tries < TRIES => {}
            record => break (status, record?),
        }
    };
    match record.times {
        1 => Ok(format!("{status}, and one server got it")),
        times => Err(Miss::broken(format!("{status}, and it was sent {times} times"), Symptom::SentTwice)),
    }
}
