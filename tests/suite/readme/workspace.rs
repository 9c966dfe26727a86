//! Where the commands of a document run.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::bounded::{self, Finished};
use crate::support::repository;

/// Far longer than any command of a document takes.
const LIMIT: Duration = Duration::from_mins(2);

/// A copy of what the repository has for users, with `nginx-gen` in the PATH; removed when dropped.
pub(super) struct Workspace {
    folder: TempDir,
    /// What `$?` is.
    status: i32,
}

impl Workspace {
    pub(super) fn new() -> Workspace {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace { folder, status: 0 };
        workspace.fill().expect("the repository can be copied");
        workspace
    }

    fn fill(&self) -> io::Result<()> {
        for name in ["environments", "templates", "snapshots", "examples"] {
            let from = repository::path(name);
            if from.exists() {
                copy(&from, &self.project().join(name))?;
            }
        }
        fs::create_dir_all(self.programs())?;
        symlink(env!("CARGO_BIN_EXE_nginx-gen"), self.programs().join("nginx-gen"))
    }

    /// Runs a command as a user's shell would after the one before.
    pub(super) fn run(&mut self, command: &str) -> Finished {
        let path = env::var_os("PATH").unwrap_or_default();
        let path = [self.programs()].into_iter().chain(env::split_paths(&path));
        let mut shell = Command::new("bash");
        shell
            .arg("-c")
            .arg(format!("(exit {})\n{command}", self.status))
            .current_dir(self.project())
            .env("PATH", env::join_paths(path).expect("the PATH is made of paths"))
            .env("NO_COLOR", "1")
            .env_remove("RUST_BACKTRACE")
            .env_remove("COLUMNS");
        let finished = bounded::run(&mut shell, LIMIT);
        self.status = finished.status.code().unwrap_or(128);
        finished
    }

    /// What `$?` is after the last command.
    pub(super) fn status(&self) -> i32 {
        self.status
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn programs(&self) -> PathBuf {
        self.folder.path().join("bin")
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    fs::copy(from, to).map(drop)
}
