//! One file a rule.

use super::Rule;

/// Declares each rule's file, and lists its `RULE`.
macro_rules! rules {
    ($($name:ident,)*) => {
        $(pub(crate) mod $name;)*

        /// All rules, in the order of their names.
        pub static RULES: &[&Rule] = &[$(&$name::RULE),*];
    };
}

rules! {
    accel_buffering_ignored,
    access_list,
    acme_unreachable,
    alias_traversal,
    alias_without_slash,
    auth_request_length,
    auth_request_upgrade,
    autoindex_of_all,
    backup_included,
    certificate_key_mismatch,
    certificate_missing,
    certificate_of_another_name,
    certificate_unused,
    certificate_without_chain,
    client_script_taken,
    cors_any_origin,
    deprecated_tls,
    dual_stack_listen,
    error_log_off,
    few_connections,
    filesystem_root,
    foreign_module,
    forged_address,
    guard_bypassed,
    gzip_event_stream,
    host_spoofing,
    http_splitting,
    http2_listen_deprecated,
    if_drops_try_files,
    location_never_matches,
    location_order,
    missing_capture,
    missing_twin,
    multiline_header,
    no_default_server,
    no_op_request_header,
    open_proxy,
    open_status_page,
    origin_regex,
    own_path_taken,
    path_served_elsewhere,
    proxy_pass_without_resolver,
    proxy_path_traversal,
    redirect_loop,
    redirect_without_host,
    request_header_loss,
    return_before_access,
    rewrite_overflow,
    second_content_type,
    server_name_never_matches,
    shared_header_loss,
    short_timeout,
    silent_caller,
    stapling_without_responder,
    static_upgrade,
    stream_buffered,
    stream_cached,
    stream_retried,
    try_files_proxied,
    unanchored_regex,
    unknown_upstream,
    upgrade_lost,
    upstream_keepalive_unused,
    version_disclosure,
    weak_ciphers,
    websocket_http10,
}
