//! What the tests share.

pub(crate) mod bounded;
pub(crate) mod nginx;
pub(crate) mod repository;
