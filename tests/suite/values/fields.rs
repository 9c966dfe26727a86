//! Every field of the model that takes text: adding one is a line here.

/// Where in an environment a field stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Place {
    /// At the top.
    Top,
    /// In the service that is served.
    Service,
    /// In its only location.
    Location,
    /// In the only site.
    Site,
}

use Place::{Location, Service, Site, Top};

/// A field: where it stands, a harmless value, and its lines, in which `VALUE` stands for the value within
/// double quotes. The lines are indented to their place.
pub(super) type Field = (Place, &'static str, &'static str);

pub(super) const FIELDS: &[Field] = &[
    (Top, "_base.yaml", "extends: \"VALUE\""),
    (Top, "none", "tls: \"VALUE\""),
    (Top, "guide", "profile: \"VALUE\""),
    (Top, "/sentinel", "acme_webroot: \"VALUE\""),
    (Top, "sentinel", "acme_webroot: \"/a/VALUE/b\""),
    (Top, "HIGH:!MD5", "tls:\n  ciphers: \"VALUE\""),
    (Top, "TLSv1.3", "tls:\n  protocols: \"VALUE\""),
    (Top, "letsencrypt", "tls:\n  certificates: \"VALUE\""),
    (Top, "sentinel", "tls:\n  certificates:\n    certificate: \"/VALUE\"\n    certificate_key: /k"),
    (Top, "sentinel", "tls:\n  certificates:\n    certificate: /c\n    certificate_key: \"/VALUE.pem\""),
    (Top, "sentinel", "allow:\n  short-timeout: \"VALUE\""),
    (Service, "sentinel", "description: \"VALUE\""),
    (Service, "77m", "client_max_body_size: \"VALUE\""),
    (Location, "http", "type: \"VALUE\"\npath: /"),
    (Location, "^~", "modifier: \"VALUE\"\ntype: http\npath: /"),
    (Location, "sentinel", "type: http\npath: \"/VALUE\""),
    (Location, "sentinel", "type: sse\npath: \"/VALUE/\""),
    (Location, "sentinel", "type: websocket\nmodifier: \"=\"\npath: \"/VALUE\""),
    (Location, "sentinel", "type: grpc\nmodifier: \"^~\"\npath: \"/VALUE/\""),
    (Location, "sentinel", "type: http\nmodifier: \"~\"\npath: \"^/VALUE\""),
    (Location, "sentinel", "type: stream\nmodifier: \"~*\"\npath: \"VALUE\""),
    (Location, "sentinel", "type: http\nstrip_prefix: true\npath: \"/VALUE/\""),
    (Location, "77s", "type: http\npath: /\nread_timeout: \"VALUE\""),
    (Location, "77s", "type: health\npath: /\nsend_timeout: \"VALUE\""),
    (Location, "77s", "type: grpc\npath: /\nconnect_timeout: \"VALUE\""),
    (Location, "77m", "type: sse\npath: /\nclient_max_body_size: \"VALUE\""),
    (Location, "sentinel", "type: http\npath: /\nrequest_headers:\n  \"X-VALUE\": a"),
    (Location, "sentinel", "type: http\npath: /\nrequest_headers:\n  X-A: \"VALUE\""),
    (Location, "sentinel", "type: grpc\npath: /\nrequest_headers:\n  X-A: \"a VALUE\""),
    (Location, "sentinel", "type: websocket\npath: /\nrequest_headers:\n  X-A: !nginx \"$uri VALUE\""),
    (Location, "sentinel", "type: http\npath: /\nresponse_headers:\n  \"X-VALUE\": a"),
    (Location, "sentinel", "type: static\nroot: /\npath: /\nresponse_headers:\n  X-A: \"VALUE\""),
    (Location, "sentinel", "type: http\npath: /\nresponse_headers:\n  X-A: !nginx \"VALUE$host\""),
    (Location, "ws", "type: websocket\npath: /\nsubprotocols: \"VALUE\""),
    (Location, "sentinel", "type: http\npath: /\nendpoints:\n  - \"/VALUE\""),
    (Location, "sentinel", "type: http\npath: /\nprobe: \"/VALUE\""),
    (Location, "sentinel", "type: redirect\npath: /\nto: \"/VALUE\""),
    (Location, "https://sentinel", "type: redirect\npath: /\nto: \"VALUE\""),
    (Location, "sentinel", "type: redirect\npath: /\nto: !nginx \"https://$host/VALUE\""),
    (Location, "sentinel", "type: static\npath: /\nroot: \"/VALUE\""),
    (Location, "sentinel", "type: static\npath: /a/\nalias: \"/VALUE/\""),
    (Location, "sentinel", "type: static\nroot: /\nspa: true\npath: \"/VALUE/\""),
    (Location, "sentinel", "type: static\npath: /\nroot: /\nindex: \"VALUE\""),
    (Location, "sentinel", "type: static\npath: /\nroot: /\ntry_files:\n  - \"/VALUE\"\n  - =404"),
    (Location, "=404", "type: static\npath: /\nroot: /\ntry_files:\n  - /a\n  - \"VALUE\""),
    (Location, "77m", "type: static\npath: /\nroot: /\nexpires: \"VALUE\""),
    (Site, "sentinel.org", "server_name: \"VALUE\"\nservice: a\nupstream: 1"),
    (Site, "sentinel", "server_name:\n  - a.org\n  - \"VALUE.org\"\nservice: a\nupstream: 1"),
    (Site, "a", "server_name: a.org\nservice: \"VALUE\"\nupstream: 1"),
    (Site, "sentinel:1", "server_name: a.org\nservice: a\nupstream: \"VALUE\""),
    (Site, "sentinel", "server_name: a.org\nservice: a\nupstream: \"VALUE:80\""),
    (Site, "sentinel", "server_name: a.org\nservice: a\nupstream: \"unix:/VALUE\""),
    (Site, "sentinel", "server_name: a.org\nservice: a\nupstream:\n  servers:\n    - \"VALUE:80\""),
    (
        Site,
        "sentinel",
        "server_name: a.org\nservice: a\nupstream:\n  servers:\n    - address: \"unix:/VALUE.s\"",
    ),
    (
        Site,
        "77s",
        "server_name: a.org\nservice: a\nupstream:\n  servers:\n    - address: 1\n      fail_timeout: \"VALUE\"",
    ),
    (Site, "ip_hash", "server_name: a.org\nservice: a\nupstream:\n  servers: 1\n  balance: \"VALUE\""),
    (
        Site,
        "sentinel",
        "server_name: a.org\nservice: a\nupstream: 1\ncertificate:\n  certificate: \"/VALUE\"\n  certificate_key: /k",
    ),
    (
        Site,
        "sentinel",
        "server_name: a.org\nservice: a\nupstream: 1\ncertificate:\n  certificate: /c\n  certificate_key: \"/VALUE\"",
    ),
];

/// The environment of a field, with `VALUE` in it.
pub(super) fn environment((place, _, lines): Field) -> String {
    let indented = |first: &str, rest: &str, lines: &str| {
        format!("{first}{}\n", lines.replace('\n', &format!("\n{rest}")))
    };
    let mut parts = [
        "http_port: 81\n".to_owned(),
        String::new(),
        indented("      - ", "        ", "type: http\npath: /"),
        indented("  - ", "    ", "server_name: a.org\nservice: a\nupstream: 1"),
    ];
    parts[place as usize] = match place {
        Top => indented("", "", lines),
        Service => indented("    ", "    ", lines),
        Location => indented("      - ", "        ", lines),
        Site => indented("  - ", "    ", lines),
    };
    let [top, service, location, site] = parts;
    let tls = if top.contains("tls:") { "" } else { "tls: {}\n" };
    format!(
        "nginx_version: \"1.22\"\n{tls}{top}services:\n  a:\n{service}    locations:\n{location}sites:\n{site}"
    )
}
