//! A running nginx.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tungstenite::protocol::WebSocket;

use super::prefix::Prefix;
use crate::support::client::{self, Reply, Request, Stream, Url};

/// Far longer than nginx takes to start.
const LIMIT: Duration = Duration::from_secs(30);

/// Runs a command until standard input ends, which it also does when the test is killed.
const GUARD: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
nginx=$!
{ read -r _ <&3; kill -KILL "$nginx"; } 2>/dev/null &
wait "$nginx"
"#;

/// An nginx that serves on the loopback; it and its folder are gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    guard: Child,
    prefix: Prefix,
}

impl Running {
    /// Starts a command and waits until it listens. Panics with its log when it does not.
    pub(super) fn start(command: &Command, prefix: Prefix) -> Running {
        let log = File::create(prefix.path().join("error.log")).expect("the folder takes files");
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("there is a shell");
        let mut running = Running { guard, prefix };
        running.wait_until_it_listens();
        running
    }

    /// Nginx writes its process id after it has opened its sockets.
    fn wait_until_it_listens(&mut self) {
        let deadline = Instant::now() + LIMIT;
        let pid = self.folder().join("nginx.pid");
        while !fs::read_to_string(&pid).is_ok_and(|id| id.ends_with('\n')) {
            let ended = self.guard.try_wait().expect("a child can be waited for").is_some();
            assert!(!ended, "nginx does not start:\n{}", self.log());
            assert!(Instant::now() < deadline, "nginx does not listen after {LIMIT:?}:\n{}", self.log());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// What the system knows of its process.
    pub(crate) fn process(&self) -> PathBuf {
        let id = fs::read_to_string(self.folder().join("nginx.pid")).expect("it runs");
        Path::new("/proc").join(id.trim())
    }

    /// Where everything it writes is.
    pub(crate) fn folder(&self) -> &Path {
        self.prefix.path()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.prefix.path().join("error.log")).unwrap_or_default()
    }

    /// `GET` of a URL as a user would type it, `https://api.example.com/`, whatever that name and port are.
    #[track_caller]
    pub(crate) fn get(&self, url: &str) -> Reply {
        self.send(&Request::get(url))
    }

    /// Sends a request; panics with nginx's log when there is no answer.
    #[track_caller]
    pub(crate) fn send(&self, request: &Request) -> Reply {
        self.try_send(request)
            .unwrap_or_else(|error| panic!("{request:?}: {error}; nginx says:\n{}", self.log()))
    }

    /// Sends a request.
    pub(crate) fn try_send(&self, request: &Request) -> io::Result<Reply> {
        request.send(self.address(request.url().port))
    }

    /// Opens a WebSocket; the status of the answer when that is not 101.
    #[track_caller]
    pub(crate) fn websocket(&self, url: &str) -> Result<WebSocket<Box<dyn Stream>>, u16> {
        self.websocket_by("Upgrade", url)
    }

    /// The same with this `Connection` header.
    #[track_caller]
    pub(crate) fn websocket_by(
        &self,
        connection: &str,
        url: &str,
    ) -> Result<WebSocket<Box<dyn Stream>>, u16> {
        let url = Url::parse(url);
        client::websocket(&url, self.address(url.port), connection)
    }

    /// Where it serves what its files say is on this port.
    #[track_caller]
    pub(crate) fn address(&self, port: u16) -> SocketAddr {
        let mut pairs = self.prefix.ports().pairs();
        let found = pairs.find(|&(given, _)| given == port);
        let (_, stand_in) = found.unwrap_or_else(|| panic!("no server listens on port {port}"));
        (Ipv4Addr::LOCALHOST, stand_in).into()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of its input makes the guard kill nginx and end.
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}
