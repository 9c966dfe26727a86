//! Real nginx as the oracle: what it says to site files, and what they do when it runs them.

mod arguments;
mod certificate;
mod ports;
mod prefix;
mod running;
mod sites;
mod verdict;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use nginx_gen::nginx::version::Version;

use super::{bounded, repository};
pub(crate) use certificate::Certificate;
use prefix::{Prefix, Reach};
pub(crate) use running::Running;
pub(crate) use sites::Sites;
pub(crate) use verdict::Verdict;

/// Far longer than any check takes, on any machine.
const LIMIT: Duration = Duration::from_mins(1);

/// Building takes a minute or so on two cores.
const BUILD_LIMIT: Duration = Duration::from_mins(20);

/// An nginx program.
#[derive(Clone, Debug)]
pub(crate) struct Nginx {
    program: PathBuf,
}

impl Nginx {
    /// The distribution's: an old one, as most servers have.
    pub(crate) fn debian() -> Nginx {
        // An ordinary user's PATH does not lead to where Debian puts it.
        let path = env::var_os("PATH").unwrap_or_default();
        let program = env::split_paths(&path)
            .chain([PathBuf::from("/usr/sbin")])
            .map(|folder| folder.join("nginx"))
            .find(|program| program.is_file())
            .expect("no nginx in PATH or /usr/sbin: run the tests with `tests/run`, which installs it");
        Nginx { program }
    }

    /// A modern one, 1.28, built from source when that has not been done yet.
    pub(crate) fn built() -> Nginx {
        static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
        let program = PROGRAM.get_or_init(|| {
            let mut script = Command::new(repository::path("tests/nginx/build"));
            let built = bounded::run(&mut script, BUILD_LIMIT);
            assert!(built.status.success(), "{}", built.output);
            PathBuf::from(built.output.lines().last().unwrap_or_default())
        });
        Nginx { program: program.clone() }
    }

    /// Both of them, the older first.
    pub(crate) fn both() -> [Nginx; 2] {
        [Nginx::debian(), Nginx::built()]
    }

    /// Where it is.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// `1.22.1` as numbers, which compare as versions do.
    pub(crate) fn version(&self) -> [u32; 3] {
        let output = bounded::run(Command::new(&self.program).arg("-v"), LIMIT).output;
        let number = output.split("nginx/").nth(1).and_then(|rest| rest.split_whitespace().next());
        let mut parts = number.into_iter().flat_map(|number| number.split('.')).map(str::parse);
        let mut next = || parts.next()?.ok();
        match (next(), next(), next()) {
            (Some(major), Some(minor), Some(patch)) => [major, minor, patch],
            _ => panic!("{} -v printed {output:?}", self.program.display()),
        }
    }

    /// Whether text written for this version is in its language.
    pub(crate) fn speaks(&self, version: Version) -> bool {
        let [major, minor, patch] =
            self.version().map(|part| u16::try_from(part).expect("nginx counts its releases by the dozen"));
        version <= Version::new(major, minor, patch)
    }

    /// What `nginx -t` says to these site files.
    pub(crate) fn check(&self, sites: &Sites) -> Verdict {
        let prefix = Prefix::new(sites, Reach::AsGiven);
        let finished = bounded::run(self.command(prefix.path()).arg("-t"), LIMIT);
        Verdict::new(&finished, &prefix)
    }

    /// Runs these site files, on the loopback only.
    pub(crate) fn start(&self, sites: &Sites) -> Running {
        let prefix = Prefix::new(sites, Reach::Loopback);
        Running::start(&self.command(prefix.path()), prefix)
    }

    /// The program with everything it reads and writes under `prefix`.
    fn command(&self, prefix: &Path) -> Command {
        let mut command = Command::new(&self.program);
        // Without `-e` nginx opens the log it was compiled with before it has read a line.
        command.arg("-p").arg(prefix).args(["-c", "nginx.conf", "-e", "stderr"]);
        command
    }
}
