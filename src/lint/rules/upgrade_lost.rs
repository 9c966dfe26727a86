//! A WebSocket location whose upgrade does not reach the back end.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::handshake::{Maps, Sent};
use crate::lint::meant::{Kind, Meant, Source, is_header, is_nearly};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "upgrade-lost",
    severity: Severity::Error,
    summary: "a WebSocket location whose upgrade does not reach the back end",
    explanation: "\
`Upgrade` and `Connection` are meant for the next hop only, so nginx sends neither on by itself: both have to be set. The
back end otherwise sees an ordinary request and answers 400, 404 or 426, and no WebSocket opens. Tried on nginx, each of
these loses it:

- a single `proxy_set_header` in a location drops **all** that the server or `http` set, the commonest way;
- `Connection \"\"`, as it is written for kept-alive back ends, `Connection close`, or a `map` that comes to either;
- one header without the other, or a misspelt one;
- a `map` that takes `$http_connection` for `upgrade` alone: Firefox sends `keep-alive, Upgrade`;
- `proxy_pass_request_headers off`, or an empty `Sec-WebSocket-Key`; `proxy_hide_header Upgrade`, which the client misses.

`Upgrade $http_upgrade` beside `Connection keep-alive`, an old recipe for ASP.NET, is told as a hint where nothing else speaks for a
WebSocket, and other headers that were perhaps copied to an ordinary location as a warning. `Connection $http_connection` passes it on as well as `\"upgrade\"` does, and so does `\"keep-alive, Upgrade\"`. A `map` finds
`websocket` whatever its case. Write the full set of headers in the location.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection \"upgrade\";

    location /ws {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header Host $host; # drops the two above
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/ws")),
        Example::new(
            "\
server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/websocket")),
        Example::new(
            "\
server {
    listen 80;
    location /chat {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgarde $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/chat")),
        Example::new(
            "\
map $http_upgrade $connection_upgrade { default ''; WebSocket close; }

server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/websocket")),
        Example::new(
            "\
server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_pass_request_headers off;
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/websocket")),
        Example::new(
            "\
map $http_connection $upgrade { default close; upgrade upgrade; }

server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $upgrade;
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::OpensInFirefox("/websocket")),
        Example::new(
            "\
server {
    listen 80;
    proxy_hide_header Upgrade;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/websocket")),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /ws {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/ws")),
        // A `map` looks for text whatever its case.
        Example::new(
            "\
map $http_upgrade $connection_upgrade { default close; WebSocket upgrade; }

server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_read_timeout 1h;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Opens("/websocket")),
        // The client's own `Connection`, with what it asks for beside the upgrade; an empty header is not sent.
        Example::new(
            "\
server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"\";
        proxy_set_header Connection $http_connection;
        proxy_read_timeout 1h;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Opens("/websocket")),
        // The list that Firefox sends is looked through for the word; other headers of the handshake may be emptied.
        Example::new(
            "\
map $http_connection $upgrade { default close; ~*upgrade upgrade; }

server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $upgrade;
        proxy_set_header Sec-WebSocket-Extensions \"\";
        proxy_hide_header X-Powered-By;
        proxy_read_timeout 1h;
    }
}
",
        )
        .near_miss()
        .tried(Trial::OpensInFirefox("/websocket")),
        // A SOAP service: nothing says that this is meant for WebSocket.
        Example::new("server { listen 80; location /ws/ { proxy_pass http://127.0.0.1:8080; } }\n").near_miss(),
    ],
    reach: Reach::Server,
    check,
};

/// What makes a request the opening of a WebSocket.
const HANDSHAKE: [(&str, &str); 2] = [("Upgrade", "websocket"), ("Connection", "upgrade")];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        if let Some(meant) = place.meant().filter(|meant| meant.kind == Kind::Websocket)
            && place.proxy_pass().is_some()
            && is_known(subject, place)
        {
            let told = lost(place, &meant, subject.maps).or_else(|| key_lost(place, &meant));
            found.extend(told.or_else(|| answer_hidden(place, &meant)));
        }
    }
}

/// Whether all headers that are set are in sight: those of the location, which drop any others, or those around it.
fn is_known(subject: &Subject<'_>, place: &Place<'_>) -> bool {
    let has_own = place.location.find("proxy_set_header").is_some();
    (has_own && !subject.gaps.are_in(place.location)) || (place.server.is_some() && !place.has_gaps)
}

fn lost(place: &Place<'_>, meant: &Meant, maps: &Maps<'_>) -> Option<Diagnostic> {
    let set = place.settings.get("proxy_set_header").map(|setting| setting.directives).unwrap_or_default();
    let is_lost = |(name, word): &(&str, &str)| !set.iter().any(|one| carries(one, name, word, maps));
    let (name, word) = HANDSHAKE.into_iter().find(is_lost)?;
    let message = format!("the upgrade of `{}` does not reach the back end: `{name}` is lost", place.head());
    let mut fault = RULE.finding(message).at(place.location.head_span(), "");
    if is_old_recipe(meant, &set) {
        fault.severity = Severity::Hint;
    }
    let fault = meant.point(explained(fault, place, (name, word), &set, maps));
    Some(fault.why("the back end sees an ordinary request, and no WebSocket opens"))
}

/// Whether nothing but headers speaks for a WebSocket, as an old recipe for ASP.NET has them: it keeps connections alive,
/// and upgrades none.
fn is_old_recipe(meant: &Meant, set: &[Directive<'_>]) -> bool {
    let keeps_alive = |one: &Directive<'_>| {
        is_header(one, "Connection") && one.arg(1).is_some_and(|value| value.value().eq_ignore_ascii_case("keep-alive"))
    };
    matches!(meant.source, Source::Headers(_)) && set.iter().any(keeps_alive)
}

/// Whether this `proxy_set_header` brings the word to the back end; of what cannot be told it is taken to be so.
fn carries(one: &Directive<'_>, name: &str, word: &str, maps: &Maps<'_>) -> bool {
    is_header(one, name) && one.arg(1).is_some_and(|value| lost_by(&value.value(), word, maps).is_none())
}

/// What a value comes to for a client whose upgrade it loses.
fn lost_by<'t>(value: &str, word: &str, maps: &Maps<'t>) -> Option<(Sent<'t>, Client)> {
    let sent = [(maps.sent(value), Client::Any), (maps.sent_by_firefox(value), Client::Firefox)];
    let known = sent.into_iter().filter_map(|(sent, client)| Some((sent?, client)));
    known.into_iter().find(|(sent, _)| !sent.value.to_ascii_lowercase().contains(word))
}

/// Who loses an upgrade.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    Any,
    Firefox,
}

/// Points at what sets the header to something else, at what is nearly it, or at where it was set and what drops
/// it; and says what to write.
fn explained(
    fault: Diagnostic,
    place: &Place<'_>,
    (name, word): (&str, &str),
    set: &[Directive<'_>],
    maps: &Maps<'_>,
) -> Diagnostic {
    let line = if name == "Upgrade" { UPGRADE } else { CONNECTION };
    if let Some(setter) = set.iter().find(|one| is_header(one, name)) {
        return set_otherwise(fault, *setter, word, maps)
            .unwrap_or_else(|fault| fault.help(format!("write `{line}` instead")));
    }
    if let Some(misspelt) = set.iter().find(|one| is_nearly(one, name)) {
        let fault = fault.at(misspelt.head_span(), format!("looks like `{name}`, and is not"));
        return fault.help(format!("write `{line}`"));
    }
    let hidden = place.settings.hidden("proxy_set_header");
    let outer = hidden.into_iter().find(|one| is_header(one, name));
    if let (Some(outer), Some(inner)) = (outer, set.first()) {
        let help = format!(
            "write the full set into the location: `{UPGRADE}` and `{CONNECTION}` beside its other headers"
        );
        let fault = fault.at(outer.head_span(), "set here");
        return fault.at(inner.head_span(), "dropped by this, as all outer ones are").help(help);
    }
    fault.help(format!("add `{line}`: nginx does not pass it on by itself"))
}

/// Points at what sets the header to something else. `Ok` when a `map` does so, whose entry is to be changed.
fn set_otherwise(
    fault: Diagnostic,
    setter: Directive<'_>,
    word: &str,
    maps: &Maps<'_>,
) -> Result<Diagnostic, Diagnostic> {
    let value = setter.arg(1).map(Argument::value).unwrap_or_default();
    let Some((sent, client)) = lost_by(&value, word, maps) else { return Err(fault) };
    let said = match sent.value.as_str() {
        "" => "this keeps it from the back end".to_owned(),
        other => format!("this makes it `{other}`, where it must be `{word}`"),
    };
    let fault = fault.at(setter.head_span(), said);
    let Some(entry) = sent.by else { return Err(fault) };
    Ok(match client {
        Client::Any => fault
            .at(entry.span(), "decided here, for a client that sends `Upgrade: websocket`")
            .help(format!("let the `map` give `{word}` for `websocket`")),
        Client::Firefox => fault
            .at(entry.span(), "decided here, for Firefox, which sends `Connection: keep-alive, Upgrade`")
            .help(format!("let the `map` look at `$http_upgrade`, and give `{word}` for `websocket`")),
    })
}

const UPGRADE: &str = "proxy_set_header Upgrade $http_upgrade;";
const CONNECTION: &str = "proxy_set_header Connection \"upgrade\";";

/// Headers by which the two ends know that they mean the same handshake.
const KEY: [&str; 2] = ["Sec-WebSocket-Key", "Sec-WebSocket-Version"];

/// Both headers arrive, and the key of the handshake does not.
fn key_lost(place: &Place<'_>, meant: &Meant) -> Option<Diagnostic> {
    let passing = place.settings.get("proxy_pass_request_headers").map(|setting| setting.directive());
    let passing = passing.filter(|passing| passing.arg(0).is_some_and(|word| word.is("off")));
    let set = place.settings.get("proxy_set_header").map(|setting| setting.directives).unwrap_or_default();
    let is_emptied = |one: &Directive<'_>| one.arg(1).is_some_and(|value| value.value().is_empty());
    let emptied =
        set.into_iter().find(|one| KEY.iter().any(|name| is_header(one, name)) && is_emptied(one));
    let by = passing.or(emptied)?;
    let name = if passing.is_some() { KEY[0].to_owned() } else { by.arg(0)?.value().into_owned() };
    let message = format!("the handshake of `{}` reaches the back end without its key", place.head());
    let fault = RULE.finding(message).at(place.location.head_span(), "");
    let fault = meant.point(fault.at(by.head_span(), format!("keeps `{name}` away")));
    let why = "a back end refuses a handshake without `Sec-WebSocket-Key` and `Sec-WebSocket-Version`";
    Some(fault.why(why).help(match passing {
        Some(_) => "take `proxy_pass_request_headers off` out here",
        None => "take it out: nginx passes the header on by itself",
    }))
}

/// The back end accepts, and the client does not see that.
fn answer_hidden(place: &Place<'_>, meant: &Meant) -> Option<Diagnostic> {
    let hides = place.settings.get("proxy_hide_header")?.directives;
    let is_needed = |one: &Directive<'_>| is_header(one, "Upgrade") || is_header(one, "Sec-WebSocket-Accept");
    let hides = hides.into_iter().find(is_needed)?;
    let message = format!("the client does not see that the handshake of `{}` is accepted", place.head());
    let fault = RULE.finding(message).at(place.location.head_span(), "");
    let fault = meant.point(fault.at(hides.head_span(), "takes it out of the answer"));
    let why = "a client takes 101 without `Upgrade` and `Sec-WebSocket-Accept` for none, and closes the connection";
    Some(fault.why(why).help("take it out here"))
}
