//! Every test that needs more than one function: one program, so that it is linked once.
//!
//! A module a subject. What several of them share is in `support`: a real nginx with everything it touches
//! in a private folder, stand-in back ends, a client, the repository's own files.

mod accepted;
mod commands;
mod docs;
mod environments;
mod findings;
mod fixing;
mod floors;
mod guide;
mod house;
mod mutants;
#[cfg(feature = "network")]
mod network;
#[cfg(feature = "network")]
mod probe;
mod readme;
mod recipe;
mod reports;
mod rig;
mod robust;
mod rules;
mod sandbox;
mod stress;
mod support;
mod values;
mod weakness;
