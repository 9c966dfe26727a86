//! A configuration as nginx sees it: a file with all that its `include`s bring, in one tree.

mod dump;
mod faults;
mod files;
mod glob;
mod joined;
mod loader;
mod missing;
mod part;
mod scope;
mod shipped;
mod unread;

pub use dump::Dump;
pub use faults::UNREAD_INCLUDE;
pub use files::{Disk, Files, Memory};
pub use joined::joined;
pub use loader::{Configuration, follow, join, load, load_text};
pub use part::{Part, parse_all};
pub use scope::Scope;
pub use unread::{may_define, may_limit, may_set, may_set_tls};

#[cfg(test)]
mod tests;
