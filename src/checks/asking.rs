//! How a check reaches its route: connections, requests, and orders to the stand-in behind it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::error_log::marking;
use super::{Case, Miss, Seen, Transport, Variant};
use crate::client::{Connection, Endpoint, Fault, Reply, Request, Session, Tls, connect, user_agent};
use crate::standin::{ORDER, Work};

/// How much longer than the plainest exchange any other may take.
const SLOWER: u32 = 40;

/// No exchange is waited for any longer.
const LONGEST: Duration = Duration::from_secs(20);

/// What a stand-in is told, and the name by which the request is found in the journal.
#[derive(Clone, Debug)]
pub struct Order {
    /// The name.
    pub nonce: String,
    header: String,
}

impl Order {
    /// An order with a name that no other has.
    pub fn new(work: Work) -> Order {
        Order::holding(work, Duration::ZERO)
    }

    /// One of pieces that wait for so long for those before them to arrive.
    pub fn holding(work: Work, hold: Duration) -> Order {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let nonce = format!("{:x}", COUNT.fetch_add(1, Ordering::Relaxed));
        let header = crate::standin::Order { nonce: nonce.clone(), work, hold }.to_string();
        Order { nonce, header }
    }

    /// The header that carries it.
    pub fn header(&self) -> (String, String) {
        (ORDER.to_owned(), self.header.clone())
    }
}

impl Case<'_> {
    /// A `GET` of a path, as this deployment's client.
    pub fn get(&self, transport: Transport, target: &str) -> Request {
        let agent = user_agent(self.deployment().purpose);
        let mut request = Request::get(self.authority(transport), target).header("User-Agent", agent);
        request.headers.extend(self.deployment().headers.iter().cloned());
        request.headers.extend(marking(self, transport));
        request
    }

    /// The same, with an order to the stand-in.
    pub fn ordered(&self, transport: Transport, target: &str, order: &Order) -> Request {
        let mut request = self.get(transport, target);
        request.headers.push(order.header());
        request
    }

    /// Connects to the site.
    ///
    /// # Errors
    /// When that fails.
    pub async fn connect(&self, transport: Transport) -> Result<Connection, Fault> {
        self.connect_to(None, transport).await
    }

    /// Connects to the site on the main nginx, or on a variant.
    ///
    /// # Errors
    /// When that fails, or the variant does not start.
    ///
    /// # Panics
    /// With a variant in a check that does not say that it needs them.
    pub async fn connect_to(
        &self,
        variant: Option<Variant>,
        transport: Transport,
    ) -> Result<Connection, Fault> {
        let tls = transport.tls(&self.deployment().trust);
        let Some(variant) = variant else {
            return self.connect_as(self.site().name(), transport, tls).await;
        };
        let (name, port) = (self.site().name(), self.port(transport));
        let variants = self.deployment().variants.expect("the check says that it needs variants");
        let address = tokio::task::block_in_place(|| variants.resolve(variant, name, port))?;
        connect(&Endpoint { address, name: name.to_owned(), tls }, self.patience()).await
    }

    /// Connects as a client that asks for a name, and speaks this TLS, or none. A name of the site is resolved; any
    /// other is asked for where the site is.
    ///
    /// # Errors
    /// When that fails.
    pub async fn connect_as(
        &self,
        name: &str,
        transport: Transport,
        tls: Option<Tls>,
    ) -> Result<Connection, Fault> {
        let is_own = self.site().has_name(name);
        let host = if is_own { name } else { self.site().name() };
        let address = self.address_of(host, transport)?;
        connect(&Endpoint { address, name: name.to_owned(), tls }, self.patience()).await
    }

    /// Where a host's port of a way is.
    ///
    /// # Errors
    /// With the reason, where that is not known.
    pub fn address_of(&self, host: &str, transport: Transport) -> Result<SocketAddr, Fault> {
        (self.deployment().resolve)(host, self.port(transport))
    }

    /// Asks the site's port of clear HTTP for a path of any name. The session is to be kept while the body is read.
    ///
    /// # Errors
    /// When that fails, or where that port is not reached.
    pub async fn ask_clear(&self, name: &str, target: &str) -> Seen<(Session, Reply)> {
        if self.deployment().is_one_port && self.site().tls.is_some() {
            let reason =
                "`--connect` names one port, which is that of HTTPS: without a port both are reached";
            return Err(Miss::unknown(reason));
        }
        let connection = self.connect_as(name, Transport::Clear, None).await?;
        let mut session = Session::open(connection, Transport::Clear.version(), self.patience()).await?;
        let authority = self.authority_of(name, Transport::Clear);
        let mut request = Request { authority, ..self.get(Transport::Clear, target) };
        // Tokens are for the site alone, and not for everybody on the way.
        request.headers.retain(|header| !self.deployment().headers.contains(header));
        let reply = session.send(&request, self.patience()).await?;
        Ok((session, reply))
    }

    /// Opens HTTP to the site.
    ///
    /// # Errors
    /// When that fails.
    pub async fn session(&self, transport: Transport) -> Result<Session, Fault> {
        self.session_on(None, transport).await
    }

    /// Opens HTTP to the site on the main nginx, or on a variant.
    ///
    /// # Errors
    /// When that fails.
    pub async fn session_on(&self, variant: Option<Variant>, transport: Transport) -> Result<Session, Fault> {
        let connection = self.connect_to(variant, transport).await?;
        Session::open(connection, transport.version(), self.patience()).await
    }

    /// Connects, sends one request, and waits for the head of its answer. The session is to be kept while the body is
    /// read.
    ///
    /// # Errors
    /// When any of that fails.
    pub async fn ask(&self, transport: Transport, request: &Request) -> Result<(Session, Reply), Fault> {
        let mut session = self.session(transport).await?;
        let reply = session.send(request, self.patience()).await?;
        Ok((session, reply))
    }

    /// What takes so long on a machine that has nothing else to do, it may take now. A busy one is known by how long the
    /// plainest exchange takes: a connection, and a request that nginx refuses before it looks for a location.
    pub async fn bound(&self, transport: Transport, usual: Duration) -> Duration {
        let since = Instant::now();
        let refused = Request { method: "TRACE", ..self.get(transport, "/") };
        // Where nothing comes at all it is told of what is asked for then.
        let _ = self.ask(transport, &refused).await;
        usual.max(since.elapsed() * SLOWER).min(LONGEST)
    }

    /// Gets a path as it is, with its body to the end, of which at most `limit` bytes are kept.
    ///
    /// # Errors
    /// When any of that fails.
    pub async fn fetch(
        &self,
        transport: Transport,
        target: &str,
        limit: usize,
    ) -> Result<(Reply, Vec<u8>), Fault> {
        let (_session, mut reply) = self.ask(transport, &self.get(transport, target)).await?;
        let body = reply.bytes(limit, self.patience()).await?;
        Ok((reply, body))
    }
}
