//! Random locations of every type.

use std::collections::HashSet;

use super::choices::Choices;

/// Prefixes and exact paths, plain ones first.
const PATHS: [&str; 18] = [
    "/",
    "/api/",
    "/api/ws/",
    "/api/ws",
    "/api/sse/",
    "/api/sse",
    "/ws/",
    "/assets/",
    "/deep/er/path/",
    "\"/a b/\"",
    "\"/a{b}/\"",
    "\"/x;y/\"",
    "\"/'\\\"/\"",
    "\"/back\\\\slash/\"",
    "/é/",
    "/100%/",
    "/~user/",
    "\"/@named\"",
];

/// Regular expressions; the second half PCRE or nginx refuses.
const REGEXES: [&str; 21] = [
    "^/api/v\\d+/",
    "\\.(png|css)$",
    "^/(?<rest>.*)$",
    "\"^/\\\\d{3};x\"",
    "^/(?P<name>[^/]+)/x",
    "(?i)^/CaSe/",
    "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)",
    "^/\\Qa.b\\E/",
    "/café",
    "\"^/a b\"",
    "\\p{L}",
    "(",
    "\"[a-z\"",
    "(?<host>x)",
    "(?<args>x)",
    "(?<a>x)(?<a>y)",
    "\"(?<1a>x)\"",
    "\"*x\"",
    "\"x{65536}\"",
    "(?<=a*)b",
    "\"\\\\\"",
];

const TIMES: [&str; 8] = ["30s", "1h", "\"1h 30m\"", "500ms", "0", "30", "1w", "\"1d12h\""];

/// Header values; the last ones name variables that nginx may not know.
const VALUES: [&str; 16] = [
    "plain",
    "\"\"",
    "\"two words\"",
    "\"quote \\\" ' ;{}\"",
    "\"é # no comment\"",
    "!nginx \"$host:$server_port\"",
    "!nginx \"${scheme}x\"",
    "!nginx $http_x_y",
    "!nginx $HOST",
    "!nginx $arg_",
    "!nginx \"$1-$9\"",
    "!nginx $ssl_alpn_protocol",
    "!nginx $http3",
    "!nginx $nonsense",
    "!nginx \"$0\"",
    "!nginx \"${1}\"",
];

const NAMES: [&str; 9] =
    ["X-A", "Host", "connection", "Upgrade", "Cache-Control", "x-real-ip", "X-A!#%&'*+.^_`|~", LONG, "x-a"];

const LONG: &str = "X-Quite-Long-Header-Name-That-Somebody-Thought-Well-Of";

const RAW: [&str; 4] = [
    "\"gzip off;\"",
    "\"proxy_buffer_size 8k; # why\"",
    "[\"allow 10.0.0.1;\", \"deny all;\"]",
    "\"if ($host = a) { return 403; }\"",
];

const TYPES: [&str; 8] = ["http", "websocket", "sse", "stream", "health", "static", "redirect", "grpc"];

/// What a location matches, and itself as a flow mapping.
pub(super) fn location(choices: &mut Choices<'_>) -> (String, String) {
    let kind = choices.pick(&TYPES);
    let modifier = choices.pick(&["", "", "", "\"=\"", "\"^~\"", "\"~\"", "\"~*\""]);
    let path = if modifier.contains("\"~") { choices.mostly(11, &REGEXES) } else { choices.pick(&PATHS) };
    let mut keys = vec![format!("path: {}", scalar(path)), format!("type: {kind}")];
    keys.extend((!modifier.is_empty()).then(|| format!("modifier: {modifier}")));
    keys.extend(choices.maybe(5, "access_log", &["false", "true"]));
    keys.extend(headers("response_headers", choices));
    keys.extend(choices.maybe(5, "directives", &RAW));
    match kind {
        "static" => files(path, choices, &mut keys),
        "redirect" => redirect(choices, &mut keys),
        _ => proxy(kind, path, choices, &mut keys),
    }
    (format!("{} {path}", modifier.replace("\"^~\"", "")), format!("{{ {} }}", keys.join(", ")))
}

/// In quotes unless it has some: in a flow mapping, `[` and `{` mean something else.
fn scalar(text: &str) -> String {
    if text.starts_with('"') { text.to_owned() } else { format!("'{text}'") }
}

fn headers(key: &str, choices: &mut Choices<'_>) -> Option<String> {
    if !choices.once_in(3) {
        return None;
    }
    let header = |choices: &mut Choices<'_>| {
        format!("\"{}\": {}", choices.mostly(7, &NAMES), choices.mostly(11, &VALUES))
    };
    let mut headers: Vec<String> = (0..=choices.below(3)).map(|_| header(choices)).collect();
    let mut seen = HashSet::new();
    headers.retain(|header| seen.insert(header[..4].to_ascii_lowercase()) || choices.once_in(50));
    Some(format!("{key}: {{ {} }}", headers.join(", ")))
}

fn proxy(kind: &str, path: &str, choices: &mut Choices<'_>, keys: &mut Vec<String>) {
    for key in ["read_timeout", "send_timeout", "connect_timeout"] {
        keys.extend(choices.maybe(5, key, &TIMES));
    }
    keys.extend(choices.maybe(5, "client_max_body_size", &["15M", "0", "1g", "77"]));
    keys.extend(headers("request_headers", choices));
    if kind != "grpc" && path.ends_with('/') {
        keys.extend(choices.maybe(4, "strip_prefix", &["true", "false"]));
    }
    if kind == "http" {
        keys.extend(choices.maybe(4, "buffering", &["true", "false"]));
    }
}

fn files(path: &str, choices: &mut Choices<'_>, keys: &mut Vec<String>) {
    let alias = if path.trim_matches('"').ends_with('/') { "/srv/alias/" } else { "/srv/alias" };
    let folder = ["root: /srv/www", "root: /", "root: \"/srv/a b;{}\"", &format!("alias: {alias}")];
    keys.push(choices.pick(&folder).to_owned());
    keys.extend(choices.maybe_near(4, "index", 3, &["index.html", "\"a b.html\"", "/absolute.html", "\"\""]));
    let steps = [
        "[$uri, =404]",
        "[$uri, $uri/, /index.html]",
        "[\"/a b\", =404]",
        "[$uri, \"@named\"]",
        "[\"\", =404]",
        "[$uri, \"\"]",
        "[$nonsense, =404]",
        "[$uri, =abc]",
        "[$uri, =1000]",
        "[=404, $uri]",
    ];
    if path.ends_with('/') && choices.once_in(4) {
        keys.push("spa: true".to_owned());
    } else {
        keys.extend(choices.maybe_near(3, "try_files", 4, &steps));
    }
    keys.extend(choices.maybe(3, "expires", &["1h", "max", "off", "epoch", "0", "\"1d 2h\""]));
}

fn redirect(choices: &mut Choices<'_>, keys: &mut Vec<String>) {
    let targets = [
        "/new",
        "https://example.org/",
        "\"/a b;{}\"",
        "!nginx \"https://$host/new$request_uri\"",
        "!nginx $request_uri",
        "!nginx \"/$1\"",
        "!nginx \"/$rest\"",
        "!nginx \"/$mine\"",
        "!nginx \"/${nonsense}x\"",
    ];
    keys.push(format!("to: {}", choices.mostly(6, &targets)));
    keys.extend(choices.maybe(2, "status", &["301", "303", "307", "308", "302"]));
}
