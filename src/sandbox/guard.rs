//! A process that outlives this one by a moment: it ends nginx and removes the run's folder, whatever happens.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Makes the folder and says so, waits for a line, runs the command, and once standard input has ended kills it and
/// removes the folder with what is mounted in it. The input ends too when the program that holds its other end is
/// killed, at whatever moment: no folder is there before its guard.
///
/// A shell, for every Unix has one, and it needs next to nothing to start.
const SCRIPT: &str = r#"
# Whoever runs this may have a PATH of their own, without `umount`.
PATH=$PATH:/usr/bin:/bin:/usr/sbin:/sbin
folder=$1
shift
mkdir -m 700 -- "$folder" 2>&1 || exit
mkdir -- "$folder/written"
# Whoever waits for this may be dead.
trap '' PIPE
echo made
trap - PIPE
exec 3<&0 >/dev/null
if read -r _ <&3; then
  "$@" </dev/null >"$folder/written/error.log" 2>&1 3<&- &
  child=$!
  # An id may belong to somebody else once its process has ended.
  { read -r _ <&3; [ -e "$folder/written/ended" ] || kill -KILL "$child"; } 2>/dev/null &
  reader=$!
  wait "$child" 2>/dev/null
  : >"$folder/written/ended"
  wait "$reader"
fi
umount -l "$folder/cover"
# An `nginx -t` that was under way may write a moment longer.
for _ in 1 2 3 4 5; do
  rm -rf -- "$folder" && break
  sleep 1
done
"#;

/// A folder, and a process that may run in it. Both go when this is dropped or this program ends.
#[derive(Debug)]
pub(super) struct Guarded {
    guard: Child,
    folder: PathBuf,
}

impl Guarded {
    /// Makes a folder that has a guard; the command, which may name the folder, waits.
    ///
    /// # Errors
    /// When that cannot be made, or `/bin/sh` not run.
    pub(super) fn new(command: impl Fn(&Path) -> Command) -> io::Result<Guarded> {
        let made = tempfile::Builder::new()
            .prefix("nginx-gen-")
            .make(|folder| Guarded::at(folder, &command(folder)))?;
        // From here on it is the guard that removes it.
        let (guarded, _) = made.keep()?;
        Ok(guarded)
    }

    fn at(folder: &Path, command: &Command) -> io::Result<Guarded> {
        if folder.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut guard = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "nginx-gen-guard"])
            .arg(folder)
            .arg(command.get_program())
            .args(command.get_args())
            // nginx takes this for a list of inherited sockets.
            .env_remove("NGINX")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Away from the terminal's Ctrl-C, which would end the guard first.
            .process_group(0)
            .spawn()?;
        let mut said = String::new();
        if let Some(output) = guard.stdout.take() {
            BufReader::new(output).read_line(&mut said)?;
        }
        match said.as_str() {
            "made\n" => Ok(Guarded { guard, folder: folder.to_owned() }),
            other => Err(io::Error::other(other.trim_end().to_owned())),
        }
    }

    /// Starts the command; what it says goes to `written/error.log`.
    pub(super) fn start(&mut self) -> io::Result<()> {
        match &mut self.guard.stdin {
            Some(input) => input.write_all(b"start\n"),
            None => Ok(()),
        }
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the command has ended by itself.
    pub(super) fn has_ended(&self) -> bool {
        self.folder.join("written/ended").exists()
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
