//! Runs of the repository's own environments, with an nginx that does something before it serves.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use crate::support::command::Project;
use crate::support::nginx::Nginx;

/// The repository's project, with a folder for whatever a run leaves behind; its path holds a space.
pub(super) fn project() -> Project {
    let project = Project::petties();
    fs::create_dir(project.path("left behind")).unwrap();
    project
}

/// `nginx-gen test` in a project.
pub(super) fn test(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginx-gen"));
    command.arg("test").args(arguments);
    command.current_dir(project.path("")).env("TMPDIR", project.path("left behind"));
    command
}

/// An nginx that runs some lines of shell first; `$nginx` is the real one, `$out` the project, `$2` the prefix.
///
/// `on_test` runs before `nginx -t`, `on_start` before it serves.
pub(super) fn wrapped(project: &Project, nginx: &Nginx, on_test: &str, on_start: &str) -> PathBuf {
    let (program, out) = (nginx.program().display(), project.path("").display().to_string());
    let script = format!(
        "#!/bin/sh\nnginx='{program}'\nout='{out}'\ncase \" $* \" in\n*' -V '*) ;;\n\
         *' -t '*)\n{on_test}\n;;\n*)\n{on_start}\n;;\nesac\nexec \"$nginx\" \"$@\"\n"
    );
    project.write("nginx wrapped", &script);
    let path = project.path("nginx wrapped");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}
