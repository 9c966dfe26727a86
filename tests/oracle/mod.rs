//! The real nginx, to be asked what it accepts and what it answers.
//!
//! Each has a private prefix in a temporary folder, and serves on a Unix socket in there: no port is taken, and
//! nothing is left behind. `NGINX_BINARY` names another binary; `NGINX` itself would not do,
//! since nginx takes it for a list of sockets.

#![allow(dead_code, reason = "each test asks for a part of it")]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long nginx may take to start or to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What stands in front of every configuration: all that nginx opens lies in the prefix.
const MAIN: &str = "daemon off; master_process off; pid nginx.pid; error_log stderr emerg; events {}\n";

/// The same where the configuration has its own `events`.
const BEFORE: &str = "daemon off; master_process off; pid nginx.pid; error_log stderr emerg;\n";

/// The same for `http`.
pub(crate) const HTTP: &str = "access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; \
    uwsgi_temp_path t4; scgi_temp_path t5;\n";

/// What `nginx -t` says of a main configuration: `Err` with its first line of complaint.
pub(crate) fn accepts(configuration: &str) -> Result<(), String> {
    let prefix = tempfile::tempdir().expect("a temporary folder can be made");
    write(prefix.path(), configuration);
    let output = command(prefix.path()).arg("-t").output().expect("nginx is installed");
    complaint(&output)
}

/// What `nginx -t` says of the inside of `http`.
pub(crate) fn accepts_http(http: &str) -> Result<(), String> {
    accepts(&format!("http {{ {HTTP}\n{http}\n}}"))
}

/// What `nginx -t` of this binary says of the inside of `http`, warnings too.
pub(crate) fn judge_http(binary: &Path, http: &str) -> (Result<(), String>, String) {
    let prefix = tempfile::tempdir().expect("a temporary folder can be made");
    write(prefix.path(), &format!("http {{ {HTTP}\n{http}\n}}"));
    let output = command_of(binary, prefix.path()).arg("-t").output().expect("nginx is installed");
    (complaint(&output), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What `nginx -t` of this binary says of a main configuration with its own `events`.
pub(crate) fn judge(binary: &Path, configuration: &str) -> Result<(), String> {
    let prefix = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::write(prefix.path().join("nginx.conf"), format!("{BEFORE}{configuration}"))
        .expect("the prefix can be written");
    complaint(&command_of(binary, prefix.path()).arg("-t").output().expect("nginx is installed"))
}

/// A whole configuration around the inside of `http`, as it is judged by [`judge_http`].
pub(crate) fn whole(http: &str) -> String {
    format!("{MAIN}http {{ {HTTP}\n{http}\n}}")
}

/// The nginx of the machine.
pub(crate) fn installed() -> PathBuf {
    std::env::var_os("NGINX_BINARY").unwrap_or_else(|| "/usr/sbin/nginx".into()).into()
}

fn complaint(output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(told.lines().find(|line| line.contains("[emerg]")).unwrap_or(&told).to_owned())
}

fn write(prefix: &Path, configuration: &str) {
    std::fs::write(prefix.join("nginx.conf"), format!("{MAIN}{configuration}"))
        .expect("the prefix can be written");
}

fn command(prefix: &Path) -> Command {
    command_of(&installed(), prefix)
}

fn command_of(binary: &Path, prefix: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("-e").arg("stderr").arg("-p").arg(prefix).arg("-c").arg(prefix.join("nginx.conf"));
    command
}

/// A running nginx; it ends when this is dropped.
pub(crate) struct Nginx {
    prefix: tempfile::TempDir,
    process: Child,
}

impl Nginx {
    /// Starts nginx with the inside of `http`; `SOCKET` in it stands for the path to listen on.
    pub(crate) fn start(http: &str) -> Nginx {
        Nginx::start_of(&installed(), http)
    }

    /// The same with this binary.
    pub(crate) fn start_of(binary: &Path, http: &str) -> Nginx {
        let prefix = tempfile::tempdir().expect("a temporary folder can be made");
        let http = http.replace("SOCKET", &socket(prefix.path()).display().to_string());
        write(prefix.path(), &format!("http {{ {HTTP}\n{http}\n}}"));
        let mut command = command_of(binary, prefix.path());
        let process =
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("nginx is installed");
        let mut nginx = Nginx { prefix, process };
        nginx.wait_until_it_listens();
        nginx
    }

    fn wait_until_it_listens(&mut self) {
        let start = Instant::now();
        while UnixStream::connect(socket(self.prefix.path())).is_err() {
            if self.process.try_wait().expect("nginx is a child").is_some() {
                let mut told = String::new();
                let stderr = self.process.stderr.as_mut().expect("it is piped");
                stderr.read_to_string(&mut told).expect("nginx writes text");
                panic!("nginx ended: {told}");
            }
            assert!(start.elapsed() < PATIENCE, "nginx does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends one request as it is and gives back the whole answer, head and body.
    pub(crate) fn ask(&self, request: &[u8]) -> String {
        let mut stream = UnixStream::connect(socket(self.prefix.path())).expect("nginx listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out can be set");
        stream.write_all(request).expect("nginx reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("nginx answers");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The answer to `GET` of a target from a host.
    pub(crate) fn get(&self, host: &str, target: &str) -> String {
        self.ask(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing is left to do about it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn socket(prefix: &Path) -> PathBuf {
    prefix.join("s")
}
