//! One file a rule.

pub(super) mod acme_unreachable;
pub(super) mod http2_listen_deprecated;
pub(super) mod location_order;
pub(super) mod missing_twin;
pub(super) mod no_op_request_header;
pub(super) mod path_served_elsewhere;
pub(super) mod shared_header_loss;
pub(super) mod short_timeout;
pub(super) mod static_upgrade;
pub(super) mod stream_buffered;
pub(super) mod upgrade_lost;
pub(super) mod websocket_http10;
