//! Directives and variables of modules that are not nginx's own, which a machine may well have.

/// What a module adds. Never complete: it only keeps what is common from being told as unknown.
#[derive(Debug)]
pub struct Module {
    /// What people call it.
    pub name: &'static str,
    /// Part of the name of the file that `load_module` loads; empty where there is none.
    pub file: &'static str,
    /// How names of its directives begin. None that a slip in one of nginx's own would begin with.
    begin: &'static [&'static str],
    /// Names in full.
    directives: &'static [&'static str],
    /// How names of its variables begin.
    variables: &'static [&'static str],
}

const fn of(
    name: &'static str,
    file: &'static str,
    begin: &'static [&'static str],
    directives: &'static [&'static str],
    variables: &'static [&'static str],
) -> Module {
    Module { name, file, begin, directives, variables }
}

/// The commercial nginx.
pub const PLUS: &str = "NGINX Plus";

const MODULES: &[Module] = &[
    of(
        PLUS,
        "",
        &[
            "auth_jwt",
            "auth_oidc",
            "f4f",
            "health_check",
            "hls_",
            "jwt_",
            "keyval",
            "mp4_limit_rate",
            "mqtt",
            "oidc_",
            "session_log",
            "status_zone",
            "zone_sync",
        ],
        &[
            "api",
            "auth_require",
            "enforce_initial_report",
            "hls",
            "internal_redirect",
            "least_time",
            "license_token",
            "match",
            "mgmt",
            "ntlm",
            "num_map",
            "proxy_bind_dynamic",
            "proxy_session_drop",
            "queue",
            "state",
            "state_path",
            "status",
            "status_format",
            "sticky",
            "sticky_cookie_insert",
            "upstream_conf",
            "usage_report",
        ],
        &["jwt_", "mqtt_", "oidc_", "session_log_", "upstream_queue_time"],
    ),
    of("F5 WAF for NGINX", "app_protect", &["app_protect_"], &[], &["app_protect_"]),
    of("ACME", "acme", &["acme_"], &[], &["acme_"]),
    of(
        "OpenTelemetry",
        "ot",
        &["opentelemetry", "opentracing", "otel_"],
        &[],
        &["opentelemetry_", "opentracing_", "otel_"],
    ),
    of("njs", "js_module", &["js_"], &[], &[]),
    of("lua", "lua", &["lua_", "init_by_lua", "init_worker_by_lua"], &[], &[]),
    of("brotli", "brotli", &["brotli"], &[], &["brotli_ratio"]),
    of("zstd", "zstd", &["zstd"], &[], &["zstd_ratio"]),
    of("headers-more", "headers_more", &["more_"], &[], &[]),
    of("ModSecurity", "modsecurity", &["modsecurity", "ModSecurity"], &[], &[]),
    of(
        "NAXSI",
        "naxsi",
        &["naxsi"],
        &[
            "BasicRule",
            "CheckRule",
            "DeniedUrl",
            "LearningMode",
            "MainRule",
            "SecRulesDisabled",
            "SecRulesEnabled",
        ],
        &["naxsi_"],
    ),
    of("vhost-traffic-status", "vhost_traffic_status", &["vhost_traffic_status"], &[], &["vts_"]),
    of(
        "stream-server-traffic-status",
        "stream_server_traffic_status",
        &["stream_server_traffic_status"],
        &[],
        &[],
    ),
    of("geoip2", "geoip2", &["geoip2"], &[], &["geoip2_"]),
    of("auth-pam", "auth_pam", &["auth_pam"], &[], &[]),
    of("auth-ldap", "auth_ldap", &["auth_ldap"], &["ldap_server"], &[]),
    of("dav-ext", "dav_ext", &["dav_ext_"], &[], &[]),
    of("fancyindex", "fancyindex", &["fancyindex"], &[], &[]),
    of("substitutions", "subs_filter", &["subs_filter"], &[], &[]),
    of("push-stream", "push_stream", &["push_stream"], &[], &["push_stream_"]),
    of("nchan", "nchan", &["nchan_"], &[], &["nchan_"]),
    of("Passenger", "passenger", &["passenger_"], &["passenger_enabled"], &[]),
    of("PageSpeed", "pagespeed", &["pagespeed"], &[], &[]),
    of("RTMP", "rtmp", &["rtmp_"], &["rtmp"], &[]),
    of("echo", "echo", &["echo_"], &["echo"], &["echo_"]),
    of("upload-progress", "uploadprogress", &["upload_progress"], &["report_uploads", "track_uploads"], &[]),
    of("upload", "upload_module", &["upload_"], &[], &["upload_"]),
    of("redis2", "redis2", &["redis2_"], &[], &[]),
    of("memc", "memc", &["memc_"], &[], &["memc_"]),
    of("srcache", "srcache", &["srcache_"], &[], &["srcache_"]),
    of("array-var", "array_var", &["array_"], &[], &[]),
    of(
        "encrypted-session",
        "encrypted_session",
        &["encrypted_session_"],
        &["set_decrypt_session", "set_encrypt_session"],
        &[],
    ),
    of(
        "set-misc",
        "set_misc",
        &[
            "set_decode_",
            "set_encode_",
            "set_escape_",
            "set_hmac_",
            "set_if_",
            "set_quote_",
            "set_secure_random_",
            "set_unescape_",
        ],
        &[
            "set_base32_alphabet",
            "set_formatted_gmt_time",
            "set_formatted_local_time",
            "set_hashed_upstream",
            "set_local_today",
            "set_md5",
            "set_misc_base32_padding",
            "set_random",
            "set_rotate",
            "set_sha1",
        ],
        &[],
    ),
    of("cookie-flag", "cookie_flag", &[], &["set_cookie_flag"], &[]),
    of("testcookie", "testcookie", &["testcookie"], &[], &["testcookie_"]),
    of("upstream-check", "upstream_check", &["check_"], &["check"], &[]),
    of("upstream-fair", "upstream_fair", &[], &["fair", "upstream_fair_shm_size"], &[]),
    of("vod", "vod", &["vod_"], &["vod"], &["vod_"]),
    of("concat", "concat", &["concat"], &[], &[]),
    of(
        "cache-purge",
        "cache_purge",
        &["cache_purge_"],
        &["fastcgi_cache_purge", "proxy_cache_purge", "scgi_cache_purge", "uwsgi_cache_purge"],
        &[],
    ),
    of("gearman", "gearman", &["gearman_"], &[], &["gearman_"]),
    of("dynamic TLS records", "dyn_rec", &["ssl_dyn_rec_"], &[], &[]),
    of("mruby", "mruby", &["mruby_"], &[], &[]),
];

/// The foreign module that is known to have such a directive.
pub fn module_of(name: &str) -> Option<&'static Module> {
    let has = |module: &&Module| {
        module.directives.contains(&name) || module.begin.iter().any(|begin| name.starts_with(begin))
    };
    let is_lua = || ["_by_lua", "_by_lua_block", "_by_lua_file"].iter().any(|end| name.ends_with(end));
    MODULES
        .iter()
        .find(has)
        .or_else(|| MODULES.iter().find(|module| module.name == "lua").filter(|_| is_lua()))
}

/// Whether only the commercial nginx has such a directive.
pub fn is_of_plus(name: &str) -> bool {
    module_of(name).is_some_and(|module| module.name == PLUS)
}

/// Whether a foreign module is known to have variables of such a name, which is in lower case.
pub fn has_variable(name: &str) -> bool {
    MODULES.iter().any(|module| module.variables.iter().any(|begin| name.starts_with(begin)))
}
