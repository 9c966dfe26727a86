//! The two nginxes that judge, and our own verdict.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use nginx_gen::diagnostic::Diagnostic;
use nginx_gen::nginx::check::{Target, check_all};
use nginx_gen::nginx::directives::Context;
use nginx_gen::nginx::parser::parse;
use nginx_gen::nginx::source::load_text;
use nginx_gen::nginx::version::Version;
use nginx_gen::text::{SourceFile, Sources};

/// The nginx of the machine and the modern one built for the tests.
pub(crate) static JUDGES: LazyLock<[(PathBuf, Version); 2]> = LazyLock::new(|| {
    let modern = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nginx/build");
    let built = Command::new(modern).stderr(Stdio::inherit()).output().expect("the build can be started");
    assert!(built.status.success(), "no modern nginx could be built");
    let path = String::from_utf8(built.stdout).expect("a path is text");
    [crate::oracle::installed(), path.trim().into()].map(|binary| {
        let version = version(&binary);
        (binary, version)
    })
});

fn version(binary: &Path) -> Version {
    let told = Command::new(binary).arg("-v").output().expect("nginx is installed").stderr;
    let told = String::from_utf8(told).expect("a version is text");
    let (_, version) = told.trim().split_once("nginx/").expect("nginx names its version");
    Version::parse(version.split_whitespace().next().unwrap_or(version)).expect("a version of nginx")
}

/// What we say of the inside of `http`, as of a site file.
#[allow(dead_code, reason = "each test asks for one of the two")]
pub(crate) fn ours(text: &str, version: Version) -> Vec<Diagnostic> {
    ours_of(text, Target { version, top: Context::Http })
}

/// What we say of a text.
pub(crate) fn ours_of(text: &str, target: Target) -> Vec<Diagnostic> {
    let mut sources = Sources::new();
    let file = sources.add(SourceFile::new("site.conf", text));
    let (tree, faults) = parse(file, text);
    check_all(&tree, &sources, faults, target)
}

/// What we say of a file that is a part of a configuration, found out by what stands in it.
#[allow(dead_code, reason = "one test asks for it")]
pub(crate) fn ours_of_fragment(text: &str, version: Version) -> Vec<Diagnostic> {
    let mut sources = Sources::new();
    let read = load_text(&mut sources, "part.conf", text.to_owned(), Path::new("/nowhere"));
    match read.scope(&sources).context() {
        Some(top) => check_all(&read.tree, &sources, read.faults, Target { version, top }),
        None => read.faults,
    }
}
