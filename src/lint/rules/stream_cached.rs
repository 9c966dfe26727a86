//! An event stream that is answered from a cache.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::delay::Delay;
use crate::lint::{Example, Reach, Rule, Stream, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "stream-cached",
    severity: Severity::Error,
    summary: "an event stream or token stream that is stored in a cache",
    explanation: "\
`proxy_cache` with a `proxy_cache_valid` for 200 stores a stream once it has ended, and whoever asks next gets it from the
cache: the events of another client, of a time gone by, all in one read. The back end is not asked. Measured: a stream of
600 ms was replayed in less than 4 ms. `Cache-Control: no-cache` of the back end prevents it, unless `proxy_ignore_headers`
names that too. With `proxy_buffering off` nothing is stored, even where a `proxy_cache` is inherited, so that one line
mends both this and the delay.",
    bad: &[Example::new(
        "\
proxy_cache_path /var/cache/nginx/api keys_zone=api:10m;

server {
    listen 80;
    proxy_cache api;
    proxy_cache_valid 200 10m;

    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1d;
    }
}
",
    )
    .tried(Trial::IsFresh(Stream::at("/sse/"))),
    Example::new(
        "\
proxy_cache_path /var/cache/nginx/api keys_zone=api:10m;

server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1d;
        proxy_cache api;
        proxy_cache_valid any 1m;
        proxy_ignore_headers Cache-Control Expires;
    }
}
",
    )
    .tried(Trial::IsFresh(Stream { path: "/sse/", headers: "Cache-Control: no-cache\r\n" }))],
    good: &[
        Example::new(
            "\
proxy_cache_path /var/cache/nginx/api keys_zone=api:10m;

server {
    listen 80;
    proxy_cache api;
    proxy_cache_valid 200 10m;

    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_cache off;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::IsFresh(Stream::at("/sse/"))),
        // What is not buffered is not stored.
        Example::new(
            "\
proxy_cache_path /var/cache/nginx/api keys_zone=api:10m;

server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_cache api;
        proxy_cache_valid 200 10m;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss()
        .tried(Trial::IsFresh(Stream::at("/sse/"))),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some((Delay::Cached(cache), meant)) = Delay::of(place, subject.version) else { continue };
        let fault = RULE
            .finding(format!("`{}` answers from a cache", place.head()))
            .at(place.location.head_span(), "")
            .at(cache.head_span(), "stores the stream once it has ended");
        let fault = meant
            .point(Delay::buffered_by(place, fault))
            .why("the next client gets the stored events of another one in one read, and the back end is not asked");
        found.push(Delay::help(place, fault, ": then events arrive at once, and nothing is stored"));
    }
}
