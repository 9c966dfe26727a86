//! What passes the requests of a location on. nginx's modules for HTTP, `FastCGI`, uwsgi and SCGI share their code
//! (`ngx_http_upstream.c`), and their directives but for the first word.

use crate::nginx::tree::Directive;

/// The directives of one of these modules.
#[derive(Debug)]
pub(super) struct Family {
    pass: &'static str,
    pub(super) buffering: &'static str,
    pub(super) read_timeout: &'static str,
    pub(super) ignore_headers: &'static str,
    pub(super) cache: &'static str,
    pub(super) cache_valid: &'static str,
    /// What keeps single answers from being stored, or from being taken out again.
    pub(super) cache_conditions: [&'static str; 2],
}

macro_rules! family {
    ($name:literal) => {
        Family {
            pass: concat!($name, "_pass"),
            buffering: concat!($name, "_buffering"),
            read_timeout: concat!($name, "_read_timeout"),
            ignore_headers: concat!($name, "_ignore_headers"),
            cache: concat!($name, "_cache"),
            cache_valid: concat!($name, "_cache_valid"),
            cache_conditions: [concat!($name, "_no_cache"), concat!($name, "_cache_bypass")],
        }
    };
}

static FAMILIES: [Family; 4] = [family!("proxy"), family!("fastcgi"), family!("uwsgi"), family!("scgi")];

/// The directive that passes requests on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passing<'t> {
    pub(super) directive: Directive<'t>,
    pub(super) family: &'static Family,
}

impl<'t> Passing<'t> {
    /// That of a location; one in an `if` is not judged.
    pub(super) fn of(location: Directive<'t>) -> Option<Passing<'t>> {
        FAMILIES.iter().find_map(|family| Some(Passing { directive: location.find(family.pass)?, family }))
    }

    /// Whether the back end speaks HTTP.
    pub(super) fn is_http(self) -> bool {
        self.family.pass == "proxy_pass"
    }
}
