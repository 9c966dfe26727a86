//! The rendered files on a real nginx, apart from everything else on the machine.
//!
//! A run has a folder of its own, certificates made for it, and stand-ins where the files name back ends. In
//! namespaces ([`Isolation::Namespaces`]) the files run byte for byte as they are rendered; elsewhere addresses and
//! paths are exchanged at their places in the text, and every exchange is told.

mod certificates;
#[cfg(target_os = "linux")]
mod cover;
mod deployed;
mod files;
mod guard;
mod instance;
mod isolation;
mod judgement;
mod layout;
mod places;
mod prefix;
mod program;
mod script;
mod sockets;
mod stands;
mod verdict;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use self::certificates::Authority;
use self::layout::Plan;
use self::places::Places;
use self::script::{Script, Socket, What};
use self::sockets::{Reserved, Stand, has_ipv6};
use self::stands::Played;
use crate::checks::{Gone, Variant};
use crate::compile::Parsed;
use crate::standin::Listener;
use crate::text::Sources;

pub use deployed::Seconds;
pub use instance::Instance;
pub use isolation::{Isolation, Wanted, enter};
pub use judgement::{Faulty, Judgement};
pub use program::Program;
pub use verdict::{Message, Verdict};

/// What to run, and how.
pub struct Setup<'s> {
    /// The rendered files by name, in the order in which nginx reads them.
    pub files: &'s [Parsed],
    /// The table with their texts.
    pub sources: &'s Sources,
    /// The nginx.
    pub program: Program,
    /// How it is kept apart.
    pub isolation: Isolation,
    /// How many connections are held open at once.
    pub connections: usize,
    /// Which names each certificate that is declared has, by its path; any other has those of the servers that show it.
    pub certificates: BTreeMap<String, Vec<String>>,
    /// Paths that must stay as they are, such as the project's.
    pub keep: &'s [PathBuf],
}

/// An nginx with the rendered files, not yet started.
pub struct Sandbox {
    script: Script,
    places: Places,
    /// The certificate of the run's authority, in DER.
    authority: Vec<u8>,
    program: Program,
    isolation: Isolation,
    connections: Connections,
    /// Where the stand-in of each back end listens.
    stands: BTreeMap<String, Played>,
    main: Instance,
}

/// How many connections are held open at once.
#[derive(Clone, Copy, Debug)]
struct Connections {
    wanted: usize,
    /// As many as there may be files open.
    carried: usize,
}

impl Sandbox {
    /// Lays everything out.
    ///
    /// # Errors
    /// When the machine does not let it.
    pub fn new(setup: Setup<'_>) -> anyhow::Result<Sandbox> {
        let mut script = Script::of(setup.sources, setup.files);
        script.certificates.extend(setup.certificates);
        #[cfg(target_os = "linux")]
        if setup.isolation == Isolation::Namespaces {
            cover::bring_up(&stands::foreign_addresses(&script))?;
        }
        let main = Instance::new(&setup.program, moved(&script, &setup.isolation)?)?;
        let mut authority = Authority::new().context("no certificates can be made")?;
        let places = match setup.isolation {
            Isolation::Rewrite(_) => Places::in_prefix(main.prefix()),
            Isolation::Namespaces => Places::covering(main.prefix(), stands::paths(&script), setup.keep),
        };
        let stands = stands::of(&script, &places, &setup.isolation)?;
        stage(&setup.isolation, &script, &places, &mut authority)?;
        let authority = authority.der().to_vec();
        let Setup { program, isolation, connections: wanted, .. } = setup;
        let connections = Connections { wanted, carried: files::make_room(wanted) };
        let sandbox = Sandbox { script, places, authority, program, isolation, connections, stands, main };
        sandbox.lay_out(&sandbox.main, &|_| true)?;
        Ok(sandbox)
    }

    /// What `nginx -t` says of the files; where it refuses them, of each faulty one.
    ///
    /// # Errors
    /// When nginx cannot be run.
    pub fn judge(&self) -> anyhow::Result<Judgement> {
        judgement::judge(self)
    }

    /// Listens wherever the files name back ends. Until somebody takes the connections they wait.
    ///
    /// # Errors
    /// When an address is taken.
    pub fn back_ends(&self) -> anyhow::Result<Vec<Listener>> {
        let listen = |(address, played): (&String, &Played)| {
            let stand = &played.stand;
            let socket = match played.exchanged.as_ref() {
                Some(socket) => socket.try_clone(),
                None => stand.listen(),
            };
            let socket =
                socket.with_context(|| format!("no stand-in can listen at `{}`", stand.written()))?;
            Ok(Listener { name: address.clone(), socket })
        };
        self.stands.iter().map(listen).collect()
    }

    /// Starts nginx.
    ///
    /// # Errors
    /// With what nginx says, when it does not start.
    pub fn start(&mut self) -> anyhow::Result<()> {
        self.main.start()
    }

    /// Starts another nginx of the same files, on ports of its own.
    ///
    /// # Errors
    /// With what nginx says, when it does not start.
    pub fn start_variant(&self, variant: Variant) -> anyhow::Result<Instance> {
        let mut second = Instance::new(&self.program, all_moved(&self.script)?)?;
        let closed = second.reserve()?;
        let mut stands = self.exchanged();
        let is_gone = |address: &&String| match variant.gone {
            Gone::Nobody => false,
            Gone::All => true,
            Gone::FirstOfGroups => self.script.first_servers.contains(*address),
        };
        let gone = self.stands.keys().filter(is_gone);
        stands.extend(gone.map(|address| (address.clone(), Stand::Tcp(closed))));
        let sockets = second.moved();
        let plan = Plan {
            sockets: &sockets,
            back_ends: &stands,
            places: &self.places,
            second: Some(second.prefix()),
            scale: variant.scale,
        };
        let texts = plan.texts(&self.script);
        prefix::lay_out(
            second.prefix(),
            &texts,
            self.connections.carried,
            &self.script.defaults(variant.scale),
        )?;
        second.start()?;
        Ok(second)
    }

    /// Where a client finds a port of a server of the main nginx.
    pub fn resolve(&self, name: &str, port: u16) -> Option<SocketAddr> {
        self.main.resolve(&self.script, name, port)
    }

    /// Where a client finds the port over IPv6, of whichever server; none where no server listens there.
    pub fn resolve_v6(&self, port: u16) -> Option<SocketAddr> {
        self.main.resolve_v6(&self.script, port)
    }

    /// Whether this machine speaks IPv6.
    pub fn has_ipv6(&self) -> bool {
        has_ipv6()
    }

    /// Where a client finds it on another one.
    pub fn resolve_on(&self, instance: &Instance, name: &str, port: u16) -> Option<SocketAddr> {
        instance.resolve(&self.script, name, port)
    }

    /// The nginx that runs the files as they are.
    pub fn main(&self) -> &Instance {
        &self.main
    }

    /// How many connections may be held open at once: as many as are asked for, or as the machine allows.
    pub fn connections(&self) -> usize {
        self.connections.carried
    }

    /// Where a file is found that the rendered text names.
    pub fn found(&self, path: &str) -> PathBuf {
        self.places.found(path)
    }

    /// How the run is kept apart.
    pub fn isolation(&self) -> &Isolation {
        &self.isolation
    }

    /// What is not as it was rendered, a sentence each.
    pub fn changes(&self) -> Vec<String> {
        let (sockets, stands) = (self.main.moved(), self.exchanged());
        let mut told = self.plan(&sockets, &stands).changes(&self.script);
        let as_rendered = self.stands.iter().filter(|(_, played)| played.exchanged.is_none());
        told.extend(
            as_rendered.map(|(address, _)| format!("the back end `{address}` is played by a stand-in")),
        );
        let Connections { wanted, carried } = self.connections;
        if carried < wanted {
            told.push(format!(
                "{carried} connections are held at once, not {wanted}: more files may not be open (`ulimit -Hn`)"
            ));
        }
        told
    }

    /// The stand-ins that the files do not lead to as they are.
    fn exchanged(&self) -> BTreeMap<String, Stand> {
        let exchanged = self.stands.iter().filter(|(_, played)| played.exchanged.is_some());
        exchanged.map(|(address, played)| (address.clone(), played.stand.clone())).collect()
    }

    fn plan<'p>(
        &'p self,
        sockets: &'p BTreeMap<Socket, SocketAddr>,
        back_ends: &'p BTreeMap<String, Stand>,
    ) -> Plan<'p> {
        Plan { sockets, back_ends, places: &self.places, second: None, scale: None }
    }

    /// Writes the files that are wanted into an instance's folder.
    fn lay_out(&self, instance: &Instance, is_wanted: &dyn Fn(&str) -> bool) -> anyhow::Result<()> {
        self.lay_out_in(instance.prefix(), is_wanted)
    }

    fn lay_out_in(&self, folder: &Path, is_wanted: &dyn Fn(&str) -> bool) -> anyhow::Result<()> {
        let (sockets, stands) = (self.main.moved(), self.exchanged());
        let mut texts = self.plan(&sockets, &stands).texts(&self.script);
        texts.retain(|(name, _)| is_wanted(name));
        prefix::lay_out(folder, &texts, self.connections.carried, "")
    }
}

/// The sockets that are served elsewhere: all of them; in namespaces those that the machine does not know.
fn moved(script: &Script, isolation: &Isolation) -> std::io::Result<BTreeMap<Socket, Reserved>> {
    match isolation {
        Isolation::Rewrite(_) => all_moved(script),
        Isolation::Namespaces if has_ipv6() => Ok(BTreeMap::new()),
        Isolation::Namespaces => {
            let mut moved = all_moved(script)?;
            moved.retain(|socket, _| matches!(socket, Socket::Ip(SocketAddr::V6(_))));
            Ok(moved)
        }
    }
}

/// A free port for every socket.
fn all_moved(script: &Script) -> std::io::Result<BTreeMap<Socket, Reserved>> {
    let any = Socket::Ip(([0, 0, 0, 0], 80).into());
    let mut moved = BTreeMap::new();
    for spot in script.spots() {
        let socket = match &spot.what {
            What::Listen(socket) => socket,
            What::NoListen => &any,
            _ => continue,
        };
        if !moved.contains_key(socket) {
            moved.insert(socket.clone(), Reserved::like(socket)?);
        }
    }
    Ok(moved)
}

/// Makes what the files name, where it is found by nginx.
fn stage(
    isolation: &Isolation,
    script: &Script,
    places: &Places,
    authority: &mut Authority,
) -> anyhow::Result<()> {
    let is_inside = *isolation == Isolation::Namespaces;
    #[cfg(target_os = "linux")]
    if is_inside {
        cover::prepare(places)?;
    }
    prefix::stock(script, places, authority)?;
    #[cfg(target_os = "linux")]
    if is_inside {
        if let Some(hosts) = stands::hosts(script) {
            places.write(stands::HOSTS, hosts.as_bytes())?;
        }
        cover::cover(places)?;
    }
    Ok(())
}
