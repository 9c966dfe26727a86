//! Site files of random sound statements: what each directive of the table takes, and those that put a site
//! together. Nothing in them needs a name resolved, a file that is not there, or a module that is not.

use nginx_gen::nginx::directives::{Context, Spec, Value, lookup, names};
use nginx_gen::nginx::version::Version;

use crate::mutation::Mutator;

/// Modules that neither nginx was built with, or that need what is not there.
const LEFT_OUT: &[&str] = &[
    "http_geoip",
    "http_image_filter",
    "http_perl",
    "http_xslt_filter",
    "http_degradation",
    "http_v3",
    "http_ssl",
    "http_dav",
    "http_mp4",
    "http_slice_filter",
    "http_secure_link",
    "http_random_index",
];

/// Writes site files for an nginx.
struct Grammar<'m> {
    version: Version,
    mutator: &'m mut Mutator,
    next: usize,
    out: String,
}

/// One site file.
pub(crate) fn sound_file(version: Version, mutator: &mut Mutator) -> String {
    let mut grammar = Grammar { version, mutator, next: 0, out: String::new() };
    grammar.simple(Context::Http, 3);
    let shared = [
        "map $http_upgrade $mapped { default upgrade; '' close; ~*x 'a b'; }",
        "upstream pool { server 127.0.0.1:8080 weight=2; server unix:/run/a.sock backup; keepalive 4; }",
        "geo $arg_a $near { default 0; 127.0.0.0/8 1; } geo $far { default $uri; }
split_clients $near$far $half { 50% a; * b; }",
    ];
    for text in shared {
        if grammar.mutator.below(2) == 0 {
            grammar.line(text);
        }
    }
    for _ in 0..=grammar.mutator.below(3) {
        grammar.server();
    }
    grammar.out
}

impl Grammar<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    fn server(&mut self) {
        let (name, port) = (self.number(), 8000 + self.mutator.below(3));
        self.line("server {");
        let listen = self.mutator.pick(&["", "127.0.0.1:", "[::1]:", "*:"]);
        self.line(&format!("listen {listen}{port};"));
        let names = ["", "*.", ".", "~^(?<part>.+)\\."];
        let kind = self.mutator.pick(&names);
        self.line(&format!("server_name {kind}s{name}.example.org;"));
        self.simple(Context::Server, 3);
        if self.mutator.below(3) == 0 {
            self.condition(Context::ServerIf);
        }
        for _ in 0..self.mutator.below(4) {
            self.location(0);
        }
        self.line("}");
    }

    fn location(&mut self, depth: usize) {
        let number = self.number();
        let (head, takes_uri) = match self.mutator.below(6) {
            0 => (format!("location = /l{number}"), true),
            1 => (format!("location ^~ /l{number}/"), true),
            2 => (format!("location ~ ^/l{number}/(.*)\\.php$"), false),
            3 => (format!("location ~* \"/l{number}[a-z]{{2}}\""), false),
            4 if depth == 0 => (format!("location @l{number}"), false),
            _ => (format!("location /l{number}/"), true),
        };
        self.line(&format!("{head} {{"));
        self.simple(Context::Location, 4);
        match self.mutator.below(6) {
            0 if takes_uri => self.line("proxy_pass http://127.0.0.1:8080/x/;"),
            1 => self.line("proxy_pass http://127.0.0.1:8080;"),
            2 => self.line("proxy_pass http://unix:/run/a.sock:;"),
            3 => self.line("return 301 https://$host$request_uri;"),
            4 => self.line("rewrite ^/(.*)$ /x/$1 break;"),
            _ => {}
        }
        if self.mutator.below(4) == 0 {
            self.condition(Context::LocationIf);
        }
        if self.mutator.below(6) == 0 {
            self.line("limit_except GET HEAD { deny all; }");
        }
        self.line("}");
    }

    fn condition(&mut self, inside: Context) {
        let conditions =
            ["$host = a", "$arg_x", "$uri ~* \"^/x\"", "-f $request_filename", "!-e /x", "$args != ''"];
        let condition = self.mutator.pick(&conditions);
        self.line(&format!("if ({condition}) {{"));
        self.simple(inside, 2);
        self.line("}");
    }

    /// Some of the directives whose arguments nginx reads by its general setters.
    fn simple(&mut self, context: Context, most: usize) {
        let all = fitting(context, self.version);
        let mut seen = Vec::new();
        for _ in 0..self.mutator.below(most + 1) {
            let spec = all[self.mutator.below(all.len())];
            let Some(arguments) = self.arguments(spec) else { continue };
            if !seen.contains(&spec.name()) {
                seen.push(spec.name());
                self.line(&format!("{} {arguments};", spec.name()));
            }
        }
    }

    fn arguments(&mut self, spec: &Spec) -> Option<String> {
        Some(match spec.value() {
            Value::Flag => self.mutator.pick(&["on", "off", "ON", "Off"]).to_owned(),
            Value::Number => self.mutator.pick(&["1", "4", "64", "\"16\""]).to_owned(),
            Value::Size | Value::Offset => self.mutator.pick(&["8k", "16K", "1m", "65536"]).to_owned(),
            Value::Msec => self.mutator.pick(&["1s", "500ms", "1m", "60", "1h30m"]).to_owned(),
            Value::Sec => self.mutator.pick(&["1s", "10", "1d", "\"1h 1m\""]).to_owned(),
            Value::Enum(words) | Value::Set(words) => {
                let words: Vec<_> = words.iter().collect();
                self.mutator.pick(&words).to_owned()
            }
            Value::Keyval if spec.arity().accepts(2) => "X-Name \"$host\"".to_owned(),
            Value::Complex if spec.reads_variables() => {
                self.mutator.pick(&["$uri", "a$arg_b", "\"${host}x\""]).to_owned()
            }
            _ => return None,
        })
    }
}

fn fitting(context: Context, version: Version) -> Vec<&'static Spec> {
    let specs = names().flat_map(lookup);
    let fits = |spec: &&Spec| {
        spec.contexts().contains(context)
            && spec.is_in(version)
            && !spec.is_block()
            && spec.arity().accepts(1)
            && !LEFT_OUT.contains(&spec.module())
    };
    specs.filter(fits).collect()
}
