//! One file a rule.

pub(super) mod location_order;
