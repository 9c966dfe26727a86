//! A folder with everything one nginx reads and writes.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::arguments;
use super::certificate::Certificate;
use super::ports::Ports;
use super::sites::Sites;

/// The folder; removed when this is dropped.
#[derive(Debug)]
pub(super) struct Prefix {
    folder: TempDir,
    ports: Ports,
    reach: Reach,
}

/// Who may reach what listens on every address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// As the files say: for a check, which does not serve.
    AsGiven,
    /// This machine only.
    Loopback,
}

/// What a `listen` says before its options.
#[derive(PartialEq, Eq, Debug)]
struct Listen<'a> {
    /// An address or a name; empty where only a port was given.
    host: &'a str,
    port: u16,
}

impl Prefix {
    /// Lays the site files out, with free ports and a certificate that exists in place of their own.
    ///
    /// Lines stay lines: what nginx says of a line is true of the file as it was given.
    pub(super) fn new(sites: &Sites, reach: Reach) -> Prefix {
        let folder = tempfile::Builder::new().prefix("nginx-gen-").tempdir().expect("a temporary folder");
        let mut prefix = Prefix { folder, ports: Ports::default(), reach };
        for folder in ["sites", "written"] {
            fs::create_dir(prefix.path().join(folder)).expect("a new folder takes folders");
        }
        let usual = || [Certificate::get().pem.clone(), Certificate::get().key.clone()];
        let [pem, key] = sites.certificate.clone().unwrap_or_else(usual);
        prefix.write("certificate.pem", &pem);
        prefix.write("certificate.key", &key);
        prefix.write(
            "nginx.conf",
            &prefix.main(sites.main.as_deref().unwrap_or("worker_processes 1;\nevents {}\n")),
        );
        for (name, text) in &sites.files {
            let text = arguments::change(text, |name, index, argument| {
                prefix.argument(name, index, argument).or_else(|| upstream(sites, name, argument))
            });
            let place = if name.contains('/') { name.clone() } else { format!("sites/{name}") };
            prefix.write(&place, &text);
        }
        prefix
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn ports(&self) -> &Ports {
        &self.ports
    }

    /// What stands instead of one argument of a site file.
    fn argument(&mut self, directive: &str, index: usize, argument: &str) -> Option<String> {
        let absolute = argument.starts_with('/') && !argument.contains('$');
        match directive {
            _ if index > 0 => None,
            "listen" => {
                let Listen { host, port } = Listen::parse(argument)?;
                let host = if self.reach == Reach::Loopback { loopback(host) } else { host };
                let colon = if host.is_empty() { "" } else { ":" };
                Some(format!("{host}{colon}{}", self.ports.stand_in(port)))
            }
            _ if !absolute => None,
            "access_log" | "error_log" | "proxy_cache_path" => {
                Some(self.at(&format!("written/{}", argument[1..].replace('/', "_"))))
            }
            _ if directive.ends_with("ssl_certificate_key") => Some(self.at("certificate.key")),
            _ if is_certificate(directive) => Some(self.at("certificate.pem")),
            _ => None,
        }
    }

    /// A path in this folder, as text.
    fn at(&self, relative: &str) -> String {
        self.path().join(relative).display().to_string()
    }

    fn write(&self, relative: &str, text: &str) {
        let path: PathBuf = self.path().join(relative);
        let written = fs::create_dir_all(path.parent().expect("it is in the folder"))
            .and_then(|()| fs::write(&path, text));
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// The main file. Whatever nginx would write outside this folder by itself is named here.
    fn main(&self, outside: &str) -> String {
        // Workers of root's nginx would run as `nobody` and could not enter the folder.
        let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("    {kind}_temp_path {};\n", self.at(&format!("written/{kind}"))))
            .concat();
        format!(
            "{user}daemon off;\nmaster_process off;\npid {pid};\nerror_log stderr;\n{outside}http {{\n\
             {temporary}    access_log {log};\n    include sites/*;\n}}\n",
            pid = self.at("nginx.pid"),
            log = self.at("access.log"),
        )
    }
}

impl Listen<'_> {
    /// None for what has no port: a Unix socket; and for a range of ports.
    fn parse(argument: &str) -> Option<Listen<'_>> {
        if argument.starts_with("unix:") {
            return None;
        }
        if argument.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Some(Listen { host: "", port: argument.parse().ok()? });
        }
        let colon = argument.rfind(':').filter(|&colon| !argument[colon..].contains(']'));
        let (host, port) =
            colon.map_or((argument, "80"), |colon| (&argument[..colon], &argument[colon + 1..]));
        Some(Listen { host, port: port.parse().ok()? })
    }
}

/// The loopback address in place of all addresses. Where a machine has no `::1`, nobody reaches it over IPv6
/// from anywhere, and `[::]` may stay.
fn loopback(host: &str) -> &str {
    match host {
        "" | "*" | "0.0.0.0" => "127.0.0.1",
        "[::]" if TcpListener::bind("[::1]:0").is_ok() => "[::1]",
        other => other,
    }
}

fn is_certificate(directive: &str) -> bool {
    ["ssl_certificate", "ssl_trusted_certificate", "ssl_client_certificate"]
        .iter()
        .any(|known| directive.ends_with(known))
}

/// The argument with the stand-in back end in it, where it leads to one.
fn upstream(sites: &Sites, directive: &str, argument: &str) -> Option<String> {
    if directive != "server" && !directive.ends_with("_pass") {
        return None;
    }
    sites.upstreams.iter().find_map(|(authority, stand_in)| {
        let (before, after) = argument.split_once(authority.as_str())?;
        let whole = before.is_empty() || before.ends_with("//");
        let ends = !after.starts_with(|next: char| next.is_ascii_digit());
        (whole && ends).then(|| format!("{before}{stand_in}{after}"))
    })
}

#[cfg(test)]
mod tests {
    use super::{Listen, Prefix, Reach, Sites, upstream};

    #[test]
    fn what_a_listen_names() {
        let parsed = |argument| Listen::parse(argument).map(|listen| (listen.host, listen.port));
        assert_eq!(parsed("443"), Some(("", 443)));
        assert_eq!(parsed("*:443"), Some(("*", 443)));
        assert_eq!(parsed("127.0.0.1"), Some(("127.0.0.1", 80)));
        assert_eq!(parsed("[::]:8080"), Some(("[::]", 8080)));
        assert_eq!(parsed("[::1]"), Some(("[::1]", 80)));
        assert_eq!(parsed("localhost"), Some(("localhost", 80)));
        for untouched in ["unix:/run/a.sock", "unix:/run/a:80", "8000-8010", "70000", "a:b"] {
            assert_eq!(parsed(untouched), None, "{untouched}");
        }
    }

    #[test]
    fn what_a_site_shares_stays_shared() {
        let mut prefix = Prefix::new(&Sites::new(), Reach::AsGiven);
        let mut listen = |argument| prefix.argument("listen", 0, argument).unwrap();
        let (plain, tls) = (listen("80"), listen("443"));
        assert_ne!(plain, tls);
        assert_eq!(listen("[::]:80"), format!("[::]:{plain}"));
        assert_eq!(listen("80"), plain);
    }

    #[test]
    fn only_files_of_the_machine_are_replaced() {
        let mut prefix = Prefix::new(&Sites::new(), Reach::AsGiven);
        let mut changed = |directive, argument| prefix.argument(directive, 0, argument);
        assert!(
            changed("ssl_certificate", "/etc/letsencrypt/live/a/fullchain.pem")
                .unwrap()
                .ends_with("/certificate.pem")
        );
        assert!(changed("ssl_certificate_key", "/a.key").unwrap().ends_with("/certificate.key"));
        assert!(
            changed("access_log", "/var/log/nginx/a.log").unwrap().ends_with("/written/var_log_nginx_a.log")
        );
        for (directive, argument) in [
            ("ssl_certificate", "relative.pem"),
            ("ssl_certificate", "/live/$ssl_server_name"),
            ("access_log", "off"),
            ("root", "/var/www"),
        ] {
            assert_eq!(changed(directive, argument), None, "{directive} {argument}");
        }
    }

    #[test]
    fn a_back_end_is_replaced_by_its_whole_address() {
        let sites = Sites::new().upstream("127.0.0.1:8080", "127.0.0.1:40000".parse().unwrap());
        let passed = |directive, argument| upstream(&sites, directive, argument);
        assert_eq!(passed("proxy_pass", "http://127.0.0.1:8080/a").unwrap(), "http://127.0.0.1:40000/a");
        assert_eq!(passed("server", "127.0.0.1:8080").unwrap(), "127.0.0.1:40000");
        assert_eq!(passed("proxy_pass", "http://127.0.0.1:80801"), None);
        assert_eq!(passed("proxy_pass", "http://1127.0.0.1:8080"), None);
        assert_eq!(passed("return", "http://127.0.0.1:8080"), None);
    }
}
