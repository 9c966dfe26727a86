//! Settings of TLS that the default server of a socket decides for all.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::sockets::{self, Socket, name_of};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::inheritance::{Effective, default};
use crate::nginx::source;
use crate::nginx::tree::{Directive, NodeId};
use crate::nginx::version::Version;

pub(crate) static RULE: Rule = Rule {
    id: "tls-of-default-server",
    severity: Severity::Warning,
    summary: "`ssl_protocols` and its like in a server for which the default server of the socket decides",
    explanation: "\
Which server a client of TLS wants is known from its first message, but OpenSSL has agreed on a version by the time nginx
looks at the name: up to 1.29.1 the `ssl_protocols` of the default server of an address and port hold for every server there,
and what another one says of them is read and forgotten. So a default server that leaves them out keeps TLS 1.3 from all sites
before 1.23.4, whose own default ends with TLS 1.2, and an old protocol that it allows is spoken for sites that forbid it.

In every version `ssl_ecdh_curve`, `ssl_session_cache` and `ssl_session_timeout` are those of the default server as well, and that is a
hint: a site that says `ssl_session_tickets off` and has a cache that the default server lacks resumes no session at all, and the default
server must have tickets off too. Tried on 1.22, 1.28 and 1.31; `ssl_ciphers` and `ssl_prefer_server_ciphers` are each server's own, certificates too. Write what is to
hold for all into `http`, or the same into each server.",
    bad: &[
        Example::new(
            "\
server {
    listen 443 ssl default_server;
    ssl_reject_handshake on;
    ssl_protocols TLSv1.2;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_protocols TLSv1.2 TLSv1.3;
}
",
        )
        .until(OF_EACH)
        .tried(Trial::Secures("TLSv1.3")),
        // The default before 1.23.4 ends with TLS 1.2.
        Example::whole(
            "events {}\n",
            "\
server_tokens off;
server {
    listen 443 ssl default_server;
    ssl_reject_handshake on;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_protocols TLSv1.2 TLSv1.3;
}
",
        )
        .until(Version::new(1, 23, 4))
        .tried(Trial::Secures("TLSv1.3")),
        Example::whole(
            "events {}\n",
            "\
server_tokens off;
ssl_protocols TLSv1.2 TLSv1.3;
server {
    listen 443 ssl default_server;
    ssl_reject_handshake on;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_session_tickets off;
    ssl_session_cache shared:TLS:10m;
}
",
        )
        .tried(Trial::Resumes),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 443 ssl default_server;
    ssl_reject_handshake on;
    ssl_protocols TLSv1.3 TLSv1.2;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_protocols TLSv1.2 TLSv1.3;
}
",
        )
        .tried(Trial::Secures("TLSv1.3")),
        Example::new(
            "\
server {
    listen 443 ssl default_server;
    ssl_reject_handshake on;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets off;
    ssl_session_cache shared:TLS:10m;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets off;
    ssl_session_cache shared:TLS:10m;
}
",
        )
        .tried(Trial::Resumes),
        // Ciphers are each server's own, and so is what another port speaks.
        Example::new(
            "\
server {
    listen 8443 ssl default_server;
    ssl_reject_handshake on;
    ssl_protocols TLSv1.2;
}

server {
    listen 443 ssl default_server;
    ssl_reject_handshake on;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers HIGH:!aNULL:!MD5;
}
",
        )
        .near_miss()
        .tried(Trial::Secures("TLSv1.3")),
    ],
    reach: Reach::Configuration,
    check,
};

/// Since when `ssl_protocols` are those of the server that is asked for.
const OF_EACH: Version = Version::new(1, 29, 2);

/// What the default server decides in every version, and what holds where nothing is set.
const ALWAYS: [(&str, &str); 3] =
    [("ssl_ecdh_curve", "auto"), ("ssl_session_cache", "none"), ("ssl_session_timeout", "5m")];

/// What a default server decides otherwise than another one says.
struct Overruled<'t> {
    default: Directive<'t>,
    is_marked: bool,
    first: Directive<'t>,
    settings: Rc<[Decided<'t>]>,
    servers: HashSet<NodeId>,
}

/// A setting as the other server has it, and as the default one does where that is written; and what to say of it.
struct Decided<'t> {
    written: Directive<'t>,
    by: Option<Directive<'t>>,
    value: String,
    told: String,
}

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !["ssl_protocols", "ssl_ecdh_curve", "ssl_session_cache", "ssl_session_timeout"]
        .iter()
        .any(|name| subject.tree.may_hold(name))
    {
        return;
    }
    let (mut protocols, mut others) = (BTreeMap::new(), BTreeMap::new());
    for socket in sockets::of(subject).iter().filter(|socket| socket.is_tls) {
        let default = socket.default();
        if has_unread(default) {
            continue;
        }
        // Those that say the same are decided alike.
        let mut by_kind: HashMap<NodeId, [Rc<[Decided<'_>]>; 2]> = HashMap::new();
        for server in socket.members.iter().map(|member| member.server).filter(|one| *one != default) {
            if has_unread(server) {
                continue;
            }
            let pair = || Pair { subject, default: Effective::inside(default), server: Effective::inside(server) };
            let decided = by_kind.entry(subject.tree.kind_of(server)).or_insert_with(|| pair().decisions());
            note(&mut protocols, socket, server, &decided[0]);
            note(&mut others, socket, server, &decided[1]);
        }
    }
    found.extend(protocols.values().map(told_protocols));
    found.extend(others.values().map(told_others));
}

/// Whether a file that nobody has read may say more of TLS.
fn has_unread(server: Directive<'_>) -> bool {
    let around = server.parent().and_then(Directive::block);
    let around = around.unwrap_or_else(|| server.tree().root(server.sources()));
    // There may be ten thousand servers around it.
    server.find_all("include").chain(around.find_all("include")).any(source::may_set_tls)
}

/// Puts a server to those that the same default server overrules: one finding for all.
fn note<'t>(
    all: &mut BTreeMap<NodeId, Overruled<'t>>,
    socket: &Socket<'t>,
    server: Directive<'t>,
    settings: &Rc<[Decided<'t>]>,
) {
    let default = socket.default();
    if settings.is_empty() {
        return;
    }
    let is_marked = socket.marked().is_some();
    let mine = all.entry(default.id()).or_insert_with(|| Overruled {
        default,
        is_marked,
        first: server,
        settings: Rc::clone(settings),
        servers: HashSet::new(),
    });
    mine.servers.insert(server.id());
}

/// A default server, and another one of its socket.
struct Pair<'s, 't> {
    subject: &'s Subject<'t>,
    default: Effective<'t>,
    server: Effective<'t>,
}

impl<'t> Pair<'_, 't> {
    /// What the default server decides: the versions, and what else.
    fn decisions(&self) -> [Rc<[Decided<'t>]>; 2] {
        let protocols = if self.subject.version < OF_EACH { self.protocols() } else { None };
        [protocols.into_iter().collect(), self.others().into()]
    }

    /// What holds by the default server; none where a file that nobody has read may say so.
    fn decided(&self, name: &str, otherwise: Option<&str>) -> Option<(Option<Directive<'t>>, String)> {
        match self.default.get(name) {
            Some(set) => Some((Some(set.directive()), words(set.directive()).join(" "))),
            None => Some((None, otherwise.filter(|_| self.subject.gaps.is_whole())?.to_owned())),
        }
    }

    /// Which versions are spoken or not against what the other server says.
    fn protocols(&self) -> Option<Decided<'t>> {
        let written = self.server.get("ssl_protocols")?.directive();
        let (by, value) = self.decided("ssl_protocols", default("ssl_protocols", self.subject.version))?;
        let (wanted, held) = (words(written), value.split(' ').map(str::to_owned).collect::<Vec<_>>());
        // Which of the old ones nginx's own default comes to is for OpenSSL to say.
        let is_sure = |word: &str| by.is_some() || word.eq_ignore_ascii_case("TLSv1.3");
        let missing = lacking(&wanted, &held);
        let extra = lacking(&held, &wanted).into_iter().filter(|word| is_sure(word));
        let (names, what): (Vec<&str>, _) = match missing.is_empty() {
            true => (extra.collect(), "spoken all the same"),
            false => (missing, "not spoken"),
        };
        let verb = if names.len() == 1 { "is" } else { "are" };
        let told = format!("{} {verb} {what}", listed(&names));
        (!names.is_empty()).then_some(Decided { written, by, value, told })
    }

    /// Where the other server sets something, and it does not hold. A cache is of use where no tickets are.
    fn others(&self) -> Vec<Decided<'t>> {
        let has_tickets = self.server.get("ssl_session_tickets").is_none_or(|set| set.value() != "off");
        let decided = ALWAYS.iter().filter_map(|(name, otherwise)| {
            let written = self.server.get(name)?.directive();
            let (by, value) = self.decided(name, Some(otherwise))?;
            let is_idle = *name == "ssl_session_cache" && has_tickets;
            let differs = words(written).join(" ") != value;
            (differs && !is_idle).then(|| Decided { written, by, value, told: (*name).to_owned() })
        });
        decided.collect()
    }
}

fn words(directive: Directive<'_>) -> Vec<String> {
    directive.args().map(|word| word.value().into_owned()).collect()
}

/// What the first has that the others lack.
fn lacking<'w>(words: &'w [String], others: &[String]) -> Vec<&'w str> {
    let is_there = |word: &String| others.iter().any(|other| other.eq_ignore_ascii_case(word));
    words.iter().filter(|word| !is_there(word)).map(String::as_str).collect()
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn told_protocols(overruled: &Overruled<'_>) -> Diagnostic {
    let decided = &overruled.settings[0];
    let fault = RULE.finding(format!("{} for {}", decided.told, overruled.who()));
    let fault = overruled.point(fault, decided);
    fault
        .why("before nginx 1.29.2 a version is agreed on before it is known which server is asked for")
        .help("write the same `ssl_protocols` into the default server, or once into `http`")
}

fn told_others(overruled: &Overruled<'_>) -> Diagnostic {
    let names: Vec<&str> = overruled.settings.iter().map(|one| one.told.as_str()).collect();
    let verb = if names.len() == 1 { "does" } else { "do" };
    let message = format!("{} {verb} not count for {}", listed(&names), overruled.who());
    let fault = overruled.point(Diagnostic::new(Severity::Hint, RULE.id, message), &overruled.settings[0]);
    fault
        .why("sessions and curves are those of the default server, whichever server is asked for")
        .help("write the same into the default server, or once into `http`")
}

impl Overruled<'_> {
    /// Whose settings are overruled.
    fn who(&self) -> String {
        let others = match self.servers.len() {
            0 | 1 => String::new(),
            2 => " and one other server".to_owned(),
            count => format!(" and {} other servers", count - 1),
        };
        format!("{}{others}", name_of(self.first))
    }

    fn point(&self, fault: Diagnostic, decided: &Decided<'_>) -> Diagnostic {
        let role = match self.is_marked {
            true => "the default server of the socket, which decides",
            false => "read first, and so the default server of the socket, which decides",
        };
        let name = decided.written.name();
        let fault = fault.at(decided.written.head_span(), "has no effect");
        match decided.by {
            Some(by) => fault.at(by.head_span(), "this holds").at(self.default.head_span(), role),
            None => fault.at(
                self.default.head_span(),
                format!("{role}: `{name} {}`, for nothing else is set", decided.value),
            ),
        }
    }
}
