//! What must hold for any bytes at all. Each target takes some and panics when something does not hold.
//!
//! `fuzz/run TARGET` drives one with libFuzzer; `tests/fuzz.rs` includes this file and drives all of them, in every
//! run of the tests, over the files of this repository and changes of them.

mod environment;
mod judging;
mod language;
mod told;

pub use environment::environment;
pub use judging::{route, rules};
pub use language::{parser, printer};
