//! nginx-gen: services and environments in YAML → templates → nginx sites, held to what each route promises.
//!
//! # Floors
//! A module uses only the floors below its own; `tests/suite/floors.rs` holds every `use crate::` to this
//! list, lowest floor first:
//!
//! 1. `text`, `folder`, `client`, `standin`
//! 2. `diagnostic`
//! 3. `nginx`, `outcome`
//! 4. `environment`, `report`
//! 5. `render`, `lint`, `diff`, `fix`, `route`
//! 6. `compile`
//! 7. `checks`
//! 8. `sandbox`, `probe`
//! 9. `cli`

#[cfg(feature = "network")]
pub mod checks;
pub mod cli;
#[cfg(feature = "network")]
pub mod client;
pub mod compile;
pub mod diagnostic;
pub mod diff;
pub mod environment;
pub mod fix;
mod folder;
pub mod lint;
pub mod nginx;
pub mod outcome;
#[cfg(feature = "network")]
pub mod probe;
pub mod render;
pub mod report;
pub mod route;
#[cfg(feature = "network")]
pub mod sandbox;
#[cfg(feature = "network")]
pub mod standin;
pub mod text;
