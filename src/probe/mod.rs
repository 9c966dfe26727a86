//! What a client of a live deployment needs beside the checks: addresses in place of names, and secrets that are
//! never told.

mod resolve;
mod secrets;

pub use resolve::{Resolve, Resolved};
pub use secrets::Secrets;
