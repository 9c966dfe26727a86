//! `nginx-gen lint` against `nginx -t` and gixy-ng on the same sites, and the parser alone. `cargo bench --bench lint`
//!
//! Each site is a copy of the guide's file of the API under a name of its own; once more with a port and a time-out of its
//! own, since servers that are alike are looked at once. nginx reads them without their lines of
//! TLS, since it would look for certificates. They are held to the nginx they were written for and to the newest, which
//! is what `lint` does unless it is told, and which has more to say of them. Ratios are what counts; each time is the best
//! of several runs.

#![allow(clippy::disallowed_macros, reason = "a benchmark prints its figures")]

mod bench;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bench::{best, python, timed};
use nginx_gen::nginx::parser::parse;
use nginx_gen::nginx::version::Version;
use nginx_gen::text::Sources;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let gixy = python("lint", &["gixy-ng==0.2.59"]).join("gixy");
    parse_alone();
    println!(
        "{:>7}  {:>6}  {:>6}  {:>18}  {:>18}  {:>18}  {:>7}  {:>10}  {:>7}",
        "sites",
        "which",
        "target",
        "lint, a folder",
        "lint, one tree",
        "nginx -t",
        "ratio",
        "gixy-ng",
        "ratio"
    );
    for (count, kind) in
        [(100, Kind::Alike), (1_000, Kind::Alike), (10_000, Kind::Alike), (10_000, Kind::Unlike)]
    {
        let sites = Sites::write(&folder.path().join(format!("{count}-{}", kind.name())), count, kind);
        let nginx = sites.nginx();
        // It takes minutes for 10,000.
        let peer = (count <= 1_000).then(|| timed(|| _ = ended(Command::new(&gixy).arg(&sites.main))));
        for target in [Version::branch(1, 22), Version::NEWEST] {
            let in_folder = lint(&sites.folder, target);
            let tree = lint(&sites.main, target);
            let ratio =
                |theirs: Duration| format!("1 / {:.0}", theirs.as_secs_f64() / tree.time.as_secs_f64());
            println!(
                "{count:>7}  {:>6}  {:>6}  {:>18}  {:>18}  {:>18}  {:>7}  {:>10}  {:>7}",
                kind.name(),
                target.to_string(),
                in_folder.to_string(),
                tree.to_string(),
                nginx.to_string(),
                ratio(nginx.time),
                peer.map_or_else(String::new, |time| format!("{} ms", time.as_millis())),
                peer.map_or_else(String::new, ratio),
            );
        }
    }
}

/// The parser on one core, over a text as long as that of 10,000 sites.
fn parse_alone() {
    let text = guide().repeat(10_000);
    let file = Sources::new().reserve();
    let time = best(|| {
        timed(|| {
            std::hint::black_box(parse(file, &text));
        })
    });
    let megabytes = text.len() / 1_000_000;
    let per_second = text.len() as u128 / time.as_micros().max(1);
    println!("parser: {megabytes} MB at {per_second} MB/s");
}

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guide/api.petties.world.conf");
    fs::read_to_string(path).expect("the guide's file is there")
}

/// What sites have in common.
#[derive(Clone, Copy)]
enum Kind {
    /// All but their names.
    Alike,
    /// No two have a location in common: each has a port and a time-out of its own.
    Unlike,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Alike => "alike",
            Kind::Unlike => "unlike",
        }
    }

    /// The text of one of the sites.
    fn site(self, text: &str, number: usize) -> String {
        let named = text.replace("api.petties.world", &format!("api{number}.petties.world"));
        match self {
            Kind::Alike => named,
            Kind::Unlike => named
                .replace("127.0.0.1:8080", &format!("127.0.0.1:{}", 1024 + number))
                .replace("300s", &format!("{}s", 300 + number)),
        }
    }
}

/// So many sites on disk.
struct Sites {
    folder: PathBuf,
    main: PathBuf,
    main_in_clear: PathBuf,
}

impl Sites {
    fn write(folder: &Path, count: usize, kind: Kind) -> Sites {
        let text = guide();
        let mut clear = String::new();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("ssl_")) {
            writeln!(clear, "{}", line.replace("443 ssl http2", "443")).expect("a text takes all");
        }
        for (name, text) in [("tls", &text), ("clear", &clear)] {
            let sites = folder.join(name);
            fs::create_dir_all(&sites).expect("the folder can be made");
            for site in 0..count {
                fs::write(sites.join(format!("{site}.conf")), kind.site(text, site))
                    .expect("the file can be written");
            }
            let main = format!(
                "error_log /dev/null;\npid {0}/pid;\nevents {{}}\nhttp {{\n    server_names_hash_max_size 65536;\n    \
                 server_names_hash_bucket_size 128;\n    access_log off;\n    include {0}/{name}/*.conf;\n}}\n",
                folder.display()
            );
            fs::write(folder.join(format!("{name}.conf")), main).expect("the file can be written");
        }
        Sites {
            folder: folder.join("tls"),
            main: folder.join("tls.conf"),
            main_in_clear: folder.join("clear.conf"),
        }
    }

    fn nginx(&self) -> Cost {
        Cost::of(|| {
            let mut nginx = Command::new("nginx");
            nginx
                .arg("-t")
                .arg("-c")
                .arg(&self.main_in_clear)
                .arg("-p")
                .arg(self.main_in_clear.parent().unwrap());
            nginx
        })
    }
}

fn lint(path: &Path, target: Version) -> Cost {
    Cost::of(|| {
        let mut lint = Command::new(env!("CARGO_BIN_EXE_nginx-gen"));
        lint.args(["lint", "--nginx-version", &target.to_string()]).arg(path);
        lint
    })
}

/// What a program took.
struct Cost {
    time: Duration,
    /// In MiB.
    memory: u64,
}

impl Cost {
    /// The best time of several runs, and the most memory.
    fn of(command: impl Fn() -> Command) -> Cost {
        let mut memory = 0;
        let time = best(|| timed(|| memory = memory.max(ended(&mut command()))));
        Cost { time, memory }
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ms, {} MiB", self.time.as_millis(), self.memory)
    }
}

/// Runs a program to its end, whatever that is; the most memory it was seen to hold, in MiB.
fn ended(command: &mut Command) -> u64 {
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program is there");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().expect("it is our child").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak =
            text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse().ok());
        most = most.max(peak.unwrap_or(0));
        std::thread::sleep(Duration::from_micros(500));
    }
    most / 1024
}
