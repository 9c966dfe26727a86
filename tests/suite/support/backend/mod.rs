//! Stand-in back ends: what nginx passes requests to.

mod drop;
mod echo;
mod events;
mod websocket;

use std::io::{self, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use std::sync::Mutex;

pub(crate) use events::Events;

/// More connections than any test opens; beyond it they are closed at once.
const MOST_CONNECTIONS: usize = 64;

/// How long a connection may be idle: no test takes that long.
const IDLE: Duration = Duration::from_secs(30);

/// A server on a free port of the loopback; it stops taking connections when dropped.
#[derive(Debug)]
pub(crate) struct Backend {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
    sent: Arc<Mutex<Vec<Instant>>>,
}

/// The two ends of one connection: what comes, and where answers go.
struct Connection {
    from: BufReader<TcpStream>,
    to: TcpStream,
}

impl Backend {
    /// Answers each request with its own head and body as text.
    pub(crate) fn echo() -> Backend {
        Backend::start(Arc::default(), echo::serve)
    }

    /// Answers each request with a stream of events.
    pub(crate) fn events(events: Events) -> Backend {
        let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let record = Arc::clone(&sent);
        Backend::start(sent, move |connection| events::serve(&events, connection, &record))
    }

    /// Accepts upgrades to WebSocket and sends each message back; refuses all else with 426, but for `/auth`, whose
    /// every client it welcomes.
    pub(crate) fn websocket() -> Backend {
        Backend::start(Arc::default(), websocket::serve)
    }

    /// Takes each request and closes the connection; [`Backend::sent`] is when it took them.
    pub(crate) fn dropping() -> Backend {
        let taken: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let record = Arc::clone(&taken);
        Backend::start(taken, move |connection| drop::serve(connection, &record))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// When each event so far was sent.
    pub(crate) fn sent(&self) -> Vec<Instant> {
        self.sent.lock().expect("nobody panics while holding it").clone()
    }

    fn start(
        sent: Arc<Mutex<Vec<Instant>>>,
        serve: impl Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static,
    ) -> Backend {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let accepting = thread::spawn(move || accept(&listener, &stop, &Arc::new(serve)));
        Backend { address, stopped, accepting: Some(accepting), sent }
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread; if that fails it has ended already.
        let _ = TcpStream::connect(self.address);
        let _ = self.accepting.take().map(JoinHandle::join);
    }
}

/// Serves each connection in a thread of its own, until told to stop.
fn accept<S>(listener: &TcpListener, stopped: &AtomicBool, serve: &Arc<S>)
where
    S: Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static,
{
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        if stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if open.fetch_add(1, Ordering::SeqCst) >= MOST_CONNECTIONS {
            open.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let (serve, open) = (Arc::clone(serve), Arc::clone(&open));
        thread::spawn(move || {
            // A client that goes away in the middle is no fault of the back end.
            let _ = Connection::new(stream).and_then(|mut connection| serve(&mut connection));
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

impl Connection {
    fn new(stream: TcpStream) -> io::Result<Connection> {
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_write_timeout(Some(IDLE))?;
        stream.set_nodelay(true)?;
        Ok(Connection { from: BufReader::new(stream.try_clone()?), to: stream })
    }
}
