//! What the tests share.

pub(crate) mod backend;
pub(crate) mod bounded;
pub(crate) mod client;
pub(crate) mod command;
pub(crate) mod http;
pub(crate) mod nginx;
pub(crate) mod pipeline;
pub(crate) mod repository;
pub(crate) mod unbroken;
