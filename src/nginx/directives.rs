//! What nginx knows: every directive with its contexts, arguments and versions, and every variable.
//!
//! Both lists are written from nginx's own source by `examples/directive_table`; they are read once, when
//! first asked, in a fraction of a millisecond.

mod arity;
mod context;
pub mod foreign;
mod spec;
mod table;
mod value;
mod variables;

pub use arity::Arity;
pub use context::{Context, Contexts};
pub use spec::{Body, Spec};
pub use table::{Known, lookup, names};
pub use value::{Value, Words};
pub use variables::{Language, Variable, variable, variable_names};
