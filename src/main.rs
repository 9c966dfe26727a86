//! The `nginx-gen` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    nginx_gen::cli::main()
}
