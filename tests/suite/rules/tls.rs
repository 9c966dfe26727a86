//! Which versions of TLS a server speaks under its name.

use std::net::SocketAddr;
use std::time::Duration;

use nginx_gen::client::{self, Endpoint, Fault, Tls, Trust};

use crate::support::client::resumes;
use crate::support::command::Project;
use crate::support::nginx::{Nginx, Sites};
use crate::support::pipeline::compiled;

const SOON: Duration = Duration::from_secs(10);

/// Whether a client that speaks this version alone agrees on it with a server.
pub(super) fn is_spoken(version: &'static str, address: SocketAddr) -> bool {
    let tls = Tls { trust: Trust::anyone(), alpn: vec![], versions: vec![version] };
    let endpoint = Endpoint { address, name: "a.example.org".to_owned(), tls: Some(tls) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match runtime.block_on(client::connect(&endpoint, SOON)) {
        Ok(connection) => connection.handshake.is_some_and(|agreed| agreed.version == version),
        Err(Fault::Tls(_)) => false,
        Err(fault) => panic!("{fault}"),
    }
}

#[test]
fn clients_of_the_recommended_profile_resume_their_sessions() {
    let project = Project::empty();
    for nginx in Nginx::both() {
        let [major, minor, _] = nginx.version();
        let environment = format!(
            "nginx_version: \"{major}.{minor}\"\nprofile: recommended\ntls: {{ certificates: letsencrypt }}\n\
             services: {{ app: {{ locations: [{{ path: /, type: http }}] }} }}\n\
             sites: [{{ server_name: a.example.org, service: app, upstream: 8080 }}]\n"
        );
        project.write("environments/live.yaml", &environment);
        let files = compiled(&project, "live", None).expect("it renders");
        assert!(
            files.iter().any(|file| file.text().contains("ssl_reject_handshake on")),
            "it has a default server"
        );
        let sites = files.iter().fold(Sites::new(), |sites, file| sites.file(&file.name, file.text()));
        assert!(resumes("a.example.org", nginx.start(&sites).address(443)), "{nginx:?}");
    }
}
