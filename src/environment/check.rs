//! What nginx refuses though every value alone is good: faults between sites, and between a site and the
//! environment.

mod names;
mod offers;
mod ports;
mod variables;

use super::fields::Found;
use super::node::Node;
use super::settings::{Environment, Settings};

/// Checks an environment that was read without faults from `node`.
pub(super) fn check(environment: &Environment, settings: &Settings, node: &Node, found: &mut Found) {
    names::check(environment, found);
    ports::check(&environment.sites, found);
    offers::check(environment, settings, found);
    variables::check(environment, settings, node, found);
}
