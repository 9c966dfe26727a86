//! A real browser that loads a page and is asked what it made of it.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::bounded;
use crate::support::http::Head;

const LIMIT: Duration = Duration::from_mins(2);

/// The page that holds the report in a frame, measures it, and leaves the figures where `--dump-dom` finds them.
const FRAME: &str = include_str!("frame.html");

/// What the browser made of a page.
pub(super) struct Measured {
    figures: Value,
    /// What it complained about on its console.
    pub(super) console: Vec<String>,
    /// The paths it asked for, in order.
    pub(super) requests: Vec<String>,
}

impl Measured {
    /// A figure as text.
    pub(super) fn text(&self, name: &str) -> String {
        match &self.figures[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        serde_json::from_value(self.figures[name].clone()).unwrap()
    }

    /// A list of figures with names.
    pub(super) fn rows(&self, name: &str) -> Vec<BTreeMap<String, f64>> {
        serde_json::from_value(self.figures[name].clone()).unwrap()
    }
}

/// Loads a page in a window of this width.
pub(super) fn look(page: &str, width: u32, dark: bool) -> Measured {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let address = serve(page.to_owned(), width, Arc::clone(&requests));
    let profile = tempfile::tempdir().unwrap();
    let mut chromium = Command::new("chromium");
    chromium
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--disable-dev-shm-usage", "--hide-scrollbars", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size={},900", width.max(600)))
        .args(dark.then_some("--blink-settings=preferredColorScheme=0"))
        .arg(format!("http://{address}/frame"));
    let finished = bounded::run(&mut chromium, LIMIT);
    let output = &finished.output;
    let figures = output.split_once("<pre id=\"figures\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (figures, _) = figures.unwrap_or_else(|| panic!("no figures; is chromium here? {output}"));
    let figures = figures.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let requests = requests.lock().unwrap().clone();
    let console = output.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    Measured { figures: serde_json::from_str(&figures).unwrap(), console, requests }
}

/// Serves the two pages on the loopback, until the test ends, and notes what is asked for.
fn serve(page: String, width: u32, requests: Arc<Mutex<Vec<String>>>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let Ok(clone) = stream.try_clone() else { continue };
            let _ = clone.set_read_timeout(Some(Duration::from_secs(5)));
            let Ok(Some(head)) = Head::read(&mut BufReader::new(clone)) else { continue };
            let path = head.line.split(' ').nth(1).unwrap_or_default().to_owned();
            let body = match path.as_str() {
                "/frame" => FRAME.replace("WIDTH", &width.to_string()),
                "/page" => page.clone(),
                _ => String::new(),
            };
            requests.lock().unwrap().push(path);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close";
            let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        }
    });
    address
}
