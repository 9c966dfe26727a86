//! The YAML: services, environments and sites, read strictly and all faults at once.
//!
//! `load` finds the file and its fragments, `yaml` turns text into nodes, `settings` reads the top level,
//! and every other file reads the thing it is named for. A key is added in the `KEYS` table of its file and
//! read a few lines below.

mod allow;
mod check;
mod ciphers;
mod directives;
mod endpoints;
mod fields;
mod headers;
mod load;
mod location;
mod location_type;
mod node;
mod proxy;
mod redirect;
mod reference;
mod regex;
mod scalar;
mod server_name;
mod service;
mod settings;
mod site;
mod static_files;
mod tls;
mod upstream;
mod values;
mod yaml;

pub use allow::Allowed;
pub use endpoints::Endpoint;
pub use fields::Key;
pub(crate) use fields::nearest;
pub use headers::Header;
pub use load::{Project, load};
pub use location::{Location, Modifier};
pub use location_type::{LocationType, TYPES, Traits};
pub use proxy::Proxy;
pub use redirect::Redirect;
pub use reference::{Section, key_reference, type_reference};
pub use scalar::At;
pub use server_name::ServerName;
pub use service::Service;
pub use settings::{Environment, Settings};
pub use site::Site;
pub use static_files::{Folder, StaticFiles};
pub use tls::{Certificate, Certificates, Tls};
pub use upstream::{Address, Balance, Group, Server, Upstream};
pub use values::{Size, Time};
