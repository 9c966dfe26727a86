//! What a client of a live deployment needs beside the checks: addresses in place of names, headers, and secrets that
//! are never told.

mod connect;
mod resolve;
mod secrets;
mod sent;

pub use connect::{Connect, Resolver};
pub use resolve::{Resolve, Resolved};
pub use secrets::Secrets;
pub use sent::Sent;
