//! `nginx-gen render` against Python with `PyYAML`'s C loader and Jinja2, and against a bare loop that writes
//! the same files. `cargo bench --bench generator`
//!
//! Ratios are what counts: machines differ. Each figure is the best of several runs, since what disturbs a
//! run only ever makes it slower. The Python packages go into `target/bench-python`.

#![allow(clippy::disallowed_macros, reason = "a benchmark prints its figures")]

mod bench;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bench::{best, python, run, timed};

fn main() {
    let bench = Bench::new();
    println!(
        "{:>7}  {:>11}  {:>8}  {:>7}  {:>13}  {:>11}  {:>9}",
        "sites", "nginx-gen", "python", "ratio", "nginx-gen -o", "bare loop", "ratio"
    );
    for sites in [100, 1_000, 10_000] {
        bench.compare(sites);
    }
    let cold = best(|| {
        timed(|| {
            run(bench.nginx_gen("validate").current_dir(env!("CARGO_MANIFEST_DIR")).stdout(Stdio::null()));
        })
    });
    println!("validate, all of the guide's environments, start included: {:.1} ms", cold.as_secs_f64() * 1e3);
}

struct Bench {
    folder: tempfile::TempDir,
    python: PathBuf,
}

impl Bench {
    fn new() -> Bench {
        Bench {
            folder: tempfile::tempdir().expect("a temporary folder"),
            python: python("generator", &["pyyaml==6.0.3", "jinja2==3.1.6"]).join("python"),
        }
    }

    fn compare(&self, sites: usize) {
        let name = format!("n{sites}");
        let yaml = self.environment(&name, sites);
        let rendered = self.folder.path().join("rendered");
        let to = |file: &str| File::create(self.folder.path().join(file)).expect("the folder can be written");
        let ours = best(|| timed(|| run(self.nginx_gen("render").arg(&name).stdout(to("rendered")))));
        let theirs = best(|| timed(|| run(self.peer(&yaml).stdout(to("peer")))));
        let [text, peer] =
            [&rendered, &self.folder.path().join("peer")].map(|path| fs::read_to_string(path).unwrap());
        // Many names need a file that makes room for them; the peer prints the sites alone.
        assert!(text.ends_with(&peer), "the two do not print the same text");
        let out = self.folder.path().join("out");
        let files = best(|| {
            let _ = fs::remove_dir_all(&out);
            timed(|| run(self.nginx_gen("render").arg(&name).arg("-o").arg(&out)))
        });
        let parts: Vec<&str> = text.split_inclusive("\n}\n\n#").collect();
        let bare = best(|| {
            let _ = fs::remove_dir_all(&out);
            timed(|| {
                fs::create_dir(&out).expect("a folder");
                for (index, part) in parts.iter().enumerate() {
                    fs::write(out.join(format!("api{index}.petties.world")), part).expect("a file");
                }
            })
        });
        let ms = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1e3);
        let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
        println!(
            "{sites:>7}  {:>11}  {:>8}  1 / {:<4.1}  {:>12}  {:>11}  {:>8.2}",
            ms(ours),
            ms(theirs),
            ratio(theirs, ours),
            ms(files),
            ms(bare),
            ratio(files, bare),
        );
    }

    /// An environment of so many sites with the guide's four locations each.
    fn environment(&self, name: &str, sites: usize) -> PathBuf {
        let mut yaml = String::from(
            "nginx_version: \"1.22\"\nprofile: guide\ntls: { certificates: letsencrypt, ciphers: HIGH:!aNULL:!MD5 }\nservices:\n  api:\n    client_max_body_size: 15M\n    locations:\n      - { path: /api/sse/, type: sse }\n      - { path: /api/ws/, type: websocket }\n      - { path: /, type: http }\n      - { path: /api/actuator/health, type: health }\nsites:\n",
        );
        for site in 0..sites {
            writeln!(
                yaml,
                "  - {{ server_name: api{site}.petties.world, service: api, upstream: {} }}",
                10_000 + site
            )
            .unwrap();
        }
        let path = self.folder.path().join("environments").join(format!("{name}.yaml"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, yaml).unwrap();
        path
    }

    fn nginx_gen(&self, command: &str) -> Command {
        let mut nginx_gen = Command::new(env!("CARGO_BIN_EXE_nginx-gen"));
        nginx_gen.current_dir(self.folder.path()).arg(command);
        nginx_gen
    }

    fn peer(&self, yaml: &Path) -> Command {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
        let mut python = Command::new(&self.python);
        python.arg(benches.join("generator.py")).arg(yaml).arg(benches.join("generator.conf.j2"));
        python
    }
}
