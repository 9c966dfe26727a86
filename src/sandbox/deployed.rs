//! The sandbox as what the checks meet: a deployment with stand-ins, and second nginxes that start when asked for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use super::{Instance, Sandbox};
use crate::checks::{Variant, Variants};
use crate::client::{Fault, Trust};

/// Second nginxes of a sandbox, each started once.
pub struct Seconds<'s> {
    sandbox: &'s Sandbox,
    started: Mutex<HashMap<Variant, Result<Instance, String>>>,
}

impl<'s> Seconds<'s> {
    /// None is started yet.
    pub fn of(sandbox: &'s Sandbox) -> Seconds<'s> {
        Seconds { sandbox, started: Mutex::default() }
    }
}

impl Variants for Seconds<'_> {
    fn resolve(&self, variant: Variant, name: &str, port: u16) -> Result<SocketAddr, Fault> {
        // What a panic elsewhere leaves is whole: an entry is there or not.
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let start = || self.sandbox.start_variant(variant).map_err(|error| format!("{error:#}"));
        let instance = started.entry(variant).or_insert_with(start).as_ref();
        let instance =
            instance.map_err(|why| Fault::Here(format!("no second nginx of these files: {why}")))?;
        self.sandbox.resolve_on(instance, name, port).ok_or_else(|| nobody(name, port))
    }
}

impl Sandbox {
    /// Where a client finds a port of a server; else that nobody listens there.
    ///
    /// # Errors
    /// When no server of the files has the port.
    pub fn find(&self, name: &str, port: u16) -> Result<SocketAddr, Fault> {
        self.resolve(name, port).ok_or_else(|| nobody(name, port))
    }

    /// The same over IPv6; none where the machine does not speak it.
    ///
    /// # Errors
    /// When no server of the files listens there.
    pub fn find_v6(&self, port: u16) -> Result<Option<SocketAddr>, Fault> {
        if !self.has_ipv6() {
            return Ok(None);
        }
        let nobody = || Fault::Connect(format!("no server listens on port {port} over IPv6"));
        self.resolve_v6(port).map(Some).ok_or_else(nobody)
    }

    /// Whose certificates this run's clients believe.
    ///
    /// # Errors
    /// When the run's own authority is unreadable, which is a fault of nginx-gen.
    pub fn trust(&self) -> anyhow::Result<Trust> {
        Ok(Trust::roots([self.authority.as_slice()])?)
    }
}

fn nobody(name: &str, port: u16) -> Fault {
    Fault::Connect(format!("no server listens on port {port} for `{name}`"))
}
