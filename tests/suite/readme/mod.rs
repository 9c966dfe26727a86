//! README.md is true: its commands are run, its excerpts are looked up.
//!
//! Each fenced block is one of these, and there is no other kind:
//! - `console`: lines `$ command`, each with what it prints below it. The commands of the whole file run one
//!   after the other in a copy of the repository's environments, templates, snapshots and examples. Each must
//!   succeed, unless the next is `$ echo $?` and prints another status. A line `...` stands for any lines, `…` for
//!   any text in one.
//! - the first `sh`: how to set up on a new machine. It holds both of the commands that this takes.
//! - an excerpt, with `<!-- from: environments/prod.yaml -->` or `<!-- from: nginx-gen render prod -->` above
//!   it: its lines stand there, in this order; `...` for what is left out.
//! - anything below `<!-- not run: the reason -->`.
//!
//! `UPDATE=1 cargo test --test suite readme` writes what the commands print now into the file.

mod block;
mod check;
mod console;
mod matching;
mod workspace;

use std::env;
use std::fs;

use crate::support::repository;
use check::Checked;

#[test]
fn the_readme_is_true() {
    let path = repository::path("README.md");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("README.md: {error}"));
    let Checked { mut faults, updated } = check::document(&text);
    if env::var_os("UPDATE").is_some() {
        faults.retain(|fault| !fault.updatable);
        fs::write(&path, updated).expect("README.md can be written");
    }
    let told: Vec<_> =
        faults.iter().map(|fault| format!("README.md:{}: {}", fault.line, fault.text)).collect();
    assert!(
        told.is_empty(),
        "{}\n\n`UPDATE=1 cargo test --test suite readme` rewrites outputs",
        told.join("\n\n")
    );
}

#[test]
fn the_set_up_is_the_two_commands_everybody_uses() {
    let server = repository::read(".ci/run");
    let tests =
        server.lines().find_map(|line| line.strip_prefix("exec ")).expect("`.ci/run` ends with `exec`");
    let readme = repository::read("README.md");
    let blocks = block::parse(&readme).expect("README.md has whole blocks");
    let set_up = blocks.iter().find(|block| block.language == "sh").expect("README.md has a `sh` block");
    let commands: Vec<_> =
        set_up.body().lines().map(|line| line.split(" # ").next().unwrap_or_default().trim()).collect();
    for wanted in ["cargo run --release -- render prod", tests] {
        assert!(commands.contains(&wanted), "README.md:{}: no line `{wanted}` here", set_up.line);
    }
}
