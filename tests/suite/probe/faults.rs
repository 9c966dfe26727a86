//! Deployments that are broken, and the whole message of each.

use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};

use super::{Deployed, gone, says, unchanged};
use crate::support::backend::{Backend, Events};
use crate::support::command::nginx_gen;
use crate::support::nginx::Certificate;

const HTTP: &str = "{ path: /, type: http }";

#[test]
fn a_name_without_address_is_told() {
    let deployed = Deployed::new(HTTP, gone(), unchanged);
    let environment = deployed.project.read("environments/live.yaml").replace("localhost", "nowhere.invalid");
    deployed.project.write("environments/nowhere.yaml", &environment);
    let said =
        nginx_gen(&deployed.project).args(["probe", "nowhere", "--insecure", "--check", "answers"]).said();
    says(
        &said,
        &[
            "no address: `nowhere.invalid`: ",
            "likely: the name has no record in DNS yet",
            "run: dig +short nowhere.invalid",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_refused_connection_is_told() {
    let deployed = Deployed::new(HTTP, gone(), unchanged);
    let closed = gone().to_string();
    let args = ["probe", "live", "--insecure", "--check", "answers", "--connect", closed.as_str()];
    let said = nginx_gen(&deployed.project).args(args).said();
    says(
        &said,
        &[
            "Connection refused",
            "likely: nginx does not run, or listens on another address or port",
            "listen 443 ssl",
            "run: sudo ss -ltnp 'sport = :443'",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_back_end_that_is_down_is_told() {
    let said = Deployed::new(HTTP, gone(), unchanged).probed(&["--check", "answers"]);
    says(
        &said,
        &[
            "502 after ",
            "likely: the back end does not run, or listens on another port: nothing answers at http://127.0.0.1:8080",
            "proxy_pass http://127.0.0.1:8080",
            "environments/live.yaml:7:",
            "run: curl -sv --max-time 5 http://127.0.0.1:8080/",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_lost_upgrade_is_told() {
    let back_end = Backend::websocket();
    let drop = |text: String| {
        text.lines()
            .filter(|line| !line.contains("proxy_set_header Upgrade"))
            .fold(String::new(), |all, line| all + line + "\n")
    };
    let deployed = Deployed::new("{ path: /ws/, type: websocket }", back_end.address(), drop);
    let said = deployed.probed(&["--check", "opens-socket"]);
    says(
        &said,
        &[
            "answered with 426 instead of 101",
            "likely: `Upgrade` and `Connection` do not reach the back end",
            "run: nginx-gen explain upgrade-lost",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_buffered_stream_is_told() {
    let back_end = Backend::events(Events { count: 6, every: Duration::from_millis(400), headers: "" });
    let buffered = |text: String| text.replace("proxy_buffering off;", "proxy_buffering on;");
    let deployed = Deployed::new("{ path: /, type: sse }", back_end.address(), buffered);
    let said = deployed.probed(&["--check", "events-arrive"]);
    says(
        &said,
        &[
            " 6 events at once, after ",
            " of nothing",
            "likely: `proxy_buffering on`: ",
            "or: the rendered files say otherwise",
            "then: nginx-gen diff live --against /etc/nginx/sites-enabled",
            "run: nginx-gen explain stream-buffered",
            "exit status: 1",
        ],
    );
}

/// A certificate for a name, that ends on the first day of a year.
fn certificate(name: &str, until: i32) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_after = date_time_ymd(until, 1, 1);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("{name} until {until}"));
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

/// What is said of a certificate, when it is believed but for its own faults.
fn said_of(name: &str, until: i32) -> String {
    let (pem, key) = certificate(name, until);
    let deployed = Deployed::with(HTTP, gone(), unchanged, Some((pem.clone(), key)));
    deployed.project.write("authority.pem", &pem);
    deployed.probed(&["--check", "certificate"])
}

#[test]
fn an_expired_certificate_is_told() {
    says(
        &said_of("localhost", 2020),
        &[
            "the certificate expired ",
            " days ago",
            "likely: the certificate was not renewed",
            "ssl_certificate /etc/letsencrypt/live/localhost/fullchain.pem",
            "run: sudo certbot certificates",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_certificate_of_another_name_is_told() {
    says(
        &said_of("other.example.com", 2100),
        &[
            "the certificate is of `other.example.com`, not of `localhost`",
            "likely: another server block answers for this name",
            "run: ls -l /etc/nginx/sites-enabled/",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_certificate_of_nobody_known_is_told() {
    let (pem, key) = certificate("localhost", 2100);
    let deployed = Deployed::with(HTTP, gone(), unchanged, Some((pem, key)));
    deployed.project.write("authority.pem", &Certificate::get().pem);
    says(
        &deployed.probed(&["--check", "certificate"]),
        &[
            "the certificate leads to no authority that is trusted here",
            "likely: `ssl_certificate` holds the certificate without its chain",
            "-showcerts",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_certificate_that_ends_soon_is_told() {
    let (pem, key) = certificate("localhost", 2030);
    let soon = Deployed::with(HTTP, gone(), unchanged, Some((pem.clone(), key)));
    soon.project.write("authority.pem", &pem);
    let said = soon.probed(&["--check", "certificate", "--min-days", "3650"]);
    says(&said, &["it ends in ", " days", "run: sudo certbot certificates", "exit status: 1"]);
}
