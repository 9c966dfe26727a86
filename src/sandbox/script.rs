//! What of the rendered files must be known to run them here: every spot that names an address, a file or a time.
//!
//! Taken once from the parsed trees; what becomes of a spot is decided by [`super::layout`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::compile::Parsed;
use crate::nginx::routing::{Address, Listen};
use crate::nginx::token::Quoting;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::value::{Unit, parse_time};
use crate::text::Sources;

/// The rendered files, with their spots.
#[derive(Clone, Default, Debug)]
pub(super) struct Script {
    /// In the order in which nginx reads them.
    pub(super) files: Vec<File>,
    /// The servers, in that order.
    pub(super) servers: Vec<Server>,
    /// The names that each certificate stands for, by its path.
    pub(super) certificates: BTreeMap<String, Vec<String>>,
    /// The first server of each group.
    pub(super) first_servers: BTreeSet<String>,
    /// What is set for all servers.
    shared: BTreeSet<String>,
}

/// A rendered file.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Its name in sites-available.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
    /// In the order of the text.
    pub(super) spots: Vec<Spot>,
}

/// A place in a file that may have to say something else here.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// The bytes, without quotes.
    pub(super) range: Range<usize>,
    /// What they say.
    pub(super) what: What,
}

/// What a spot says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// The address of a `listen`.
    Listen(Socket),
    /// Nothing: a server without a `listen`, just behind its `{`.
    NoListen,
    /// The address of a back end: `127.0.0.1:8080`, `backend:3000`, `unix:/run/app.sock`. The colon that nginx wants between
    /// a Unix socket and a path belongs to the spot.
    BackEnd(String),
    /// A file that nginx reads when it starts.
    Needed(String, Needed),
    /// A file or folder that nginx writes.
    Written(String),
    /// A folder whose files are served.
    Served(String),
    /// A time in milliseconds after which a silent connection is given up.
    Patience(u64),
}

impl What {
    /// Whether it is a path, which is an argument of its own.
    pub(super) fn is_path(&self) -> bool {
        matches!(self, What::Needed(..) | What::Written(_) | What::Served(_))
    }
}

/// What kind of file nginx needs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Needed {
    /// A certificate with its chain; its key is at this path.
    Certificate { key: Option<String> },
    /// The key of a certificate.
    Key,
    /// Certificates of authorities.
    Authorities,
    /// Diffie-Hellman parameters.
    DhParam,
    /// A key of session tickets.
    TicketKey,
    /// Names and passwords.
    Passwords,
}

/// An address and a port that a server listens at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Socket {
    /// An address; unspecified ones take what arrives at any.
    Ip(std::net::SocketAddr),
    /// A name, which nginx resolves.
    Name(String, u16),
    /// A Unix socket.
    Unix(String),
}

/// A server with what it is called and where it listens.
#[derive(Clone, Debug)]
pub(super) struct Server {
    /// As written, in lower case.
    pub(super) names: Vec<String>,
    /// Where.
    pub(super) sockets: Vec<Socket>,
}

impl Script {
    /// Reads the spots of rendered files.
    pub(super) fn of(sources: &Sources, files: &[Parsed]) -> Script {
        let mut script = Script::default();
        let directives = || files.iter().flat_map(|file| file.tree.root(sources).descendants());
        let upstreams = || directives().filter(|one| one.is("upstream") && one.is_block());
        let first = |group: Directive<'_>| Some(with_port(&group.find("server")?.arg(0)?.value(), ""));
        script.first_servers = upstreams().filter_map(first).collect();
        let groups: Vec<String> =
            upstreams().filter_map(|one| Some(one.arg(0)?.value().into_owned())).collect();
        script.shared = directives()
            .filter(|one| one.parent().is_none() && !one.is_block())
            .map(|one| one.name().into_owned())
            .collect();
        for server in directives().filter(|one| one.is("server") && one.is_block()) {
            script.take_server(server);
        }
        for file in files {
            let directives = file.tree.root(sources).descendants();
            let mut spots: Vec<_> = directives.flat_map(|one| spots(one, &groups)).collect();
            spots.sort_by_key(|spot| spot.range.start);
            let text = sources.file(file.file).text().to_owned();
            script.files.push(File { name: file.name.clone(), text, spots });
        }
        script
    }

    fn take_server(&mut self, server: Directive<'_>) {
        let names: Vec<String> = server
            .find_all("server_name")
            .flat_map(Directive::args)
            .map(|name| name.value().to_ascii_lowercase())
            .collect();
        let around = crate::nginx::inheritance::Effective::inside(server).get("ssl_certificate");
        for certificate in around.iter().flat_map(|setting| &setting.directives) {
            let Some(path) = certificate.arg(0) else { continue };
            self.certificates.entry(path.value().into_owned()).or_default().extend(names.iter().cloned());
        }
        let sockets = Listen::all_of(server).iter().flat_map(sockets_of).collect();
        self.servers.push(Server { names, sockets });
    }

    /// What holds where the files say nothing of a silence, divided by `scale`: nginx's own 60 s.
    pub(super) fn defaults(&self, scale: Option<u32>) -> String {
        let Some(scale) = scale else { return String::new() };
        let unset = SILENCES.iter().filter(|name| !self.shared.contains(**name));
        let milliseconds = scaled(60_000, scale);
        unset.map(|name| format!("    {name} {milliseconds}ms;\n")).collect::<Vec<_>>().concat()
    }

    /// Every spot of every file.
    pub(super) fn spots(&self) -> impl Iterator<Item = &Spot> {
        self.files.iter().flat_map(|file| &file.spots)
    }
}

/// The longest silences that are waited for, of back ends, and of clients that are not done with a request.
const SILENCES: [&str; 5] = [
    "proxy_read_timeout",
    "proxy_send_timeout",
    "grpc_read_timeout",
    "grpc_send_timeout",
    "client_body_timeout",
];

/// A shorter wait would end what is merely slow on a busy machine.
const LEAST_PATIENCE: u64 = 50;

/// A wait in milliseconds, divided.
pub(super) fn scaled(milliseconds: u64, scale: u32) -> u64 {
    (milliseconds / u64::from(scale.max(1))).max(LEAST_PATIENCE)
}

/// The sockets of a `listen`, one for each port of a range.
fn sockets_of(listen: &Listen) -> Vec<Socket> {
    let (first, last) = listen.ports;
    match &listen.address {
        Address::Ip(ip) => (first..=last).map(|port| Socket::Ip((*ip, port).into())).collect(),
        Address::Name(name) => (first..=last).map(|port| Socket::Name(name.clone(), port)).collect(),
        Address::Unix(path) => vec![Socket::Unix(path.clone())],
    }
}

/// The spots of one directive.
fn spots(directive: Directive<'_>, groups: &[String]) -> Vec<Spot> {
    let name = directive.name();
    let first = directive.arg(0);
    let whole = |what: &dyn Fn(String) -> Option<What>| {
        let argument = first.filter(|argument| is_plain(*argument))?;
        Some(Spot { range: content_range(argument), what: what(argument.value().into_owned())? })
    };
    let path = |value: String| (value.starts_with('/') && !value.contains('$')).then_some(value);
    let found = match &*name {
        "server" if directive.is_block() => {
            let silent = directive.find("listen").is_none() && directive.find("include").is_none();
            let open = directive.open_span().filter(|_| silent);
            open.map(|open| Spot { range: open.range().end..open.range().end, what: What::NoListen })
        }
        "server" if directive.parent().is_some_and(|parent| parent.is("upstream")) => {
            whole(&|address| Some(What::BackEnd(with_port(&address, ""))))
        }
        "listen" => Listen::of(directive)
            .and_then(|listen| sockets_of(&listen).into_iter().next())
            .and_then(|socket| whole(&|_| Some(What::Listen(socket.clone())))),
        "access_log" | "error_log" | "proxy_cache_path" => whole(&|value| path(value).map(What::Written)),
        "root" | "alias" => whole(&|value| path(value).map(What::Served)),
        name if name.ends_with("_pass") => first.and_then(|argument| back_end(argument, groups)),
        name if SILENCES.contains(&name) => {
            whole(&|value| parse_time(&value, Unit::Milliseconds).ok().map(What::Patience))
        }
        name => needed(name, directive)
            .and_then(|kind| whole(&|value| Some(What::Needed(path(value)?, kind.clone())))),
    };
    found.into_iter().collect()
}

/// What kind of file a directive's argument names.
fn needed(name: &str, directive: Directive<'_>) -> Option<Needed> {
    Some(match name {
        name if name.ends_with("ssl_certificate") => {
            Needed::Certificate { key: key_of(name, directive).map(|key| key.value().into_owned()) }
        }
        name if name.ends_with("ssl_certificate_key") => Needed::Key,
        "ssl_dhparam" => Needed::DhParam,
        "ssl_session_ticket_key" => Needed::TicketKey,
        "auth_basic_user_file" => Needed::Passwords,
        name if name.ends_with("ssl_trusted_certificate") || name == "ssl_client_certificate" => {
            Needed::Authorities
        }
        _ => return None,
    })
}

/// The key of a certificate: of several, as many directives behind the first as the certificate is.
fn key_of<'t>(name: &str, certificate: Directive<'t>) -> Option<Argument<'t>> {
    let block = certificate.parent()?;
    let index = block.find_all(name).position(|one| one == certificate)?;
    block.find_all(&format!("{name}_key")).nth(index)?.arg(0)
}

/// The address in a `proxy_pass` and its like; one behind a variable or a group's name is left alone.
fn back_end(argument: Argument<'_>, groups: &[String]) -> Option<Spot> {
    let value = argument.value();
    if !is_plain(argument) || value.contains('$') {
        return None;
    }
    let start = value.find("://").map_or(0, |at| at + 3);
    let rest = &value[start..];
    let (end, colon) = match rest.strip_prefix("unix:").map(|path| path.find(':')) {
        Some(Some(at)) => (at + "unix:".len(), 1),
        Some(None) => (rest.len(), 0),
        None => (rest.find(['/', '?']).unwrap_or(rest.len()), 0),
    };
    let authority = &rest[..end];
    let base = content_range(argument).start + start;
    let is_known = groups.iter().any(|group| group == authority);
    let spot = Spot { range: base..base + end + colon, what: What::BackEnd(with_port(authority, &value)) };
    (!is_known && !authority.is_empty()).then_some(spot)
}

/// An address with the port that nginx adds where none is written.
fn with_port(authority: &str, url: &str) -> String {
    let has_port = authority.starts_with("unix:")
        || authority.rfind(':').is_some_and(|colon| !authority[colon..].contains(']'));
    let port = if url.starts_with("https:") || url.starts_with("grpcs:") { 443 } else { 80 };
    if has_port { authority.to_owned() } else { format!("{authority}:{port}") }
}

/// Whether what is written is what nginx reads, byte for byte.
fn is_plain(argument: Argument<'_>) -> bool {
    argument.content() == argument.value()
}

/// The bytes of an argument without its quotes.
fn content_range(argument: Argument<'_>) -> Range<usize> {
    let start = argument.span().range().start + usize::from(argument.quoting() != Quoting::Bare);
    start..start + argument.content().len()
}
