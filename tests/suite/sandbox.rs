//! `nginx-gen test` as a guest of the machine: what it leaves alone, and that nothing of it stays.

mod apart;
mod asked;
mod by_socket;
mod ended;
mod given;
mod in_clear;
mod refused;
mod wrapped;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process, test_kill_process};

use crate::support::command::{Project, nginx_gen};

/// Far longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(30);

/// The ways of isolation this machine has; that it lacks one is said by the command itself.
fn isolations() -> Vec<&'static str> {
    let project = project(1);
    let said = nginx_gen(&project).args(["test", "many", "--isolation", "namespaces"]).said();
    if said.contains("namespaces cannot be had here: ") {
        let auto = nginx_gen(&project).args(["test", "many"]).said();
        assert!(auto.contains("ports, back ends and paths are exchanged: "), "{auto}");
        return vec!["rewrite"];
    }
    vec!["namespaces", "rewrite"]
}

/// So many sites with TLS.
fn project(sites: usize) -> Project {
    let project = Project::empty();
    let mut text = String::from(
        "nginx_version: \"1.22\"\nprofile: recommended\ntls: { certificates: letsencrypt }\n\
         services: { app: { locations: [{ path: /, type: http }] } }\nsites:\n",
    );
    for number in 0..sites {
        let port = 9000 + number;
        writeln!(text, "  - {{ server_name: s{number}.example.org, service: app, upstream: {port} }}")
            .unwrap();
    }
    project.write("environments/many.yaml", &text);
    project
}

/// A run that goes on, with everything it makes in a folder of this test's.
struct Started {
    child: Child,
    folder: tempfile::TempDir,
    /// What it says on standard error.
    said: PathBuf,
}

impl Started {
    fn new(project: &Project, isolation: &str) -> Started {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_nginx-gen"))
            .args(["test", "many", "--isolation", isolation])
            .current_dir(project.path(""))
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .stderr(fs::File::create(project.path("said")).unwrap())
            .spawn()
            .unwrap();
        Started { child, folder, said: project.path("said") }
    }

    /// The folder of its nginx, once that runs, and nginx's process.
    fn nginx(&mut self) -> (PathBuf, Pid) {
        let started = Instant::now();
        loop {
            assert!(started.elapsed() < LIMIT, "nginx does not start");
            let folders =
                fs::read_dir(self.folder.path()).unwrap().filter_map(|entry| Some(entry.ok()?.path()));
            for folder in folders {
                let id = fs::read_to_string(folder.join("written/nginx.pid")).unwrap_or_default();
                if let Some(id) = id.strip_suffix('\n').and_then(|id| Pid::from_raw(id.parse().ok()?)) {
                    return (folder, id);
                }
            }
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "it ended before anybody looked: {}",
                fs::read_to_string(&self.said).unwrap()
            );
        }
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(self.folder.path()).unwrap().next().is_none()
    }
}

/// Waits until something holds.
fn soon(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < LIMIT, "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_is_left_of_a_run_that_is_killed() {
    let project = project(60);
    for isolation in isolations() {
        for signal in [Signal::INT, Signal::TERM, Signal::KILL] {
            let mut run = Started::new(&project, isolation);
            let (_, nginx) = run.nginx();
            kill_process(Pid::from_child(&run.child), signal).unwrap();
            run.child.wait().unwrap();
            soon("nginx runs on", || test_kill_process(nginx).is_err());
            soon("its folder is left", || run.is_empty());
        }
    }
}

#[test]
fn a_run_may_be_killed_at_any_moment() {
    let project = project(3);
    for isolation in isolations() {
        for milliseconds in (0..300).step_by(20) {
            let mut run = Started::new(&project, isolation);
            thread::sleep(Duration::from_millis(milliseconds));
            // It may have ended.
            let _ = run.child.kill();
            run.child.wait().unwrap();
            soon("a folder is left", || run.is_empty());
        }
    }
}

#[test]
fn nginx_reads_what_render_prints() {
    let project = project(60);
    nginx_gen(&project).args(["render", "many", "-o", "rendered"]).assert().success();
    for isolation in isolations() {
        let mut run = Started::new(&project, isolation);
        let (folder, _) = run.nginx();
        for name in project.names("rendered") {
            let read = fs::read_to_string(folder.join("sites").join(&name)).unwrap();
            let rendered = project.read(&format!("rendered/{name}"));
            if isolation == "namespaces" {
                assert!(read == rendered, "{name} is not as rendered");
            } else {
                assert!(read != rendered && shape(&read) == shape(&rendered), "{name}: {read}");
            }
        }
        assert!(run.child.wait().unwrap().success());
        assert!(run.is_empty());
    }
}

/// A text without what rewriting may exchange: the values of these directives.
fn shape(text: &str) -> Vec<&str> {
    let exchanged = ["listen", "proxy_pass", "ssl_certificate", "ssl_certificate_key", "root"];
    text.lines()
        .map(|line| {
            let name = line.split_whitespace().next().unwrap_or_default();
            if exchanged.contains(&name) { name } else { line }
        })
        .collect()
}

#[test]
fn two_runs_at_once_do_not_meet() {
    let project = project(5);
    for isolation in isolations() {
        let mut runs = [Started::new(&project, isolation), Started::new(&project, isolation)];
        for run in &mut runs {
            assert!(run.child.wait().unwrap().success());
            assert!(run.is_empty());
        }
    }
}

#[test]
fn an_ordinary_user_needs_no_more() {
    let project = project(2);
    let program = project.path("nginx-gen");
    fs::copy(env!("CARGO_BIN_EXE_nginx-gen"), &program).unwrap();
    open_to_all(&project.path(""));
    let folder = tempfile::tempdir().unwrap();
    open_to_all(folder.path());
    for isolation in ["auto", "rewrite"] {
        // Root's own rights are given up; anybody else has none.
        let mut command = if geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        command.args(["test", "many", "--isolation", isolation]);
        let output = command.current_dir(project.path("")).env("TMPDIR", folder.path()).output().unwrap();
        assert!(output.status.success(), "{isolation}: {output:?}");
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
    }
}

fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
}

#[test]
fn faulty_files_are_named_one_by_one() {
    let project = project(3);
    let text = project.read("environments/many.yaml");
    let text = text.replace("upstream: 9001 }", "upstream: 9001, directives: [\"include /no/such/file;\"] }");
    let text = text.replace("upstream: 9002 }", "upstream: 9002, directives: [\"limit_conn nobody 1;\"] }");
    project.write("environments/many.yaml", &text);
    let said = nginx_gen(&project).args(["test", "many"]).said();
    for part in [
        "nginx says: open() \"/no/such/file\" failed (2: No such file or directory)",
        "from this raw line",
        "nginx says: zero size shared memory zone \"nobody\"",
        "nginx refuses the files, so no route was checked; it accepts the rest without `s1.example.org` and `s2.example.org`",
        "exit status: 1",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn what_cannot_run_says_so() {
    let project = project(1);
    let said = |args: &[&str]| nginx_gen(&project).args(["test"]).args(args.iter().copied()).said();
    let missing = said(&["many", "--nginx", "/no/such/nginx"]);
    assert!(
        missing.contains("error: `/no/such/nginx` cannot be run: ") && missing.ends_with("exit status: 2"),
        "{missing}"
    );
    let other = said(&["many", "--nginx", "/bin/true"]);
    assert!(other.contains("does not tell a version, so it is no nginx"), "{other}");
    project.write("environments/local.yaml", "nginx: none\nservices: { a: { locations: [{ path: /, type: http }] } }\nsites: [{ service: a, upstream: 8080 }]\n");
    let none = said(&["local"]);
    assert!(none.contains("environment `local` has no nginx") && none.ends_with("exit status: 2"), "{none}");
}
