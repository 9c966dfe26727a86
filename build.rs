//! Builds again when a template comes or goes: `include_dir!` sees only those that were there.

#![allow(clippy::disallowed_macros, reason = "a build script talks to cargo by printing")]

fn main() {
    println!("cargo::rerun-if-changed=templates");
}
