//! What is checked of a deployment, sandboxed or live: one list, which `test` and `probe` share.
//!
//! A check is one file in `list/` with one static [`Check`], and one line in its `mod.rs`. It makes its requests as a client would,
//! through a [`Case`], and tells what was expected, what was seen, and what to make of a failure.

mod advice;
mod asking;
mod case;
mod check;
mod deployment;
mod diagnosis;
mod error_log;
mod grpc_call;
mod lag;
mod lines;
mod list;
mod path;
mod plan;
mod runner;
mod seen;
mod served_files;
mod streamed;
mod transport;

pub use asking::Order;
pub use case::Case;
pub use check::{Check, Needs, Of};
pub use deployment::{Context, Deployment, Gone, ResolveV6, Variant, Variants};
pub use diagnosis::Symptom;
pub use list::{CHECKS, reference};
pub use plan::Wanted;
pub use runner::run;
pub use seen::{Miss, Seen};
pub use transport::Transport;
