//! A configuration as nginx sees it: a file with all that its `include`s bring, in one tree.

mod dump;
mod faults;
mod files;
mod glob;
mod loader;
mod scope;

pub use dump::Dump;
pub use files::{Disk, Files, Memory};
pub use loader::{Configuration, join, load, load_bytes, load_text};
pub use scope::Scope;

#[cfg(test)]
mod tests;
