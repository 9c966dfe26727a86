//! Cost grows with the text, not with its square, whatever a configuration has much of.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use nginx_gen::lint::{self, RULES, Survey};
use nginx_gen::nginx::check::{Target, check_all};
use nginx_gen::nginx::source::load_text;
use nginx_gen::nginx::version::Version;
use nginx_gen::text::Sources;
use rayon::{ThreadPool, ThreadPoolBuilder};
use rustix::time::{ClockId, clock_gettime};

/// Four times the text takes about four times as long, and sixteen times where the cost is a square.
const FACTOR: u32 = 8;

/// What takes less than this is not told from noise.
const NOISE: Duration = Duration::from_millis(10);

/// The processor time that the whole of `lint` takes for a text, on the only thread of a pool: what runs beside it does
/// not count. The best of some runs, since caches that others fill only ever add.
fn cost(pool: &ThreadPool, text: &str) -> Duration {
    let run = || {
        let start = processor_time();
        let mut sources = Sources::new();
        let configuration = load_text(&mut sources, "nginx.conf", text.to_owned(), Path::new("/nowhere"));
        let top = configuration.scope(&sources).context().expect("these are directives");
        let target = Target { version: Version::NEWEST, top };
        // Some rules are for older ones only.
        let versions = [Version::branch(1, 22), target.version];
        let check = |version| lint::check(&Survey::new(&configuration.tree, &sources, &[], version));
        let found: Vec<_> = versions.into_iter().flat_map(check).collect();
        let told = check_all(&configuration.tree, &sources, configuration.faults, target).len();
        assert!(told + found.len() < 20 * text.len(), "found is used");
        processor_time().saturating_sub(start)
    };
    (0..3).map(|_| pool.install(run)).min().unwrap_or_default()
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("a clock does not run below zero")
}

/// Holds a kind of text to linear cost: `of` writes one with so many of what it is about.
fn holds(what: &str, count: usize, of: impl Fn(usize) -> String) {
    let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("a thread starts");
    let (few, many) = (cost(&pool, &of(count)), cost(&pool, &of(4 * count)));
    assert!(many <= few.max(NOISE) * FACTOR, "{what}: {count} take {few:?}, and {} take {many:?}", 4 * count);
}

fn http(inside: &str) -> String {
    format!("events {{ }}\nhttp {{\n{inside}}}\n")
}

fn repeated(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        writeln!(text, "{}", line(number)).expect("memory takes it");
        text
    })
}

#[test]
fn locations_of_one_server() {
    holds("locations", 1_500, |count| {
        let locations = |number| {
            format!(
                "location /a{number}/ {{ proxy_pass http://127.0.0.1:8080; proxy_set_header Host $host; }}"
            )
        };
        http(&format!("server {{ listen 80; server_name a.org;\n{} }}\n", repeated(count, locations)))
    });
}

#[test]
fn regexes_of_one_server() {
    holds("regexes", 500, |count| {
        let regex = |number| format!("location ~ ^/a{number}/(.*)$ {{ return 200 $1; }}");
        http(&format!("server {{ listen 80; server_name a.org;\n{} }}\n", repeated(count, regex)))
    });
}

#[test]
fn proxies_to_whatever_the_client_asks_for() {
    holds("open proxies", 2_000, |count| {
        let proxy = |number| format!("location /a{number}/ {{ proxy_pass http://$arg_host; }}");
        http(&format!("server {{ listen 80; resolver 127.0.0.1;\n{} }}\n", repeated(count, proxy)))
    });
}

#[test]
fn streams_that_a_rewrite_takes_away() {
    holds("rewrites in streams", 1_000, |count| {
        let rewrite = "rewrite ^/sse/(.*)$ /$1 last; proxy_pass http://127.0.0.1:8080;";
        let server = |number| {
            format!(
                "server {{ listen 80; server_name a{number}.example; location /sse/ {{ {rewrite} }} location / {{ }} }}\n"
            )
        };
        http(&repeated(count, server))
    });
}

#[test]
fn lines_without_a_semicolon() {
    holds("lines without a semicolon", 1_000, |count| {
        http(&format!("server {{\n{}}}\n", repeated(count, |number| format!("    add_header X-A{number} b"))))
    });
}

#[test]
fn misplaced_directives() {
    holds("misplaced directives", 2_000, |count| {
        http(&repeated(count, |number| format!("proxy_pass http://127.0.0.1:{number};\n")))
    });
}

#[test]
fn guarded_locations_of_one_server() {
    holds("guarded locations", 2_000, |count| {
        let guarded = |number| {
            format!(
                "location /a{number}/ {{ auth_basic a; auth_basic_user_file /a; proxy_pass http://127.0.0.1:8080; }}"
            )
        };
        let thief = "location ~ \\.php$ { proxy_pass http://127.0.0.1:8080; }";
        http(&format!("server {{ listen 80;\n{}{thief} }}\n", repeated(count, guarded)))
    });
}

#[test]
fn status_pages_of_one_server() {
    holds("status pages", 2_000, |count| {
        let page = |number| format!("location = /a{number} {{ stub_status; }}");
        http(&format!("server {{ listen 80;\n{} }}\n", repeated(count, page)))
    });
}

#[test]
fn addresses_of_one_server() {
    holds("listens", 2_000, |count| {
        let listen = |number| format!("listen 127.{}.{}.1:80;", number / 250, number % 250);
        http(&format!("server {{ {} return 404; }}\n", repeated(count, listen)))
    });
}

#[test]
fn event_streams_behind_one_another() {
    holds("event streams", 400, |count| {
        let stream = |number| format!("location /a{number}/sse {{ proxy_pass http://127.0.0.1:8080; }}");
        let socket = |number| {
            format!(
                "location /a{number}/ws/ {{ proxy_pass http://127.0.0.1:8080; proxy_http_version 1.1; \
                 proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }}"
            )
        };
        let locations = repeated(count, stream) + &repeated(count, socket);
        http(&format!("server {{ listen 80; server_name a.org;\n{locations} }}\n"))
    });
}

#[test]
fn names_of_one_server() {
    holds("names", 5_000, |count| {
        let names = repeated(count, |number| format!("s{number}.example.org"));
        http(&format!("server {{ listen 80; server_name {names}; return 404; }}\n"))
    });
}

#[test]
fn servers_of_one_name() {
    holds("servers of one name", 800, |count| {
        http(&repeated(count, |_| "server { listen 80; server_name a.org; return 404; }".to_owned()))
    });
}

/// Whatever some rule finds, in very many servers.
#[test]
fn every_example_of_every_rule() {
    let examples = RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good));
    let examples: Vec<_> = examples.filter(|example| example.main.is_none()).collect();
    holds("copies of every example", 4, |count| {
        let named = |number| format!("n{number}.org");
        let copy =
            |number| examples.iter().map(move |example| example.text.replace("example.org", &named(number)));
        let copies = (0..count).flat_map(copy);
        http(&copies.collect::<String>())
    });
}

#[test]
fn servers_with_tls() {
    holds("servers", 600, |count| {
        http(&repeated(count, |number| {
            format!(
                "server {{ listen 80; listen [::]:80; server_name s{number}.org; return 301 https://$host$request_uri; }}\n\
                 server {{ listen 443 ssl http2; listen [::]:443 ssl http2; server_name s{number}.org;\n\
                 ssl_certificate /etc/a{number}.pem; ssl_certificate_key /etc/a{number}.key; ssl_protocols TLSv1.3;\n\
                 location / {{ proxy_pass http://u{number}; add_header A b; }} }}\n\
                 upstream u{number} {{ server 127.0.0.1:8080; keepalive 8; }}"
            )
        }))
    });
}

#[test]
fn servers_that_redirect_to_one_another() {
    holds("redirects", 500, |count| {
        http(&repeated(count, |number| {
            let next = number + 1;
            format!(
                "server {{ listen 80; server_name s{number}.org; return 301 http://s{next}.org$request_uri; }}"
            )
        }))
    });
}

#[test]
fn lines_of_a_map() {
    holds("lines of a map", 10_000, |count| {
        let lines = repeated(count, |number| format!("s{number}.org {number};"));
        http(&format!("map $host $backend {{\n{lines}}}\n"))
    });
}

#[test]
fn maps_and_variables() {
    holds("maps", 1_000, |count| {
        let maps = repeated(count, |number| format!("map $host $v{number} {{ default $v{}; }}", number / 2));
        let uses = repeated(count, |number| format!("add_header A{number} $v{number};"));
        http(&format!("{maps}server {{ listen 80; {uses} return 404; }}\n"))
    });
}

#[test]
fn names_that_nothing_knows() {
    holds("unknown names", 60, |count| {
        let lines = repeated(count, |number| format!("frobnicate_{number} on;"));
        http(&format!("server {{ listen 80; {lines} }}\n"))
    });
}

#[test]
fn blocks_in_blocks() {
    holds("blocks in blocks", 60, |count| {
        let nested = (0..count).fold(String::new(), |text, number| {
            format!("location /{} {{ proxy_set_header A b; {text} }}", "a/".repeat(count - number))
        });
        http(&repeated(20, |number| format!("server {{ listen 80; server_name s{number}.org; {nested} }}")))
    });
}

#[test]
fn includes_of_nothing() {
    holds("includes", 500, |count| {
        let locations = repeated(count, |number| {
            format!("location /a{number}/ {{ include proxy_{number}; proxy_pass http://127.0.0.1:8080; }}")
        });
        http(&format!("server {{ listen 80; server_name a.org;\n{locations} }}\n"))
    });
}
