//! The `nginx-gen` command.

fn main() {}
