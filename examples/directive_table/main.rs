//! Writes `src/nginx/directives.tsv` and `src/nginx/variables.tsv` from nginx's own source.
//!
//!     git clone https://github.com/nginx/nginx /tmp/nginx
//!     cargo run --example directive_table -- /tmp/nginx
//!
//! Every release from 1.18.0 on is read from the clone's tags. Only facts are kept: names, contexts, counts.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, io};

mod c_source;
mod extract;
mod history;

use history::Release;

const OLDEST: Release = (1, 18, 0);

const DIRECTIVES: &str = "\
# What nginx's source says of each directive: written by `cargo run --example directive_table`, not by hand.
# A name stands once for every module, form and range of versions that reads it differently.
# name\tmodule\tcontexts\targuments\topens\tvalue\ttraits\tneeds\tsince\tuntil
";

const VARIABLES: &str = "\
# The variables nginx itself knows: written by `cargo run --example directive_table`, not by hand.
# A star ends a prefix, as in `http_*` for every request header.
# name\tlanguage\tsince\tuntil
";

fn main() -> io::Result<()> {
    let Some(clone) = env::args_os().nth(1) else {
        return Err(io::Error::other("usage: directive_table CLONE, a git clone of nginx with its tags"));
    };
    let tags = output(Command::new("git").arg("-C").arg(&clone).args(["tag", "--list", "release-1.*"]))?;
    let (mut directives, mut variables) = (BTreeMap::new(), BTreeMap::new());
    for tag in tags.lines() {
        let Some(release) = tag.strip_prefix("release-").and_then(history::release) else { continue };
        if release >= OLDEST {
            let folder = tempfile::tempdir()?;
            check_out(clone.as_ref(), tag, folder.path())?;
            let found = extract::extract(folder.path())?;
            directives.insert(release, found.directives);
            variables.insert(release, found.variables);
        }
    }
    let nginx = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/nginx");
    fs::write(nginx.join("directives.tsv"), table(DIRECTIVES, &history::merge(&directives)))?;
    fs::write(nginx.join("variables.tsv"), table(VARIABLES, &history::merge(&variables)))
}

fn table(head: &str, rows: &[String]) -> String {
    format!("{head}{}\n", rows.join("\n"))
}

fn check_out(clone: &Path, tag: &str, folder: &Path) -> io::Result<()> {
    let mut archive = Command::new("git");
    archive.arg("-C").arg(clone).args(["archive", "--format=tar", tag, "src", "auto/options"]);
    let mut archive = archive.stdout(Stdio::piped()).spawn()?;
    let tar = archive.stdout.take().expect("standard output is piped");
    let unpacked = Command::new("tar").arg("-x").arg("-C").arg(folder).stdin(tar).status()?.success();
    if archive.wait()?.success() && unpacked { Ok(()) } else { Err(io::Error::other(format!("no {tag}"))) }
}

fn output(command: &mut Command) -> io::Result<String> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("{command:?} failed")));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}
