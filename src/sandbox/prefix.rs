//! The folder of one nginx: its main file, the sites, and whatever the sites name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::certificates::{Authority, FFDHE2048};
use super::places::Places;
use super::script::{Needed, Script, What};

/// Everything nginx would write outside the prefix by itself is named here; `$connections` bounds what it holds.
pub(super) fn main_file(prefix: &Path, connections: usize, http: &str) -> String {
    // Workers of root's nginx would run as `nobody` and could not enter the folder.
    let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
    let at = |name: &str| format!("\"{}\"", prefix.join("written").join(name).display());
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {};\n", at(kind)))
        .concat();
    // A connection of a client takes two: one to it, one to the back end.
    let connections = 4 * connections + 512;
    format!(
        "{user}daemon off;\nmaster_process off;\npid {pid};\nerror_log stderr;\n\
         events {{ worker_connections {connections}; }}\nhttp {{\n\
         {temporary}    access_log {log};\n    default_type application/octet-stream;\n\
         \x20   types {{ text/html html; text/css css; application/javascript js; text/plain txt; image/png png; }}\n\
         {http}    include \"{sites}/*\";\n}}\n",
        pid = at("nginx.pid"),
        log = at("access.log"),
        sites = prefix.join("sites").display(),
    )
}

/// Lays the files out that nginx reads by itself.
pub(super) fn lay_out(
    prefix: &Path,
    texts: &[(String, String)],
    connections: usize,
    http: &str,
) -> anyhow::Result<()> {
    for folder in ["sites", "written"] {
        fs::create_dir_all(prefix.join(folder))?;
    }
    fs::write(prefix.join("nginx.conf"), main_file(prefix, connections, http))?;
    for (name, text) in texts {
        let place = prefix.join("sites").join(name);
        fs::write(&place, text).with_context(|| format!("`{}` cannot be written", place.display()))?;
    }
    Ok(())
}

/// Makes what the sites name: certificates, folders of files, folders for logs.
pub(super) fn stock(script: &Script, places: &Places, authority: &mut Authority) -> anyhow::Result<()> {
    for spot in script.spots() {
        match &spot.what {
            What::Needed(path, kind) => {
                let text = needed(path, kind, script, authority)?;
                places.write(path, text.as_bytes()).with_context(|| format!("no stand-in for `{path}`"))?;
            }
            What::Written(path) => places.make_folder(&folder_of(path))?,
            What::Served(path) => places.make_folder(path)?,
            What::Listen(_) | What::NoListen | What::BackEnd(_) | What::Patience(_) => {}
        }
    }
    Ok(())
}

/// The text of a file that nginx needs. A certificate and its key may share one.
fn needed(path: &str, kind: &Needed, script: &Script, authority: &mut Authority) -> anyhow::Result<String> {
    let none = Vec::new();
    let names = script.certificates.get(path).unwrap_or(&none);
    Ok(match kind {
        Needed::Certificate { key } => {
            let key = key.as_deref().unwrap_or(path);
            let certificate = authority.certificate(names, key)?;
            let shared = if key == path { authority.key(key)? } else { String::new() };
            certificate + &shared
        }
        Needed::Key => {
            let shared = script.certificates.contains_key(path);
            let certificate = if shared { authority.certificate(names, path)? } else { String::new() };
            certificate + &authority.key(path)?
        }
        Needed::Authorities => authority.pem().to_owned(),
        Needed::DhParam => FFDHE2048.to_owned(),
        // 80 bytes; nobody but this run's clients meets it.
        Needed::TicketKey => "nginx-gen".repeat(9)[..80].to_owned(),
        Needed::Passwords => String::new(),
    })
}

fn folder_of(path: &str) -> String {
    Path::new(path).parent().map_or_else(|| PathBuf::from("/"), Path::to_owned).display().to_string()
}
