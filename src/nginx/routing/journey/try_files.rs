//! `try_files` where none of the files is there (`ngx_http_try_files_handler`).

use super::report::{Doubt, Event};
use super::state::State;
use super::template::parts;
use super::value::Value;
use super::variables::Known;
use super::{Journey, Kind};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Argument, Directive};

/// The last argument of a `try_files`.
pub(super) enum Fallback {
    /// `=code`
    Code(u16),
    /// A path with arguments, or `@name`.
    To(Value),
}

impl<'t> Journey<'t> {
    /// Where the `try_files` of the block leads whose settings hold; it is not passed on to an `if` or a nested
    /// location.
    pub(super) fn fallback(
        &mut self,
        known: Known<'_, 't>,
        state: &State,
    ) -> Option<(Directive<'t>, Fallback)> {
        let directive = self.within.find("try_files")?;
        let last = directive.args().next_back().map(Argument::value)?;
        self.doubt(Doubt::Tried(directive));
        if let Some(code) = last.strip_prefix('=').and_then(|code| code.parse().ok()) {
            self.step(directive, Event::FellBack { to: last.into_owned() });
            return Some((directive, Fallback::Code(code)));
        }
        let to = known.expand(&parts(&last), false, state);
        let to =
            if last.contains('$') { to.map(|to| without_alias(to, self.within, &state.path)) } else { to };
        if to.if_known().is_some() {
            self.note(directive, &to, Doubt::AsWritten);
        }
        self.step(directive, Event::FellBack { to: to.shown() });
        Some((directive, Fallback::To(to)))
    }
}

/// The `alias` that holds in a block.
pub(super) fn alias(within: Directive<'_>) -> Option<Directive<'_>> {
    // A `root` that is nearer hides it.
    let slot = Effective::inside(within).get("alias").map(|setting| setting.directive());
    slot.filter(|slot| slot.is("alias"))
}

/// Under an `alias` the text of the location is cut off what came from variables, even where that is no file.
fn without_alias(to: &[u8], within: Directive<'_>, path: &[u8]) -> Vec<u8> {
    let location = alias(within).and_then(Directive::parent);
    let length = match location.and_then(Kind::of) {
        Some(Kind::Exact(text) | Kind::Prefix { text, .. }) => text.len(),
        _ => 0,
    };
    let (own, asked) = (to.get(..length), path.get(..length));
    if own.is_some() && own == asked { to[length..].to_vec() } else { to.to_vec() }
}
