//! The `nginx-gen` program, run in a project of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with `environments/` and what else a project has; removed when dropped.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// One without any environment.
    pub(crate) fn empty() -> Project {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("environments")).unwrap();
        Project { folder }
    }

    /// One with the repository's own environments and snapshots.
    pub(crate) fn petties() -> Project {
        let project = Project::empty();
        for folder in ["environments", "snapshots/prod", "snapshots/test"] {
            let from = super::repository::path(folder);
            fs::create_dir_all(project.path(folder)).unwrap();
            for entry in fs::read_dir(from).unwrap() {
                project.copy(&entry.unwrap().path(), folder);
            }
        }
        project
    }

    /// Writes a file, named from the project's root.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The text of a file, named from the project's root.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Copies a file into a folder; folders are left out.
    pub(crate) fn copy(&self, file: &Path, folder: &str) {
        if file.is_file() {
            fs::copy(file, self.path(folder).join(file.file_name().unwrap())).unwrap();
        }
    }

    /// A path below the project's root.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names in a folder, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The names of its environments, in order.
    pub(crate) fn environments(&self) -> Vec<String> {
        let names = self.names("environments");
        let stems = names.iter().filter_map(|name| name.strip_suffix(".yaml"));
        stems.filter(|name| !name.starts_with('_')).map(str::to_owned).collect()
    }
}

/// The program, started in a project's root, with an environment that does not change what it prints.
pub(crate) fn nginx_gen(project: &Project) -> NginxGen {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginx-gen"));
    command.current_dir(project.folder.path());
    for variable in ["RUST_BACKTRACE", "NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
        command.env_remove(variable);
    }
    NginxGen { command }
}

/// A command that has not been run yet.
pub(crate) struct NginxGen {
    command: Command,
}

impl NginxGen {
    /// Adds arguments.
    pub(crate) fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> NginxGen {
        self.command.args(args);
        self
    }

    /// For assertions on what it does.
    pub(crate) fn assert(self) -> assert_cmd::assert::Assert {
        assert_cmd::Command::from_std(self.command).assert()
    }

    /// Everything it printed, and how it ended.
    pub(crate) fn said(mut self) -> String {
        let Output { status, stdout, stderr } = self.command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        format!("{}{}exit status: {}", text(stdout), text(stderr), status.code().unwrap())
    }
}
