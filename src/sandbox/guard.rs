//! A process that outlives this one by a moment: it ends nginx and removes the run's folder whatever happens.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// Runs a command until its own standard input ends, which it also does when the program that holds the other
/// end is killed; then kills it and removes the folder, with what is mounted in it.
///
/// A shell, for every Unix has one, and it needs next to nothing to start.
const SCRIPT: &str = r#"
folder=$1
shift
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ read -r _ <&3; kill -KILL "$child"; } 2>/dev/null &
wait "$child"
status=$?
exec 3<&-
if [ -n "$folder" ]; then
  umount -l "$folder/cover" 2>/dev/null
  rm -rf -- "$folder"
fi
exit "$status"
"#;

/// A guarded process.
#[derive(Debug)]
pub(super) struct Guarded {
    guard: Child,
}

impl Guarded {
    /// Starts a command whose output goes to a file. `folder` is removed in the end.
    pub(super) fn start(command: &Command, folder: &Path, output: File) -> io::Result<Guarded> {
        let guard = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "nginx-gen-guard"])
            .arg(folder)
            .arg(command.get_program())
            .args(command.get_args())
            // nginx takes this for a list of inherited sockets.
            .env_remove("NGINX")
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            // Away from the terminal's Ctrl-C, which would end the guard first.
            .process_group(0)
            .spawn()?;
        Ok(Guarded { guard })
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.guard.try_wait()
    }
}

impl Drop for Guarded {
    /// Ends the process, and waits until its folder is gone.
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // It can only have ended already.
        let _ = self.guard.wait();
    }
}
