//! nginx as a language: its tokens, its tree, its words.
//!
//! [`lexer`] cuts text into tokens by nginx's own rules, [`parser`] makes a [`tree`] of them with every fault
//! it finds, [`printer`] writes a tree back in one layout, and [`token`] prints any value as one token.
//! [`source`] joins a file with all it includes, [`value`] reads durations and sizes, [`inheritance`] says what
//! holds in a block, and [`routing`] where a request ends.

pub mod check;
pub mod directives;
pub(crate) mod hash;
pub mod inheritance;
pub mod lexer;
mod lua;
pub mod parser;
pub mod printer;
mod recovery;
pub mod routing;
pub mod source;
pub mod token;
pub mod tree;
pub mod value;
pub mod version;
