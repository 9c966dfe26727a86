//! Which versions of TLS a server speaks under its name.

use std::net::SocketAddr;
use std::time::Duration;

use nginx_gen::client::{self, Endpoint, Fault, Tls, Trust};

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
