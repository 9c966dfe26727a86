//! What a check is.

use futures_util::future::BoxFuture;

use super::Case;
use crate::environment::LocationType;
use crate::outcome::Outcome;

/// A check.
pub struct Check {
    /// Its name: what is promised, in kebab case, stable between releases.
    pub id: &'static str,
    /// What it holds a route to, in one line.
    pub summary: &'static str,
    /// How it is tried, why it matters, and what a failure means, in Markdown.
    pub explanation: &'static str,
    /// What it is made of.
    pub of: Of,
    /// What it takes.
    pub needs: Needs,
    /// Makes it. A check that does not apply after all gives no outcome, one that cannot be made a skipped one.
    pub run: for<'c> fn(&'c Case<'c>) -> BoxFuture<'c, Vec<Outcome>>,
}

/// What a check is made of, once for each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// The environment as a whole.
    Environment,
    /// A site.
    Site,
    /// A location of one of these types.
    Location(&'static [LocationType]),
}

/// What a check takes, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Needs {
    /// Nothing but a connection: a stranger can make it.
    Connection,
    /// Stand-ins that do as they are told, and write down what reached them.
    StandIns,
    /// A second nginx with shorter time-outs, or without back ends.
    Variants,
    /// A live deployment, with the back ends and certificates that it has; with stand-ins more can be held to.
    Deployment,
}
