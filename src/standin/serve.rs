//! The sockets of stand-ins, and what happens on each.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::{JoinHandle, JoinSet};

use super::answer::{Desk, answer};
use super::journal::Journal;

/// A socket that is bound already, by whoever knows where it must be.
#[derive(Debug)]
pub enum Socket {
    /// TCP.
    Tcp(std::net::TcpListener),
    /// A Unix socket.
    Unix(std::os::unix::net::UnixListener),
}

impl Socket {
    /// Another handle of the same socket.
    ///
    /// # Errors
    /// When the system has none left.
    pub fn try_clone(&self) -> io::Result<Socket> {
        Ok(match self {
            Socket::Tcp(socket) => Socket::Tcp(socket.try_clone()?),
            Socket::Unix(socket) => Socket::Unix(socket.try_clone()?),
        })
    }
}

/// A socket with the name its requests are written down under.
#[derive(Debug)]
pub struct Listener {
    /// The address as the environment writes it, `127.0.0.1:8080` or `unix:/run/app.sock`.
    pub name: String,
    /// The socket.
    pub socket: Socket,
}

/// Stand-ins at work; they stop, and close every connection, when this is dropped.
#[derive(Debug)]
pub struct StandIns(Vec<JoinHandle<()>>);

impl Listener {
    /// Binds a TCP address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub fn tcp(name: impl Into<String>, address: SocketAddr) -> io::Result<Listener> {
        let socket = std::net::TcpListener::bind(address)?;
        Ok(Listener { name: name.into(), socket: Socket::Tcp(socket) })
    }

    /// The address it is bound to; none for a Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.socket {
            Socket::Tcp(socket) => socket.local_addr().ok(),
            Socket::Unix(_) => None,
        }
    }
}

impl StandIns {
    /// Answers on these sockets, on the runtime this is called in.
    ///
    /// # Errors
    /// When a socket cannot be served asynchronously.
    pub fn serve(listeners: Vec<Listener>, journal: &Journal) -> io::Result<StandIns> {
        let mut tasks = StandIns(Vec::new());
        for Listener { name, socket } in listeners {
            let desk = Arc::new(Desk { name, journal: journal.clone() });
            tasks.0.push(match socket {
                Socket::Tcp(socket) => {
                    socket.set_nonblocking(true)?;
                    let socket = TcpListener::from_std(socket)?;
                    tokio::spawn(accept(desk, async move || {
                        let (stream, _) = socket.accept().await?;
                        stream.set_nodelay(true)?;
                        Ok(stream)
                    }))
                }
                Socket::Unix(socket) => {
                    socket.set_nonblocking(true)?;
                    let socket = UnixListener::from_std(socket)?;
                    tokio::spawn(accept(desk, async move || Ok(socket.accept().await?.0)))
                }
            });
        }
        Ok(tasks)
    }
}

impl Drop for StandIns {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

/// Accepts until the task is aborted; the connections end with it.
async fn accept<S>(desk: Arc<Desk>, next: impl AsyncFn() -> io::Result<S>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match next().await {
            Ok(stream) => drop(connections.spawn(converse(stream, desk.clone()))),
            // Out of handles: connections that end give some back.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
}

/// A connection that is to break.
#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken off as ordered")
    }
}

impl std::error::Error for Broken {}

async fn converse<S>(stream: S, desk: Arc<Desk>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let connection = COUNT.fetch_add(1, Ordering::Relaxed);
    let service = service_fn(move |request| {
        let desk = desk.clone();
        async move { answer(&desk, connection, request).await.ok_or(Broken) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    // A peer that goes away or talks nonsense ends its connection, and no other.
    drop(builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await);
}
