//! What is checked, and where it runs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::client::{Fault, Trust};
use crate::compile::Parsed;
use crate::environment::Environment;
use crate::standin::Journal;
use crate::text::Sources;

/// All that is checked, and where it is reached.
pub struct Context<'c> {
    /// What was declared.
    pub environment: &'c Environment,
    /// What was rendered from it.
    pub files: &'c [Parsed],
    /// The table with the texts.
    pub sources: &'c Sources,
    /// Where it runs.
    pub deployment: Deployment<'c>,
}

/// Finds where a port of a name is over IPv6, if it has such an address.
pub type ResolveV6<'r> = dyn Fn(&str, u16) -> Result<Option<SocketAddr>, Fault> + Sync + 'r;

/// Where an environment runs.
pub struct Deployment<'d> {
    /// What the client calls itself: `test` or `probe`.
    pub purpose: &'static str,
    /// Where a port of a name is found, or why it is not.
    pub resolve: &'d (dyn Fn(&str, u16) -> Result<SocketAddr, Fault> + Sync),
    /// Where it is found over IPv6; none where there is no such address, and nothing can be said.
    pub resolve_v6: &'d ResolveV6<'d>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Headers of every request.
    pub headers: Vec<(String, String)>,
    /// What the stand-ins wrote down; none where real back ends answer.
    pub journal: Option<&'d Journal>,
    /// Second nginxes; none where there can be none.
    pub variants: Option<&'d dyn Variants>,
    /// Where a file is found that the rendered text names; none where nobody knows.
    pub found: Option<&'d (dyn Fn(&str) -> PathBuf + Sync)>,
    /// The access log of sites that name none.
    pub access_log: Option<PathBuf>,
    /// What nginx says of errors; none where nobody knows.
    pub error_log: Option<PathBuf>,
    /// How many streams and sockets are held open at once.
    pub connections: usize,
    /// How long an answer may take.
    pub patience: Duration,
    /// Whether one port stands for all: what is served at others is not reached.
    pub is_one_port: bool,
    /// Whether any certificate is believed.
    pub is_insecure: bool,
    /// For how many days a certificate must still be believed.
    pub min_days: u16,
}

/// Another nginx of the same files.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Variant {
    /// What the longest silences (`proxy_read_timeout` and its like) are divided by.
    pub scale: Option<u32>,
    /// Whose ports are such that nobody listens on them.
    pub gone: Gone,
}

/// Which back ends are gone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Gone {
    /// None is.
    #[default]
    Nobody,
    /// All are.
    All,
    /// The first server of each group.
    FirstOfGroups,
}

impl Variant {
    /// One that is as the main one, and that nobody else asks.
    pub const ALONE: Variant = Variant { scale: None, gone: Gone::Nobody };

    /// One whose back ends are ports that nobody listens on.
    pub const WITHOUT_BACK_ENDS: Variant = Variant { scale: None, gone: Gone::All };

    /// One where each group lacks its first server.
    pub const WITHOUT_FIRST_SERVERS: Variant = Variant { scale: None, gone: Gone::FirstOfGroups };

    /// One whose longest silences are divided by this.
    pub fn scaled(scale: u32) -> Variant {
        Variant { scale: Some(scale), gone: Gone::Nobody }
    }
}

/// Whoever can start second nginxes.
pub trait Variants: Sync {
    /// Where a port of a name is found on a variant, which is started when it is first asked for. May block.
    ///
    /// # Errors
    /// When the machine does not let it start, or no server listens there.
    fn resolve(&self, variant: Variant, name: &str, port: u16) -> Result<SocketAddr, Fault>;
}
