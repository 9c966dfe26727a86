//! How a run is kept apart from the machine: in namespaces of Linux, or by exchanging what would collide.

use std::env;
use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use anyhow::Context as _;

/// What the user asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Namespaces where the machine allows them.
    Auto,
    /// Namespaces, or nothing.
    Namespaces,
    /// Exchanged ports and paths.
    Rewrite,
}

/// How it is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Isolation {
    /// Network and mount namespaces of its own: the files run byte for byte as they are rendered.
    Namespaces,
    /// Ports, back ends and paths are exchanged, for this reason.
    Rewrite(String),
}

/// Set for the run inside the namespaces, to the mount namespace outside: a process that finds itself there has
/// not been isolated, whoever set the variable.
const OUTSIDE: &str = "NGINX_GEN_OUTSIDE";

/// Where Linux names this process's mount namespace.
const MOUNTS: &str = "/proc/self/ns/mnt";

/// Runs this program again inside namespaces, and gives its exit code; or says how to go on here.
///
/// # Errors
/// When namespaces are wanted and the machine forbids them.
pub fn enter(wanted: Wanted) -> anyhow::Result<Result<u8, Isolation>> {
    if wanted == Wanted::Rewrite {
        return Ok(Err(Isolation::Rewrite("`--isolation rewrite` asks for it".to_owned())));
    }
    if let Some(outside) = env::var_os(OUTSIDE) {
        let here = fs::read_link(MOUNTS).context("the namespaces cannot be read")?;
        anyhow::ensure!(
            here.as_os_str() != outside,
            "`{OUTSIDE}` is set, and there are no namespaces around"
        );
        end_with_the_outside();
        return Ok(Err(Isolation::Namespaces));
    }
    match flags() {
        Ok(flags) => Ok(Ok(run_inside(flags)?)),
        Err(why) if wanted == Wanted::Namespaces => anyhow::bail!("namespaces cannot be had here: {why}"),
        Err(why) => Ok(Err(Isolation::Rewrite(why))),
    }
}

/// What root needs of `unshare`, and what everybody else does.
const ROOT: &[&str] = &["--mount", "--net"];
const USER: &[&str] = &["--map-current-user", "--mount", "--net", "--keep-caps"];

/// The flags with which `unshare` gives this user the namespaces: root's own, else those of a user namespace.
fn flags() -> Result<&'static [&'static str], String> {
    if !cfg!(target_os = "linux") {
        return Err("this is no Linux, which alone has namespaces".to_owned());
    }
    let mut whys = Vec::new();
    for flags in [ROOT, USER] {
        if flags == ROOT && !rustix::process::geteuid().is_root() {
            continue;
        }
        match allows(flags) {
            Ok(()) => return Ok(flags),
            Err(why) => whys.push(why),
        }
    }
    Err(whys.join("; "))
}

/// Tries them: a loopback must come up, and a folder must be covered.
fn allows(flags: &[&str]) -> Result<(), String> {
    let tried = "ip link set lo up && mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w && \
                 mount -t overlay -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w none /etc";
    let output =
        Command::new("unshare").args(flags).args(["--", "sh", "-c", tried]).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stderr);
            Err(format!("`unshare {}`: {}", flags.join(" "), told.lines().next().unwrap_or("failed")))
        }
        Err(error) => Err(format!("`unshare` cannot be run: {error}")),
    }
}

/// The same command once more, inside. What it prints is printed, how it ends is how this ends.
fn run_inside(flags: &[&str]) -> anyhow::Result<u8> {
    let program = env::current_exe().context("this program does not know where it is")?;
    let outside = fs::read_link(MOUNTS).context("the namespaces cannot be read")?;
    let mut inside = Command::new("unshare")
        .args(flags)
        .arg("--")
        .arg(program)
        .args(env::args_os().skip(1))
        .env(OUTSIDE, outside)
        // Ends when this process does, however that comes about.
        .stdin(Stdio::piped())
        .spawn()
        .context("`unshare` cannot be run")?;
    // Waiting would close it.
    let lifeline = inside.stdin.take();
    let status = inside.wait().context("the run inside the namespaces is lost")?;
    drop(lifeline);
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    // Ended by a signal: as a shell would say it.
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or(0);
    Ok(code.unwrap_or_else(|| u8::try_from(128 + signal).unwrap_or(2)))
}

/// Ends this process with the one that started it.
fn end_with_the_outside() {
    std::thread::spawn(|| {
        // Nothing is ever written: it ends when the other end is gone.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(130);
    });
}
