//! What a rule calls broken is broken over real sockets, and what it calls good works.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use nginx_gen::lint::{Example, RULES, Stream, Trial};
use tungstenite::Message;

use super::{grpc, tls};
use crate::support::backend::{Backend, Events};
use crate::support::client::{self, Request};
use crate::support::nginx::{Nginx, Running, Sites};

/// Trials that run at the same time: most of their time they wait.
const AT_ONCE: usize = 24;

/// The name that is asked for; servers have it or take any.
const HOST: &str = "a.example.org";

#[test]
fn what_is_tried_fails_on_each_bad_example_and_works_on_each_good_one() {
    let bad = RULES.iter().flat_map(|rule| rule.bad.iter().map(|example| (rule.id, example, false)));
    let good = RULES.iter().flat_map(|rule| rule.good.iter().map(|example| (rule.id, example, true)));
    let tried: Vec<_> = bad.chain(good).filter(|(_, example, _)| example.trial.is_some()).collect();
    let both = Nginx::both();
    let trials: Vec<_> = both.iter().flat_map(|nginx| tried.iter().map(move |one| (nginx, one))).collect();
    for some in trials.chunks(AT_ONCE) {
        thread::scope(|scope| {
            for &(nginx, (rule, example, expected)) in some {
                scope.spawn(move || {
                    let Some(works) = works(nginx, example) else { return };
                    let trial = example.trial;
                    assert_eq!(works, *expected, "{rule}, {trial:?}, {nginx:?}:\n{}", example.text);
                });
            }
        });
    }
}

/// Whether what is tried on an example works; none where nothing is, or in a language this nginx does not speak.
fn works(nginx: &Nginx, example: &Example) -> Option<bool> {
    if !nginx.speaks(example.version) || example.until.is_some_and(|version| nginx.speaks(version)) {
        return None;
    }
    let text = example.text;
    let url = |path: &str| format!("http://{HOST}{path}");
    Some(match example.trial? {
        Trial::Opens(path) => opens(nginx, text, "Upgrade", path),
        Trial::OpensInFirefox(path) => opens(nginx, text, "keep-alive, Upgrade", path),
        Trial::Streams(stream) => {
            let backend = events(4, Duration::from_millis(300), stream);
            // As every browser does.
            let request = Request::get(&url(stream.path)).header("Accept-Encoding", "gzip");
            let arrived = start(nginx, text, &backend).send(&request).first_byte().expect("all arrives");
            arrived < *backend.sent().last().expect("events were sent")
        }
        Trial::IsFresh(stream) => {
            let backend = events(2, Duration::ZERO, stream);
            let nginx = start(nginx, text, &backend);
            for _ in 0..2 {
                assert_eq!(nginx.get(&url(stream.path)).events().expect("all arrives").len(), 2);
            }
            backend.sent().len() == 4
        }
        Trial::Secures(version) => tls::is_spoken(version, start(nginx, text, &Backend::echo()).address(443)),
        Trial::Resumes => client::resumes(HOST, start(nginx, text, &Backend::echo()).address(443)),
        Trial::Outlasts(stream) => {
            let backend = events(2, Duration::from_millis(1600), stream);
            start(nginx, text, &backend).get(&url(stream.path)).events().is_ok_and(|all| all.len() == 2)
        }
        Trial::Calls(path) => grpc::call_arrives_whole(path, |address| start_at(nginx, text, address)),
        Trial::Listens(path) => grpc::call_stays_open(path, |address| start_at(nginx, text, address)),
        Trial::IsSentOnce(path) => {
            let backend = Backend::dropping();
            let reply = start(nginx, text, &backend).send(&Request::post(&url(path), "a question"));
            assert!(reply.status() >= 500, "{}", reply.head.line);
            backend.sent().len() == 1
        }
        Trial::Posts(path) => {
            let request = Request::post(&url(path), "a question");
            start(nginx, text, &Backend::echo()).send(&request).status() == 200
        }
        _ => answered(nginx, example)?,
    })
}

/// The same of what is seen in one answer.
fn answered(nginx: &Nginx, example: &Example) -> Option<bool> {
    let text = example.text;
    let url = |path: &str| format!("http://{HOST}{path}");
    Some(match example.trial? {
        Trial::Answers(path, status) => {
            let reply = start(nginx, text, &Backend::echo()).try_send(&Request::get(&url(path)));
            reply.is_ok_and(|reply| reply.status() == status)
        }
        Trial::Carries(path, name) => {
            start(nginx, text, &Backend::echo()).get(&url(path)).head.header(name).is_some()
        }
        Trial::Keeps(path) => {
            let backend = Backend::echo();
            let nginx = start(nginx, text, &backend);
            let peer = || nginx.get(&url(path)).head.header("x-peer").expect("the back end says").to_owned();
            peer() == peer()
        }
        Trial::Stays(path) => {
            let both =
                [8001, 8002].map(|port| (port, events(1, Duration::ZERO, Stream { path, headers: "" })));
            let sites = both.iter().fold(Sites::one(text), |sites, (port, backend)| {
                sites.upstream(format!("127.0.0.1:{port}"), backend.address())
            });
            let nginx = nginx.start(&sites);
            for _ in 0..4 {
                assert_eq!(nginx.get(&url(path)).status(), 200);
            }
            both.iter().any(|(_, backend)| backend.sent().len() == 4)
        }
        Trial::LeadsTo(path, target) => {
            let reply = start(nginx, text, &Backend::echo()).get(&url(path));
            reply.head.header("location").expect("it redirects") == target
        }
        Trial::Lacks(path, name) => {
            start(nginx, text, &Backend::echo()).get(&url(path)).head.header(name).is_none()
        }
        Trial::PassesNo(path, part) => {
            let backend = Backend::echo();
            let path = path.replace("127.0.0.1:8080", &backend.address().to_string());
            let answer = start(nginx, text, &backend).get(&url(&path)).text();
            !answer.expect("an answer arrives").contains(part)
        }
        Trial::Denies(path, (name, value)) => {
            let request = Request::get(&url(path)).header(name, value);
            start(nginx, text, &Backend::echo()).send(&request).status() == 403
        }
        Trial::RepeatsNo(path, (name, value)) => {
            let request = Request::get(&url(path)).header(name, value);
            !start(nginx, text, &Backend::echo()).send(&request).head.text().contains(value)
        }
        Trial::IgnoresHost(path) => {
            let request = Request::get(&url(path)).claiming("other.example");
            let asked = start(nginx, text, &Backend::echo()).send(&request).text();
            !asked.expect("an answer arrives").contains("other.example")
        }
        Trial::Withholds(path, (name, value)) => {
            let request = Request::get(&url(path)).header(name, value);
            let asked =
                start(nginx, text, &Backend::echo()).send(&request).text().expect("an answer arrives");
            assert!(asked.starts_with("GET "), "{asked}");
            !asked.contains(value)
        }
        Trial::Nothing(_) => return None,
        other => unreachable!("{other:?} is tried above"),
    })
}

/// Whether a WebSocket opens, and is still there when whatever goes on beside it has ended. Why not is printed, for a
/// test that expects it.
#[allow(clippy::disallowed_macros, reason = "the harness shows it where the test fails")]
fn opens(nginx: &Nginx, text: &str, connection: &str, path: &str) -> bool {
    let backend = Backend::websocket();
    let nginx = start(nginx, text, &backend);
    let echoed = nginx.websocket_by(connection, &format!("ws://{HOST}{path}")).map(|mut socket| {
        thread::sleep(Duration::from_millis(300));
        socket.send(Message::text("hello")).and_then(|()| socket.read())
    });
    let opens = matches!(&echoed, Ok(Ok(message)) if message.is_text());
    if !opens {
        println!("{path}: {echoed:?}; nginx says:\n{}", nginx.log());
    }
    opens
}

/// Runs a text, all of whose back ends are this one.
fn start(nginx: &Nginx, text: &str, backend: &Backend) -> Running {
    start_at(nginx, text, backend.address())
}

fn start_at(nginx: &Nginx, text: &str, backend: SocketAddr) -> Running {
    let word = |at: usize| text[at..].split([';', '/', ' ']).next().unwrap_or_default();
    let authorities: BTreeSet<_> = text.match_indices("127.0.0.1:").map(|(at, _)| word(at)).collect();
    let sites = Sites::one(text);
    let sites = authorities.into_iter().fold(sites, |sites, one| sites.upstream(one, backend));
    nginx.start(&sites)
}

fn events(count: usize, every: Duration, stream: Stream) -> Backend {
    Backend::events(Events { count, every, headers: stream.headers })
}
