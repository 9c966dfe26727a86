//! How late this program is: what is timed on a busy machine is judged with that in mind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// How often it is looked at.
const TICK: Duration = Duration::from_millis(20);

/// Watches how late a task is that wants to run at every tick, until this is dropped.
#[derive(Debug)]
pub(super) struct Lag {
    /// The most since it was asked for, in microseconds.
    most: Arc<AtomicU64>,
    watching: JoinHandle<()>,
}

impl Lag {
    /// Begins to watch.
    pub(super) fn watch() -> Lag {
        let most = Arc::new(AtomicU64::new(0));
        let own = most.clone();
        let watching = tokio::spawn(async move {
            loop {
                let due = Instant::now() + TICK;
                tokio::time::sleep_until(due.into()).await;
                let late = u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX);
                own.fetch_max(late, Ordering::Relaxed);
            }
        });
        Lag { most, watching }
    }

    /// The most that it was late since this was asked for before.
    pub(super) fn take(&self) -> Duration {
        Duration::from_micros(self.most.swap(0, Ordering::Relaxed))
    }
}

impl Drop for Lag {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Lag;

    #[tokio::test]
    async fn what_holds_a_thread_up_is_seen_once() {
        let lag = Lag::watch();
        tokio::time::sleep(Duration::from_millis(50)).await;
        std::thread::sleep(Duration::from_millis(300));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(lag.take() > Duration::from_millis(200));
        assert!(lag.take() < Duration::from_millis(200));
    }
}
