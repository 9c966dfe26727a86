//! What holds where nothing is set, by release.

use crate::nginx::version::Version;

/// The default of a directive with one value, as nginx's documentation writes it; `None` where there is none,
/// or it is not known here.
pub fn default(name: &str, release: Version) -> Option<&'static str> {
    versioned(name, release).or_else(|| fixed(name))
}

fn versioned(name: &str, release: Version) -> Option<&'static str> {
    match name {
        "proxy_http_version" if release >= Version::new(1, 29, 7) => Some("1.1"),
        "proxy_http_version" => Some("1.0"),
        "ssl_protocols" if release >= Version::new(1, 27, 3) => Some("TLSv1.2 TLSv1.3"),
        "ssl_protocols" if release >= Version::new(1, 23, 4) => Some("TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"),
        "ssl_protocols" => Some("TLSv1 TLSv1.1 TLSv1.2"),
        _ => None,
    }
}

fn fixed(name: &str) -> Option<&'static str> {
    Some(match name {
        "proxy_buffering"
        | "fastcgi_buffering"
        | "uwsgi_buffering"
        | "scgi_buffering"
        | "proxy_request_buffering"
        | "chunked_transfer_encoding"
        | "tcp_nodelay"
        | "merge_slashes"
        | "server_tokens"
        | "absolute_redirect"
        | "port_in_redirect"
        | "ignore_invalid_headers"
        | "etag" => "on",
        "gzip"
        | "proxy_cache"
        | "fastcgi_cache"
        | "uwsgi_cache"
        | "scgi_cache"
        | "sendfile"
        | "tcp_nopush"
        | "http2"
        | "proxy_ignore_client_abort"
        | "proxy_intercept_errors"
        | "proxy_socket_keepalive"
        | "server_name_in_redirect"
        | "ssl_prefer_server_ciphers"
        | "underscores_in_headers"
        | "proxy_ssl_server_name"
        | "proxy_ssl_verify"
        | "ssl_verify_client"
        | "recursive_error_pages"
        | "auth_basic"
        | "expires"
        | "autoindex" => "off",
        "proxy_read_timeout"
        | "proxy_send_timeout"
        | "proxy_connect_timeout"
        | "fastcgi_read_timeout"
        | "uwsgi_read_timeout"
        | "scgi_read_timeout"
        | "grpc_read_timeout"
        | "grpc_send_timeout"
        | "grpc_connect_timeout"
        | "client_body_timeout"
        | "client_header_timeout"
        | "send_timeout" => "60s",
        "keepalive_timeout" => "75s",
        "client_max_body_size" => "1m",
        "ssl_buffer_size" => "16k",
        "gzip_types" => "text/html",
        "gzip_http_version" => "1.1",
        "proxy_redirect" => "default",
        "proxy_max_temp_file_size" => "1024m",
        "limit_rate" | "proxy_limit_rate" => "0",
        "root" => "html",
        "index" => "index.html",
        "default_type" => "text/plain",
        "satisfy" => "all",
        _ => return None,
    })
}
