//! The rig holds what it promises: were it wrong, every test that leans on it would be worth nothing.

mod check;
mod running;
