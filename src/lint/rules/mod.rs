//! One file a rule.

pub(super) mod acme_unreachable;
pub(super) mod alias_without_slash;
pub(super) mod error_log_off;
pub(super) mod few_connections;
pub(super) mod http2_listen_deprecated;
pub(super) mod location_never_matches;
pub(super) mod location_order;
pub(super) mod missing_twin;
pub(super) mod no_default_server;
pub(super) mod no_op_request_header;
pub(super) mod path_served_elsewhere;
pub(super) mod redirect_loop;
pub(super) mod redirect_without_host;
pub(super) mod server_name_never_matches;
pub(super) mod shared_header_loss;
pub(super) mod short_timeout;
pub(super) mod static_upgrade;
pub(super) mod stream_buffered;
pub(super) mod try_files_proxied;
pub(super) mod upgrade_lost;
pub(super) mod websocket_http10;
