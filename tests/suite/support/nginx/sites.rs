//! What nginx is to run: the site files, and who stands in for the back ends they name.

use std::net::SocketAddr;

/// Files as they would lie in `sites-enabled`, unmodified.
#[derive(Clone, Default, Debug)]
pub(crate) struct Sites {
    pub(super) files: Vec<(String, String)>,
    pub(super) upstreams: Vec<(String, SocketAddr)>,
    pub(super) main: Option<String>,
    pub(super) certificate: Option<[String; 2]>,
}

impl Sites {
    /// No files yet.
    pub(crate) fn new() -> Sites {
        Sites::default()
    }

    /// A single file.
    pub(crate) fn one(text: impl Into<String>) -> Sites {
        Sites::new().file("site.conf", text)
    }

    /// Adds a file to the `http` context. A name with a slash, `snippets/tls.conf`, is only put there, for
    /// the others to include.
    pub(crate) fn file(mut self, name: impl Into<String>, text: impl Into<String>) -> Sites {
        self.files.push((name.into(), text.into()));
        self
    }

    /// What stands outside `http`, `events` too.
    pub(crate) fn main(mut self, text: impl Into<String>) -> Sites {
        self.main = Some(text.into());
        self
    }

    /// This certificate and its key, in PEM, stand in for all others.
    pub(crate) fn certificate(mut self, pem: String, key: String) -> Sites {
        self.certificate = Some([pem, key]);
        self
    }

    /// Wherever the files pass requests to `authority`, `127.0.0.1:8080`, they reach `stand_in`.
    pub(crate) fn upstream(mut self, authority: impl Into<String>, stand_in: SocketAddr) -> Sites {
        self.upstreams.push((authority.into(), stand_in));
        self
    }
}
