//! The list of checks.

use super::check::Check;
use super::http_reaches;

/// All checks, in the order in which their outcomes are told of a route.
pub static CHECKS: &[&Check] = &[&http_reaches::CHECK];
