//! The nginx that runs the files.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, bail};

use crate::nginx::version::Version;

/// An nginx program.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// Its version.
    pub version: Version,
    /// The modules it was built with or without, as `nginx -V` prints them.
    arguments: String,
}

/// Where distributions put it, beside what PATH names: an ordinary user's PATH does not lead there.
const USUAL: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/usr/local/nginx/sbin"];

impl Program {
    /// The one named, or the first on PATH.
    ///
    /// # Errors
    /// When there is none, or it does not tell its version.
    pub fn find(named: Option<&Path>) -> anyhow::Result<Program> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => installed().context(
                "there is no nginx on PATH or in /usr/sbin: install it (`apt-get install nginx`), or name one with `--nginx`",
            )?,
        };
        let output = Command::new(&path)
            .arg("-V")
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("`{}` cannot be run", path.display()))?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let number = told.lines().find_map(|line| line.split_once("nginx/")).map(|(_, rest)| rest);
        let number: String =
            number.unwrap_or_default().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        if number.is_empty() {
            bail!("`{} -V` does not tell a version, so it is no nginx", path.display());
        }
        let version = Version::parse(&number)
            .map_err(|error| anyhow::anyhow!("`{}`: {}", path.display(), error.message))?;
        Ok(Program { path, version, arguments: told })
    }

    /// Whether it was built with a module, such as `http_v3_module`.
    pub fn has(&self, module: &str) -> bool {
        self.arguments.contains(&format!("--with-{module}"))
    }

    /// It, with everything it reads and writes below a prefix.
    pub(super) fn command(&self, prefix: &Path) -> Command {
        let mut command = Command::new(&self.path);
        // Without `-e` nginx opens the log it was compiled with before it has read a line.
        command.arg("-p").arg(prefix).args(["-c", "nginx.conf", "-e", "stderr"]);
        command.env_remove("NGINX").stdin(Stdio::null());
        command
    }

    /// What `nginx -t` says of a prefix.
    pub(super) fn test(&self, prefix: &Path) -> std::io::Result<Output> {
        self.command(prefix).arg("-t").output()
    }
}

fn installed() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(USUAL.map(PathBuf::from));
    folders.map(|folder| folder.join(OsStr::new("nginx"))).find(|program| program.is_file())
}
