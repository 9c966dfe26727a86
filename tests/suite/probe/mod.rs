//! `nginx-gen probe` against a running nginx, good and broken in each way that it tells apart.

mod away;
mod faults;
mod good;
mod kinds;
mod secret;
mod strangers;

use std::net::SocketAddr;

use crate::support::backend::Backend;
use crate::support::command::{Project, nginx_gen};
use crate::support::nginx::{Certificate, Nginx, Running, Sites};

const ENVIRONMENT: &str = r#"
nginx_version: "1.22"
http2: false
tls: { certificates: letsencrypt }
services:
  a:
    locations: [LOCATION]
sites:
  - { server_name: localhost, service: a, upstream: 8080 }
"#;

/// A deployed environment with one location, in front of a back end.
struct Deployed {
    project: Project,
    nginx: Running,
}

impl Deployed {
    /// Renders it, changes the text with `edit`, and runs it.
    fn new(location: &str, back_end: SocketAddr, edit: impl Fn(String) -> String) -> Deployed {
        Deployed::with(location, back_end, edit, None)
    }

    /// The same with another certificate and key.
    fn with(
        location: &str,
        back_end: SocketAddr,
        edit: impl Fn(String) -> String,
        certificate: Option<(String, String)>,
    ) -> Deployed {
        let project = Project::empty();
        let mut environment = ENVIRONMENT.replace("LOCATION", location);
        if location.contains("type: grpc") {
            // gRPC needs what `http2: false` leaves out.
            environment = environment.replace("http2: false\n", "");
        }
        project.write("environments/live.yaml", &environment);
        let rendered = nginx_gen(&project).args(["render", "live", "-o", "out"]);
        rendered.assert().success();
        let mut sites = Sites::new().upstream("127.0.0.1:8080", back_end);
        for name in project.names("out") {
            sites = sites.file(name.clone(), edit(project.read(&format!("out/{name}"))));
        }
        if let Some((pem, key)) = certificate {
            sites = sites.certificate(pem, key);
        }
        project.write("authority.pem", &Certificate::get().pem);
        Deployed { project, nginx: Nginx::debian().start(&sites) }
    }

    /// Where HTTPS is served.
    fn connect(&self) -> String {
        self.nginx.address(443).to_string()
    }

    /// What a probe says of it, with more arguments.
    fn probed(&self, more: &[&str]) -> String {
        let connect = self.connect();
        let usual = ["probe", "live", "--connect", &connect, "--cacert", "authority.pem"];
        nginx_gen(&self.project).args(usual).args(more.iter().copied()).said()
    }
}

/// Says as it is.
fn unchanged(text: String) -> String {
    text
}

/// Panics unless every text is said.
#[track_caller]
fn says(said: &str, wanted: &[&str]) {
    for text in wanted {
        assert!(said.contains(text), "not said: {text}\n{said}");
    }
}

/// A back end that is gone: nothing listens at its address any more.
fn gone() -> SocketAddr {
    Backend::echo().address()
}
