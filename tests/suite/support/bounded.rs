//! Commands with a deadline, so that a test that hangs fails and says where.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How a command ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    /// Standard output and standard error in the order they were written.
    pub(crate) output: String,
}

/// Runs a command to its end with no input.
///
/// Panics when it takes longer than `limit`, after killing it and all it started. The output goes through
/// a file, not a pipe: a process that outlives the command cannot keep us waiting for its end of a pipe.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Finished {
    let mut file = tempfile::tempfile().expect("a temporary file");
    let share = |file: &File| Stdio::from(file.try_clone().expect("a second handle on the output"));
    command.stdin(Stdio::null()).stdout(share(&file)).stderr(share(&file)).process_group(0);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let status = wait(&mut child, limit);

    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).expect("the output can be read");
    let output = String::from_utf8_lossy(&bytes).into_owned();
    match status {
        Some(status) => Finished { status, output },
        None => panic!("{command:?} did not end within {limit:?}; it printed:\n{output}"),
    }
}

/// The child's status, or none when it had to be killed.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(1));
    }
    // Its group may be gone between the last look and this: then there is nothing to kill.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.wait();
    None
}
