//! Whole commands: what they print, what they write, how they end.

mod allow;
mod diff;
mod explain;
mod fix;
mod lint;
mod profile;
mod render;
mod rewriting;
mod route;
mod route_json;
mod start;
mod urls;
mod usage;
mod validate;
