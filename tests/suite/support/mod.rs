//! What the tests share.

pub(crate) mod bounded;
pub(crate) mod command;
pub(crate) mod nginx;
pub(crate) mod repository;
