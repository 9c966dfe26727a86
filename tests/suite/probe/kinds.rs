//! Health checks, static files and gRPC as a stranger finds them, good and broken.

use std::net::{Ipv4Addr, SocketAddr};

use nginx_gen::standin::{Journal, Listener, StandIns};

use super::{Deployed, gone, says, unchanged};
use crate::support::backend::Backend;

#[test]
fn a_health_check_that_answers_passes() {
    let back_end = Backend::echo();
    let deployed = Deployed::new("{ path: /health, type: health }", back_end.address(), unchanged);
    says(&deployed.probed(&["--check", "answers"]), &["/health", "200 after ", "exit status: 0"]);
}

#[test]
fn a_health_check_that_is_not_found_is_told() {
    let missing = |text: String| text.replace("access_log off;", "return 404;");
    let deployed = Deployed::new("{ path: /health, type: health }", gone(), missing);
    says(
        &deployed.probed(&["--check", "answers"]),
        &["404 after ", "expected: 200 to 299, 401 or 403", "/health", "exit status: 1"],
    );
}

/// A single-page application whose page is there or not.
fn page(is_there: bool) -> (tempfile::TempDir, Deployed) {
    let folder = tempfile::tempdir().unwrap();
    if is_there {
        std::fs::create_dir(folder.path().join("app")).unwrap();
        std::fs::write(folder.path().join("app/index.html"), "<p>here</p>").unwrap();
    }
    let location =
        format!("{{ path: /app/, type: static, root: \"{}\", spa: true }}", folder.path().display());
    let deployed = Deployed::new(&location, gone(), unchanged);
    (folder, deployed)
}

#[test]
fn a_page_that_is_deployed_passes() {
    let (_folder, deployed) = page(true);
    says(&deployed.probed(&["--check", "answers"]), &["200 after ", "exit status: 0"]);
}

#[test]
fn a_page_that_was_not_deployed_is_told() {
    let (_folder, deployed) = page(false);
    let said = deployed.probed(&["--check", "answers"]);
    says(
        &said,
        &["500 after ", "the last file of `try_files`", "try_files $uri /app/index.html", "exit status: 1"],
    );
}

#[test]
fn a_folder_that_declares_no_page_only_has_to_answer() {
    let folder = tempfile::tempdir().unwrap();
    let location = format!("{{ path: /files/, type: static, alias: \"{}/\" }}", folder.path().display());
    let deployed = Deployed::new(&location, gone(), unchanged);
    says(&deployed.probed(&["--check", "answers"]), &["403 after ", "exit status: 0"]);
}

const GRPC: &str = "{ path: /rpc.Greeter/, type: grpc }";

/// A gRPC service that has no method, while this lives.
struct Service {
    address: SocketAddr,
    _stand_ins: StandIns,
    _runtime: tokio::runtime::Runtime,
}

impl Service {
    fn new() -> Service {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = Listener::tcp("rpc", (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = listener.address().unwrap();
        let inside = runtime.enter();
        let stand_ins = StandIns::serve(vec![listener], &Journal::new()).unwrap();
        drop(inside);
        Service { address, _stand_ins: stand_ins, _runtime: runtime }
    }
}

#[test]
fn a_service_that_does_not_know_the_method_passes() {
    let service = Service::new();
    let deployed = Deployed::new(GRPC, service.address, unchanged);
    let said = deployed.probed(&["--check", "answers-grpc"]);
    says(&said, &["`grpc-status: 12` after ", "HTTP/2", "exit status: 0"]);
}

#[test]
fn a_page_in_place_of_a_service_is_told() {
    let page = |text: String| {
        text.replace("grpc_pass grpc://127.0.0.1:8080;", "default_type text/html; return 200 '<p>hello</p>';")
    };
    let said = Deployed::new(GRPC, gone(), page).probed(&["--check", "answers-grpc"]);
    says(
        &said,
        &[
            "200 with text/html, and no `grpc-status`",
            "`proxy_pass` stands where `grpc_pass` should",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_service_that_is_down_is_told() {
    let said = Deployed::new(GRPC, gone(), unchanged).probed(&["--check", "answers-grpc"]);
    says(
        &said,
        &[
            "502 with text/html, and no `grpc-status`",
            "likely: the back end does not run, or listens on another port",
            "grpc_pass grpc://127.0.0.1:8080",
            "exit status: 1",
        ],
    );
}

#[test]
fn a_location_of_one_method_is_not_called() {
    let location = "{ path: /rpc.Greeter/Greet, modifier: \"=\", type: grpc }";
    let said = Deployed::new(location, gone(), unchanged).probed(&["--check", "answers-grpc"]);
    says(&said, &["a call of its method could do something", "1 skipped", "exit status: 0"]);
}
