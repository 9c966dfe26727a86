//! What is checked of a deployment, sandboxed or live: one list, which `test` and `probe` share.
//!
//! A check is one file with one static [`Check`], and a line in [`CHECKS`]. It makes its requests as a client would,
//! through a [`Case`], and tells what was expected, what was seen, and what to make of a failure.

mod acme_reachable;
mod advice;
mod asking;
mod back_end_down;
mod back_end_hangs;
mod body_size;
mod calls_grpc;
mod case;
mod check;
mod deployment;
mod diagnosis;
mod foreign_upgrades_stay;
mod grpc_call;
mod http_reaches;
mod keeps_to_its_files;
mod leaves_no_log_line;
mod leaving_is_noticed;
mod list;
mod live_answers;
mod live_certificate;
mod live_events;
mod live_grpc;
mod live_reached;
mod live_socket;
mod outlasts_silence;
mod path;
mod plan;
mod redirects_as_declared;
mod redirects_to_https;
mod request_headers;
mod response_headers;
mod resumes;
mod runner;
mod seen;
mod served_files;
mod serves_files;
mod serves_many_at_once;
mod socket_outlasts_silence;
mod streamed;
mod streams_in_time;
mod tls_as_declared;
mod transport;
mod unknown_refused;
mod websocket_echoes;
mod websocket_without_slash;

pub use asking::Order;
pub use case::Case;
pub use check::{Check, Needs, Of};
pub use deployment::{Context, Deployment, Variant, Variants};
pub use diagnosis::Symptom;
pub use list::{CHECKS, reference};
pub use plan::Wanted;
pub use runner::run;
pub use seen::{Miss, Seen};
pub use transport::Transport;
