//! From what was seen to what may be behind it, which lines decide it, and what to run next.

use super::advice::{ALPN, Advice, NO_CLEAR_HTTP2, NOT_RUNNING, TLS_NAME, TLS_VERSION, advice};
use super::lines::Lines;
use super::{Case, Transport};
use crate::client::Fault;
use crate::diagnostic::Label;
use crate::environment::{Address, Upstream};
use crate::outcome::Diagnosis;

/// What was seen that was not to be.
#[derive(Debug)]
pub enum Symptom {
    /// An operation of the client came to nothing.
    Fault(Fault),
    /// An answer with another status than expected.
    Status(u16),
    /// Nothing came, for too long.
    Silence,
    /// Pieces of a stream arrive together, later than they were sent.
    Late,
    /// An open stream or socket was ended by nginx.
    Cut,
    /// The back end saw another value of this request header.
    RequestHeader(String),
    /// The back end saw another path.
    Target,
    /// An upgrade that is no WebSocket's was passed on.
    ForeignUpgrade,
    /// The client saw another value of this answer's header.
    ResponseHeader(String),
    /// A body was refused, or let through, at the wrong size.
    BodySize,
    /// Another back end was reached, or none.
    Elsewhere,
    /// A certificate that ends soon.
    Expiring,
    /// A redirect leads elsewhere, or has another status.
    Misdirected,
    /// An ACME challenge is answered with this status.
    Challenge(u16),
    /// Over IPv6 the site is not there.
    NoIpv6,
    /// A server of a group gets no request.
    Unbalanced,
    /// A request is not taken to another server of the group.
    NotRetried,
    /// A request that may be carried out once was sent to several servers.
    SentTwice,
    /// Each request opens a connection to the back end.
    NotKept,
    /// nginx tells its version.
    Version,
    /// A path without its final slash is redirected.
    Twin,
    /// A name of no site is served.
    Stranger,
    /// Another protocol than declared is chosen by ALPN.
    Alpn,
    /// A version of TLS is spoken that is not declared.
    Tls,
    /// A line in the access log that was not to be there.
    Logged,
    /// A call of gRPC was answered, or passed on, as something else.
    NoGrpc,
    /// A file was served, or not.
    File,
    /// A page that is declared is not in the folder.
    NoFiles,
    /// The page that stands in for missing files is missing itself.
    NoPage,
    /// A file came from beside the folder that is served.
    Escaped,
    /// A file's `Content-Type` is not that of its ending.
    FileType,
    /// A file's `Cache-Control` is another one than `expires` promises.
    Caching,
    /// A header of the client's did not reach the back end as it was sent.
    ClientHeader(String),
    /// The back end saw another method, or another body.
    Altered,
    /// What nginx says of a back end that is down is not to be seen.
    Hidden,
    /// What was to last no longer than declared lasted longer.
    Uncut,
    /// An answer that is no stream of events.
    NoEvents,
    /// The client saw another answer than the back end gave.
    Answer,
    /// Headers of a client are longer than nginx has room for.
    LongRequest,
    /// The head of an answer is longer than nginx has room for.
    LongHead,
    /// An answer comes slower than it could.
    Slow,
    /// Not all connections were served that were open at once.
    Crowded,
    /// The client's leaving was not noticed.
    Unnoticed,
    /// Something of the check itself.
    Bug,
}

/// Where the rendered lines speak against the likeliest cause.
const NOT_DEPLOYED: &str =
    "the rendered files say otherwise: those on the machine are others, or nginx was not reloaded since";

/// What shows that.
const DEPLOYED: &str = "nginx-gen diff {environment} --against /etc/nginx/sites-enabled";

/// What may be behind a failure, at its lines of nginx and YAML.
pub(super) fn diagnose(case: &Case<'_>, via: Option<Transport>, symptom: &Symptom) -> Diagnosis {
    let advice = match symptom {
        Symptom::Fault(fault) => of_way(case, via, fault).unwrap_or_else(|| advice(symptom)),
        _ => advice(symptom),
    };
    let fill = |text: &&str| fill(text, case, via);
    let mut causes: Vec<String> = advice.causes.iter().map(fill).collect();
    if let Symptom::RequestHeader(name) | Symptom::ResponseHeader(name) | Symptom::ClientHeader(name) =
        symptom
    {
        for cause in &mut causes {
            *cause = cause.replace("{header}", name);
        }
    }
    let mut commands: Vec<String> = advice.commands.iter().map(fill).collect();
    let lines = Lines::of(case, via);
    if case.deployment().journal.is_some() {
        causes.sort_by_key(|cause| lines.weight(cause));
    } else if causes.first().is_some_and(|cause| cause.starts_with('`') && lines.weight(cause) == 2) {
        // What is deployed is not known: only what was rendered is.
        causes.insert(1, fill(&NOT_DEPLOYED));
        commands.push(fill(&DEPLOYED));
    }
    Diagnosis { causes, places: places(case, &lines, advice.directives), commands }
}

/// What a fault means that it means on one way alone.
fn of_way(case: &Case<'_>, via: Option<Transport>, fault: &Fault) -> Option<Advice> {
    match (via, fault) {
        (_, Fault::Connect(_)) if case.is_direct() => Some(NOT_RUNNING),
        // Nothing but HTTP/2 was offered.
        (Some(Transport::Http2), Fault::Tls(why)) if why.contains("NoApplicationProtocol") => Some(ALPN),
        (_, Fault::Tls(why)) if why.contains("ProtocolVersion") => Some(TLS_VERSION),
        (_, Fault::Tls(why)) if why.contains("UnrecognisedName") => Some(TLS_NAME),
        (Some(Transport::ClearHttp2), Fault::Closed | Fault::Protocol(_)) => Some(NO_CLEAR_HTTP2),
        _ => None,
    }
}

/// The directives that hold for the route, and where it is declared.
fn places(case: &Case<'_>, lines: &Lines<'_>, directives: &[&str]) -> Vec<Label> {
    let label = |span, text: &'static str| Label { span, text: text.into() };
    let mut places: Vec<Label> = Vec::new();
    for directive in directives.iter().flat_map(|name| lines.get(name)) {
        let place = label(directive.head_span(), "decides here");
        // `root` and `alias` are one setting of two names.
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if places.is_empty()
        && let Some(block) = lines.block()
    {
        places.push(label(block.head_span(), "nothing of it is set in here"));
    }
    let declared = case.location.map(|location| location.path.span);
    let declared = declared.or_else(|| case.site.map(|site| site.span));
    places.extend(declared.map(|span| label(span, "declared here")));
    places
}

/// A text with this route's names in it.
fn fill(text: &str, case: &Case<'_>, via: Option<Transport>) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let (host, port, url, path) = match case.site {
        Some(site) => {
            let via = via.unwrap_or(if site.tls.is_some() { Transport::Tls } else { Transport::Clear });
            let path = case.location.and_then(|_| case.path().ok()).unwrap_or_else(|| "/".to_owned());
            let url = format!("{}://{}{path}", via.scheme(), case.authority(via));
            (site.name().to_owned(), case.port(via).to_string(), url, path)
        }
        None => ("HOST".to_owned(), "443".to_owned(), "https://HOST/".to_owned(), "/".to_owned()),
    };
    text.replace("{host}", &host)
        .replace("{port}", &port)
        .replace("{url}", &url)
        .replace("{path}", &path)
        .replace("{back_end}", &back_end(case))
        .replace("{environment}", &case.context.environment.name)
        .replace("{purpose}", case.deployment().purpose)
}

/// The service itself, as a URL.
fn back_end(case: &Case<'_>) -> String {
    let upstream = case.site.map(|site| &site.upstream.value);
    let address = match upstream {
        Some(Upstream::One(address)) => Some(address),
        Some(Upstream::Group(group)) => group.servers.first().map(|server| &server.address),
        None => None,
    };
    match address {
        Some(Address::Tcp { host, port }) => format!("http://{host}:{port}"),
        Some(Address::Unix(path)) => format!("--unix-socket {path} http://localhost"),
        None => "http://BACKEND".to_owned(),
    }
}
