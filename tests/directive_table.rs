//! The directive table against the source it was written from.
//!
//! The table covers every release since 1.18; one of them, the one the package `nginx-src` carries, is read
//! again here and must give the same rows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use nginx_gen::nginx::version::Version;

#[path = "../examples/directive_table/c_source.rs"]
mod c_source;
#[path = "../examples/directive_table/extract.rs"]
mod extract;

const REWRITE: &str = "git clone https://github.com/nginx/nginx /tmp/nginx
    cargo run --example directive_table -- /tmp/nginx";

#[test]
fn the_tables_say_what_the_source_says() {
    let (root, version) = nginx_source();
    let found = extract::extract(&root).expect("the source can be read");
    compare("directives.tsv", version, &found.directives);
    compare("variables.tsv", version, &found.variables);
}

fn compare(table: &str, version: Version, found: &BTreeSet<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/nginx").join(table);
    let text = std::fs::read_to_string(&path).expect("the table can be read");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let kept: BTreeSet<String> = rows.filter_map(|row| row_at(row, version)).collect();
    let missing: Vec<&String> = found.difference(&kept).collect();
    let extra: Vec<&String> = kept.difference(found).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "src/nginx/{table} differs from the source of nginx {version}; it is rewritten by\n    {REWRITE}\n\
         in the source only: {missing:#?}\nin the table only: {extra:#?}"
    );
}

/// The row without its versions, if this version has it.
fn row_at(row: &str, version: Version) -> Option<String> {
    let mut columns = row.rsplitn(3, '\t');
    let mut bound = || Version::parse(columns.next()?).ok();
    let (until, since) = (bound(), bound());
    let present = since.is_none_or(|since| since <= version) && until.is_none_or(|until| version < until);
    columns.next().filter(|_| present).map(str::to_owned)
}

/// The folder of nginx's source as cargo fetched it, and its version.
fn nginx_source() -> (PathBuf, Version) {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--format-version", "1", "--manifest-path"]).arg(manifest);
    // Without it cargo would fetch what only other platforms need.
    cargo.args(["--filter-platform", &host()]);
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let mut packages = metadata["packages"].as_array().expect("metadata lists packages").iter();
    let package = packages.find(|package| package["name"] == "nginx-src").expect("nginx-src is a dependency");
    let text = |key: &str| package[key].as_str().expect("a package has it");
    // `1.28.5+1.28.3` is the package's own version, then nginx's.
    let (_, version) = text("version").split_once('+').expect("the package names nginx's version");
    let folder = Path::new(text("manifest_path")).with_file_name("nginx");
    (folder, Version::parse(version).expect("a version of nginx"))
}

/// What this machine is called among the platforms of rustc.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("rustc prints text");
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}
