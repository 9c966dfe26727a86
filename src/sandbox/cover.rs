//! Inside namespaces: folders of the machine covered with files of the run, and addresses of its own.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::fs;
use std::io;
use std::process::Command;

use anyhow::Context as _;
use rustix::mount::{MountFlags, mount};

use super::places::Places;

/// Brings the loopback up, with these addresses beside its own.
pub(super) fn bring_up(addresses: &BTreeSet<std::net::IpAddr>) -> anyhow::Result<()> {
    let ip = |arguments: &[&str]| -> anyhow::Result<()> {
        let output = Command::new("ip").args(arguments).output().context("`ip` cannot be run")?;
        let told = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "`ip {}`: {}", arguments.join(" "), told.trim());
        Ok(())
    };
    ip(&["link", "set", "lo", "up"])?;
    for address in addresses {
        ip(&["address", "add", &address.to_string(), "dev", "lo"])?;
    }
    Ok(())
}

/// Makes room for what covers: in memory, since a file system that is a cover itself takes no other.
pub(super) fn prepare(places: &Places) -> anyhow::Result<()> {
    let cover = places.cover();
    fs::create_dir_all(&cover)?;
    mount("nginx-gen", &cover, "tmpfs", MountFlags::empty(), None)
        .with_context(|| format!("no file system in memory at `{}`", cover.display()))?;
    Ok(())
}

/// Covers every folder with what was written for it.
pub(super) fn cover(places: &Places) -> anyhow::Result<()> {
    for (index, folder) in places.covered().enumerate() {
        let work = places.cover().join(format!("work-{index}"));
        let upper = places.upper(folder);
        fs::create_dir_all(&work)?;
        fs::create_dir_all(&upper)?;
        let options =
            format!("lowerdir={},upperdir={},workdir={}", folder.display(), upper.display(), work.display());
        let options = CString::new(options).map_err(io::Error::other)?;
        mount("nginx-gen", folder, "overlay", MountFlags::empty(), options.as_c_str())
            .with_context(|| format!("`{}` cannot be covered", folder.display()))?;
    }
    Ok(())
}
