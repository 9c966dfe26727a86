//! What the benchmarks share.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 7;

/// Runs a command to its end, which must be a good one.
pub(crate) fn run(command: &mut Command) {
    let status = command.stderr(Stdio::null()).status().expect("the program is there");
    assert!(status.success(), "{command:?}: {status}");
}

/// How long it took.
pub(crate) fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The shortest of several runs.
pub(crate) fn best(run: impl FnMut() -> Duration) -> Duration {
    std::iter::repeat_with(run).take(RUNS).min().unwrap_or_default()
}

/// The programs of a Python with these packages, which is made when it is first asked for.
pub(crate) fn python(name: &str, packages: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("../bench-python-{name}"));
    let mark = folder.join(packages.join(" ").replace("==", "-"));
    if !mark.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        run(Command::new(folder.join("bin/pip")).args(["install", "-q"]).args(packages));
        fs::write(mark, "").expect("the folder can be written");
    }
    folder.join("bin")
}
