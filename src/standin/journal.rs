//! What reached the stand-ins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// What each request looked like when it reached a stand-in, by the nonce of its order. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Journal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    records: Mutex<HashMap<String, Record>>,
    changes: watch::Sender<u64>,
}

/// One request as it reached a stand-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// The name of the stand-in, its address as the environment writes it.
    pub stand_in: String,
    /// How many times it came: of all of them the last one is told here.
    pub times: u32,
    /// Which of all connections it came by.
    pub connection: u64,
    /// `GET`, `POST` …
    pub method: String,
    /// Path and arguments.
    pub target: String,
    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`.
    pub version: String,
    /// Its headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// How long its body was; none while it still arrives.
    pub body: Option<u64>,
    /// When each event, message or answer was handed to the connection.
    pub sent: Vec<Instant>,
    /// How many of these the client says that it has.
    pub arrived: usize,
    /// When the client was found to be gone before all was sent.
    pub left: Option<Instant>,
    /// The code a WebSocket client closed with.
    pub close_code: Option<u16>,
    /// Whether a WebSocket ended without a goodbye.
    pub cut: bool,
}

impl Record {
    /// A header by its name in lower case; the first one when there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

impl Default for Journal {
    fn default() -> Journal {
        Journal(Arc::new(Inner { records: Mutex::default(), changes: watch::Sender::new(0) }))
    }
}

impl Journal {
    /// An empty journal.
    pub fn new() -> Journal {
        Journal::default()
    }

    /// What is known of a request now.
    pub fn get(&self, nonce: &str) -> Option<Record> {
        self.records().get(nonce).cloned()
    }

    /// Waits until a request's record is as wanted; what is known of it when that takes longer than `deadline`.
    pub async fn wait(
        &self,
        nonce: &str,
        deadline: Duration,
        wanted: impl Fn(&Record) -> bool,
    ) -> Option<Record> {
        let mut changes = self.0.changes.subscribe();
        let waited = tokio::time::timeout(deadline, async {
            loop {
                if let Some(record) = self.get(nonce).filter(|record| wanted(record)) {
                    return Some(record);
                }
                changes.changed().await.ok()?;
            }
        });
        waited.await.ok().flatten().or_else(|| self.get(nonce))
    }

    pub(super) fn begin(&self, nonce: &str, record: Record) {
        let mut records = self.records();
        let before = records.get(nonce).map_or(0, |before| before.times);
        records.insert(nonce.to_owned(), Record { times: before + 1, ..record });
        drop(records);
        self.tell();
    }

    /// Changes the record of a request, if there is one.
    pub fn note(&self, nonce: &str, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.records().get_mut(nonce) {
            change(record);
        }
        self.tell();
    }

    fn tell(&self) {
        self.0.changes.send_modify(|count| *count += 1);
    }

    /// A record is never left half written, whatever panics elsewhere.
    fn records(&self) -> MutexGuard<'_, HashMap<String, Record>> {
        self.0.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
