//! Line breaks of the path in headers.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::untrusted::{Source, Variables, matches_line_breaks, names};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "http-splitting",
    severity: Severity::Error,
    summary: "the decoded path in a header: whoever writes `%0d%0a` into it writes headers",
    explanation: "\
`$uri`, `$document_uri` and what an expression captured from the path are decoded: `%0d%0a` is a line break in them. Where
nginx prints them into a header it prints that line break too. `return 302 https://$host$uri` answers
`/%0d%0aSet-Cookie:%20session=…` with a `Set-Cookie` header of the attacker's choice; `proxy_set_header` and a `proxy_pass`
with variables do the same to the back end, whole requests included. Measured on 1.22 and 1.28.

`$request_uri` is as it was sent, with its query, and holds no line break. Groups that take no line break are safe: `(.*)`
takes none in PCRE, `([^/]+)` does. What `rewrite` puts in from its *own* groups it escapes, and so does a `proxy_pass`
without variables.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location / { return 302 https://www.example.org$uri; }
}
",
        )
        .tried(Trial::Lacks("/%0d%0aX-Injected:%201", "x-injected")),
        Example::new(
            "\
server {
    listen 80;
    location ~ ^/user/([^/]+)$ { return 301 /u/$1; }
}
",
        )
        .tried(Trial::Lacks("/user/%0d%0aX-Injected:%201", "x-injected")),
        Example::new(
            "\
server {
    listen 80;
    location / { rewrite ^ https://www.example.org$uri permanent; }
}
",
        )
        .tried(Trial::Lacks("/%0d%0aX-Injected:%201", "x-injected")),
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_set_header X-Path $uri;
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .tried(Trial::PassesNo("/%0d%0aX-Injected:%201", "\nX-Injected:")),
        Example::new(
            "\
server {
    listen 80;
    location ~ ^/api/([^?]*)$ { proxy_pass http://127.0.0.1:8080/$1; }
}
",
        )
        .tried(Trial::PassesNo("/api/%20HTTP/1.1%0d%0aX-Injected:%201", "\nX-Injected:")),
        Example::new(
            "\
server {
    listen 80;
    set $next /v2$uri;
    location / { add_header X-Next $host$next; root /srv; }
}
",
        ),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location / { return 302 https://www.example.org$request_uri; }
}
",
        )
        .tried(Trial::Lacks("/%0d%0aX-Injected:%201", "x-injected")),
        Example::new(
            "\
server {
    listen 80;
    location ~ ^/user/(.*)$ { return 301 /u/$1; }
    location /old/ { rewrite ^/old/([^/]+)$ https://www.example.org/$1 permanent; }
    location = /exact { return 302 /next$uri; }
    location /echo/ { return 200 $uri; }
}
",
        )
        .near_miss()
        .tried(Trial::Lacks("/old/%0d%0aX-Injected:%201", "x-injected")),
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_set_header X-Path $request_uri;
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .near_miss()
        .tried(Trial::PassesNo("/%0d%0aX-Injected:%201", "\nX-Injected:")),
        // The path is first made what it was as sent.
        Example::new(
            "\
server {
    listen 80;
    location /raw/ {
        rewrite ^ $request_uri;
        rewrite ^/raw(/.*) $1 break;
        return 400;
        proxy_pass http://127.0.0.1:8080$uri;
    }
}
",
        )
        .near_miss()
        .tried(Trial::PassesNo("/raw/%20HTTP/1.1%0d%0aX-Injected:%201", "\nX-Injected:")),
    ],
    reach: Reach::Server,
    check,
};

/// Where a value ends up.
#[derive(Clone, Copy)]
enum Header {
    Answer,
    Request,
}

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let printed = PRINTING.iter().flat_map(|name| subject.here(name)).filter_map(printed);
    let variables = Variables::of(subject);
    for (directive, value, header) in printed {
        let breaks = |source: Source<'_>, reader| breaks(directive, source, reader);
        if let Some(name) = names(value.content()).find(|name| variables.comes_from(name, directive, breaks))
        {
            found.push(finding(directive, value, name, header));
        }
    }
}

/// The directives that print a value into a header.
const PRINTING: [&str; 5] = ["return", "rewrite", "add_header", "proxy_set_header", "proxy_pass"];

/// The value that one of them prints.
fn printed(directive: Directive<'_>) -> Option<(Directive<'_>, Argument<'_>, Header)> {
    let name = directive.name();
    let (value, header) = match name.as_ref() {
        "return" => (redirected(directive)?, Header::Answer),
        "rewrite" => (directive.arg(1).filter(|target| is_redirect(directive, *target))?, Header::Answer),
        "add_header" => (directive.arg(1)?, Header::Answer),
        "proxy_set_header" => (directive.arg(1)?, Header::Request),
        "proxy_pass" => (directive.arg(0)?, Header::Request),
        _ => return None,
    };
    Some((directive, value, header))
}

/// The target of a `return` that redirects.
fn redirected(directive: Directive<'_>) -> Option<Argument<'_>> {
    let first = directive.arg(0)?;
    match directive.arg(1) {
        Some(target) => {
            ["301", "302", "303", "307", "308"].iter().any(|code| first.is(code)).then_some(target)
        }
        None => is_absolute(first).then_some(first),
    }
}

fn is_redirect(rewrite: Directive<'_>, target: Argument<'_>) -> bool {
    is_absolute(target) || rewrite.arg(2).is_some_and(|flag| flag.is("redirect") || flag.is("permanent"))
}

fn is_absolute(target: Argument<'_>) -> bool {
    ["http://", "https://", "$scheme"].iter().any(|start| target.content().starts_with(start))
}

/// Whether what is read in one directive, perhaps a `set`, brings a line break into what another one prints.
fn breaks(directive: Directive<'_>, source: Source<'_>, reader: Directive<'_>) -> bool {
    if !source.may_break_line(reader) || !source.may_break_line(directive) {
        return false;
    }
    let is_of_path = matches!(source, Source::Path);
    if directive.is("rewrite") {
        // Its own expression is asked for the path, and it escapes what numbered groups hold.
        return is_of_path && directive.arg(0).is_some_and(|text| matches_line_breaks(text.content()));
    }
    !(is_of_path && is_made_raw(directive))
}

/// Whether `rewrite ^ $request_uri` before it makes `$uri` what the client sent, still encoded.
fn is_made_raw(directive: Directive<'_>) -> bool {
    let block = directive.parent();
    let mut rewrites = block.into_iter().flat_map(|block| block.find_all("rewrite").collect::<Vec<_>>());
    rewrites.any(|rewrite| rewrite.arg(1).is_some_and(|target| target.is("$request_uri")))
}

fn finding(directive: Directive<'_>, value: Argument<'_>, name: &str, header: Header) -> Diagnostic {
    let (what, who) = match header {
        Header::Answer => ("answers", "sets cookies, or sends scripts to whoever follows a link"),
        Header::Request => {
            ("requests to the back end", "sends the back end headers and requests of their own")
        }
    };
    let fault = RULE
        .finding(format!("a line break in the path becomes one in the headers of {what}"))
        .at(value.span(), format!("`${name}` is decoded: `%0d%0a` in a path is a line break in it"));
    let fault =
        fault.why(format!("whoever writes `%0d%0aName:%20value` into a URL writes that header, and {who}"));
    let is_path = matches!(name, "uri" | "document_uri");
    fault.help(match (is_path, directive.is("proxy_pass")) {
        (true, true) => format!(
            "leave out `${name}`: without variables nginx passes the path on, encoded; or use `$request_uri`"
        ),
        (true, false) => {
            "use `$request_uri`, which is as it was sent (and has the query in it: leave out `$args`)"
                .to_owned()
        }
        (false, _) => "let the group take no line break: `[^/\\s]+` for `[^/]+`".to_owned(),
    })
}
