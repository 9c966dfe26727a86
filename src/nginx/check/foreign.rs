//! Directives of modules that are not nginx's own, which a machine may well have.

/// How names begin or end, and whose they are. Never complete: it only keeps the common ones from being told
/// as unknown.
const BEGIN: [(&str, &str); 22] = [
    ("more_", "headers-more"),
    ("lua_", "lua"),
    ("js_", "njs"),
    ("brotli", "brotli"),
    ("zstd", "zstd"),
    ("modsecurity", "ModSecurity"),
    ("vhost_traffic_status", "vhost-traffic-status"),
    ("stream_server_traffic_status", "stream-server-traffic-status"),
    ("geoip2", "geoip2"),
    ("auth_pam", "auth-pam"),
    ("auth_ldap", "auth-ldap"),
    ("auth_jwt", "NGINX Plus"),
    ("health_check", "NGINX Plus"),
    ("status_zone", "NGINX Plus"),
    ("zone_sync", "NGINX Plus"),
    ("keyval", "NGINX Plus"),
    ("fancyindex", "fancyindex"),
    ("push_stream", "push-stream"),
    ("nchan_", "nchan"),
    ("passenger_", "Passenger"),
    ("pagespeed", "PageSpeed"),
    ("opentelemetry", "OpenTelemetry"),
];

const END: [(&str, &str); 2] = [("_by_lua_block", "lua"), ("_by_lua_file", "lua")];

/// The foreign module that is known to have such a directive.
pub(super) fn module_of(name: &str) -> Option<&'static str> {
    let begin = BEGIN.into_iter().find(|(begin, _)| name.starts_with(begin));
    begin.or_else(|| END.into_iter().find(|(end, _)| name.ends_with(end))).map(|(_, module)| module)
}
