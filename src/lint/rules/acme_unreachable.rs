//! Certificate renewals that a redirect of the server takes.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::ways::{Visit, Ways, comes_by};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{BeforeLocations, End, Event, Kind, Listen};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "acme-unreachable",
    severity: Severity::Warning,
    summary: "a redirect of the server, or a regex location, that takes certificate renewals too",
    explanation: "\
A `return` beside locations runs before any location is looked for, so a location for `/.well-known/acme-challenge/` in the
same server is never reached: the challenge is redirected, and renewal by webroot fails weeks later. Put the redirect into
`location /`. A `rewrite ^ https://…` of the server does the same, and a regex location such as `~ /\\.`, which forbids hidden
files, is tried before a prefix: `location ^~ /.well-known/acme-challenge/` keeps it away. A challenge is followed through the
server as nginx does it, through `rewrite`, `if` and `return`; where an `if` asks for what only the client tells, nothing is said.

Where certificates are Let's Encrypt's and the other server passes the challenge on to a back end, that is told as a hint:
renewal by webroot would need such a location, by another way it does not; certbot's own plugin, known by its
`options-ssl-nginx.conf`, brings one.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location /.well-known/acme-challenge/ { return 204; }
    location ~ /\\. { deny all; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 204)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    rewrite ^ https://$host$request_uri permanent;
    location ^~ /.well-known/acme-challenge/ { return 204; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 204)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location ^~ /.well-known/acme-challenge/ { root /var/www/acme; }
    return 301 https://$host$request_uri;
}
",
        )
        .tried(Trial::Answers(TOKEN, 404)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    if ($scheme = http) { return 301 https://$host$request_uri; }
    location ^~ /.well-known/acme-challenge/ { root /var/www/acme; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 404)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location ~ /\\. { deny all; }
    location ~ /\\.well-known/acme-challenge/ { return 204; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 204)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    rewrite ^/(.*)$ /site/$1 last;
    location ^~ /.well-known/acme-challenge/ { return 204; }
    location /site/ { root /srv; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 204)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    return 301 https://$host$request_uri;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
    location / { proxy_pass http://127.0.0.1:8080; }
}
",
        ),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location ^~ /.well-known/acme-challenge/ { return 204; }
    location ~ /\\. { deny all; }
}

server {
    listen 80;
    server_name b.example.org;
    location /.well-known/acme-challenge/ { return 204; }
    location ~ /\\.(?!well-known) { deny all; }
    rewrite ^/old/(.*)$ https://$host/$1 permanent;
}
",
        )
        .tried(Trial::Answers(TOKEN, 204))
        .near_miss(),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location ^~ /.well-known/acme-challenge/ { root /var/www/acme; }
    location / { return 301 https://$host$request_uri; }
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
    location / { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 404)),
        // Whether the condition holds only the client tells; and the path leads to the location by another one.
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    if ($http_x_forwarded_proto = http) { return 301 https://$host$request_uri; }
    if ($request_uri !~ ^/\\.well-known/) { return 301 https://$host$request_uri; }
    location ^~ /.well-known/acme-challenge/ { return 204; }
}

server {
    listen 80;
    server_name b.example.org;
    location = /.well-known/acme-challenge/ { return 404; }
    location ~ ^/\\.well-known/acme-challenge/ { return 204; }
    location ~ /\\. { deny all; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 204))
        .near_miss(),
        // Redirects all, but nothing says that a certificate is renewed here.
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    return 301 https://$host$request_uri;
}
",
        )
        .near_miss(),
        // A challenge that is redirected is looked for in the folder of the site, which a webroot may be.
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    return 301 https://$host$request_uri;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    root /srv/a;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
    location /api/ { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Name,
    check,
};

const CHALLENGE: &str = "/.well-known/acme-challenge";
/// A challenge of which no file is there: 404 shows that it was looked for.
const TOKEN: &str = "/.well-known/acme-challenge/x";

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers {
        let challenges: Vec<_> = challenges(*server).collect();
        if let Some(location) = challenges.first() {
            if may_be_missed(*server, *location) {
                found.extend(missed(subject, *server, &challenges));
            }
        } else if subject.listens(*server).iter().any(|listen| listen.has_port(80) && !listen.is_tls)
            && let Some(redirect) = redirects_all(*server)
        {
            let certificate = subject.renewals().asked_for_at(subject, *server);
            found.extend(certificate.map(|certificate| absent(redirect, certificate)));
        }
    }
}

/// The locations that are there for challenges.
fn challenges(server: Directive<'_>) -> impl Iterator<Item = Directive<'_>> {
    let is_for_them = |location: &Directive<'_>| {
        let Some(path) = location.args().next_back().map(Argument::content) else { return false };
        path.contains("acme-challenge")
            && path.trim_start_matches(['=', '~', '*', '^']).replace('\\', "").starts_with(CHALLENGE)
    };
    server.find_all("location").filter(is_for_them)
}

/// Whether it takes a closer look to say that challenges arrive at a location: something comes before it.
fn may_be_missed(server: Directive<'_>, location: Directive<'_>) -> bool {
    let before = BeforeLocations::of(server);
    let is_regex = |one: Directive<'_>| one.arg(0).is_some_and(|word| word.content().starts_with('~'));
    let is_kept = location.args().len() == 2 && location.arg(0).is_some_and(|word| word.is("^~"));
    before.returns.is_some()
        || !before.may_change.is_empty()
        || !is_kept && server.find_all("location").any(is_regex)
}

/// What keeps challenges from the locations that are there for them.
fn missed(subject: &Subject<'_>, server: Directive<'_>, challenges: &[Directive<'_>]) -> Option<Diagnostic> {
    let location = *challenges.first()?;
    let listens = Listen::all_of(server);
    let clear = listens.iter().find(|listen| listen.has_port(80) && !listen.is_tls);
    let visit = Visit::through(server, clear.or_else(|| listens.first())?);
    let journey = Ways::of(subject, server).follow(&visit, TOKEN)?;
    if challenges.iter().any(|challenge| comes_by(&journey, *challenge)) {
        return None;
    }
    let is_of_server = |by: &Directive<'_>| by.ancestors().all(|block| !block.is("location"));
    if let End::Returned { by, .. } | End::Redirected { by, .. } = journey.end
        && is_of_server(&by)
    {
        return Some(answered(by, location));
    }
    let rewritten = journey.steps.iter().find(|step| matches!(step.event, Event::Rewritten { .. }));
    if let Some(rewrite) = rewritten.map(|step| step.by).filter(is_of_server) {
        return Some(moved(rewrite, location));
    }
    let winner = journey.found?.location?;
    matches!(Kind::of(winner), Some(Kind::Regex(_))).then(|| taken(winner, location))
}

/// What redirects every request of a server, whatever its path.
fn redirects_all(server: Directive<'_>) -> Option<Directive<'_>> {
    let before = BeforeLocations::of(server);
    if let Some(rewrite) = moves_all(&before) {
        return Some(rewrite);
    }
    if !before.may_change.is_empty() {
        return None;
    }
    before.returns.or_else(|| {
        let mut locations = server.find_all("location");
        let only = locations.next().filter(|one| one.args().len() == 1 && one.arg(0).is_some_and(|path| path.is("/")))?;
        let inside = BeforeLocations::of(only);
        let redirect = inside.returns.filter(|_| inside.may_change.is_empty())?;
        let is_redirect = redirect.arg(0).is_some_and(|code| code.content().starts_with('3'));
        (is_redirect && locations.next().is_none()).then_some(redirect)
    })
}

/// A `rewrite` of the server before all else there, which redirects every path.
fn moves_all<'t>(before: &BeforeLocations<'t>) -> Option<Directive<'t>> {
    let rewrite = before.may_change.first().filter(|first| first.is("rewrite"))?;
    let is_all = rewrite.arg(0).is_some_and(|regex| EVERYTHING.iter().any(|all| regex.is(all)));
    let target = rewrite.arg(1)?.content();
    let is_redirect = ["http://", "https://", "$scheme"].iter().any(|start| target.starts_with(start));
    (is_all && is_redirect).then_some(*rewrite)
}

/// Regular expressions that every path matches.
const EVERYTHING: [&str; 8] = ["^", "^(.*)$", "^(.*)", "(.*)", "^/(.*)$", "^/(.*)", ".*", "^.*$"];

const MISSED: &str = "the location of the ACME challenge is never reached";

/// A regex location gets what is asked of the challenge's.
fn taken(winner: Directive<'_>, location: Directive<'_>) -> Diagnostic {
    let is_regex = location.arg(0).is_some_and(|word| word.content().starts_with('~'));
    let why_first = match is_regex {
        true => "matches the challenge too, and of two regular expressions the first takes a request",
        false => "matches the challenge too, and a regular expression comes before any prefix",
    };
    RULE.finding(MISSED)
        .at(winner.head_span(), why_first)
        .at(location.head_span(), "so nothing arrives here")
        .why("the challenge is answered elsewhere, and the certificate will not be renewed")
        .help(format!("write `location ^~ {CHALLENGE}/`: then no regular expression is tried"))
}

/// A directive of the server answers first.
fn answered(answer: Directive<'_>, location: Directive<'_>) -> Diagnostic {
    let condition = answer.parent().filter(|block| block.is("if"));
    let first = if condition.is_some() { "answers first" } else { "answers every request of this server" };
    let fault = RULE.finding(MISSED).at(answer.head_span(), first);
    let fault = match condition {
        Some(condition) => fault.at(condition.head_span(), "holds of a challenge too"),
        None => fault,
    };
    fault.at(location.head_span(), "so nothing arrives here")
        .why(format!(
            "a `{}` of the server runs before locations are looked for; the certificate will not be renewed",
            answer.name()
        ))
        .help("put it into `location /`")
}

/// A `rewrite` of the server leads elsewhere.
fn moved(rewrite: Directive<'_>, location: Directive<'_>) -> Diagnostic {
    RULE.finding(MISSED)
        .at(rewrite.head_span(), "changes the path of the challenge before any location is looked for")
        .at(location.head_span(), "so nothing arrives here")
        .why("the challenge is answered elsewhere, and the certificate will not be renewed")
        .help("put it into `location /`, or let its expression leave `/.well-known/` out")
}

fn absent(redirect: Directive<'_>, certificate: Directive<'_>) -> Diagnostic {
    let severity = Severity::Hint;
    let fault = Diagnostic::new(severity, RULE.id, "the redirect takes ACME challenges too")
        .at(redirect.head_span(), "answers every request of this server")
        .at(certificate.head_span(), "a certificate of Let's Encrypt's, to be renewed")
        .why("renewal by webroot asks for `/.well-known/acme-challenge/` here, and no location answers it");
    let is_inside = redirect.parent().is_some_and(|block| block.is("location"));
    fault.help(match is_inside {
        true => {
            "if renewal is by webroot: put `location ^~ /.well-known/acme-challenge/` with its `root` beside \
             `location /`"
        }
        false => {
            "if renewal is by webroot: put the `return` into `location /`, and `location ^~ \
             /.well-known/acme-challenge/` with its `root` beside it"
        }
    })
}
