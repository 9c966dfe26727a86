//! The directives of the rewrite module, one after the other (`ngx_http_rewrite_handler`, `ngx_http_script.c`).
//!
//! What nginx before 1.30.1 makes of `$1` behind a `rewrite` with arguments is a fault (see the rule `rewrite-overflow`)
//! and not followed.

use super::Journey;
use super::condition::{Condition, Test};
use super::report::{Doubt, End, Event, Evidence, Failure};
use super::state::State;
use super::template::{Part, has_args, parts, split_args};
use super::value::Value;
use super::variables::Known;
use crate::nginx::routing::escape;
use crate::nginx::routing::pattern::{GivesUp, Pattern};
use crate::nginx::tree::{Argument, Directive};

/// What comes after a directive.
pub(super) enum Flow<'t> {
    /// The next one.
    On,
    /// No other one of this block.
    Stop,
    /// The request ends.
    End(End<'t>),
}

/// One run through the directives of a server or a location.
pub(super) struct Run<'j, 'a, 't> {
    known: Known<'a, 't>,
    state: &'j mut State,
    journey: &'j mut Journey<'t>,
    /// Whether captures are escaped: at first, until a `rewrite` has matched (`e->quote`).
    quote: bool,
}

impl<'j, 'a, 't> Run<'j, 'a, 't> {
    pub(super) fn new(known: Known<'a, 't>, state: &'j mut State, journey: &'j mut Journey<'t>) -> Self {
        Run { known, state, journey, quote: true }
    }

    /// Runs through the directives of a block. `in_location`: a condition that holds brings its own settings.
    pub(super) fn block(&mut self, block: Directive<'t>, in_location: bool) -> Flow<'t> {
        for directive in block.children() {
            let flow = match () {
                () if directive.is("rewrite") => self.rewrite(directive),
                () if directive.is("if") && directive.is_block() => self.condition(directive, in_location),
                () if directive.is("set") => self.set(directive),
                () if directive.is("return") => self.returns(directive),
                () if directive.is("break") => self.breaks(),
                () => continue,
            };
            match flow {
                Flow::On => {}
                Flow::Stop | Flow::End(_) => return flow,
            }
        }
        Flow::On
    }

    fn breaks(&mut self) -> Flow<'t> {
        if self.state.uri_changed {
            self.state.valid_location = false;
            self.state.uri_changed = false;
        }
        Flow::Stop
    }

    fn condition(&mut self, directive: Directive<'t>, in_location: bool) -> Flow<'t> {
        // nginx does not start with what is no condition.
        let Some(condition) = Condition::of(directive) else { return Flow::On };
        let (holds, by) = match condition {
            Condition::File { is_negated } => {
                self.journey.doubt(Doubt::File(directive, is_negated));
                (is_negated, Evidence::NoFiles)
            }
            Condition::Variable { name, test } => match self.test(directive, &name, test) {
                Ok(judged) => judged,
                Err(GivesUp) => return Flow::End(End::Failed(directive, Failure::RegexGivesUp)),
            },
        };
        self.journey.step(directive, Event::Judged { holds, by });
        if !holds {
            return Flow::On;
        }
        if in_location {
            self.journey.enter(directive);
        }
        self.block(directive, in_location)
    }

    fn test(
        &mut self,
        directive: Directive<'t>,
        name: &str,
        test: Test,
    ) -> Result<(bool, Evidence), GivesUp> {
        let value = self.known.variable(name, self.state);
        self.journey.note(directive, &value, Doubt::Condition);
        let Some(bytes) = value.if_known() else { return Ok((false, Evidence::Unknown)) };
        let holds = match test {
            Test::True => !matches!(bytes, b"" | b"0"),
            Test::Equals { text, is_negated } => {
                let text = self.text(&text);
                self.journey.note(directive, &text, Doubt::Condition);
                let Some(text) = text.if_known() else { return Ok((false, Evidence::Unknown)) };
                (bytes == text) != is_negated
            }
            Test::Matches { pattern, is_negated } => self.state.matches(&pattern, bytes)? != is_negated,
        };
        Ok((holds, Evidence::Value(name.to_owned(), value.shown())))
    }

    /// A text of `set` or of a condition.
    fn text(&self, text: &str) -> Value {
        self.known.expand(&parts(text), self.quote, self.state)
    }

    fn set(&mut self, directive: Directive<'t>) -> Flow<'t> {
        if let (Some(name), Some(text)) = (directive.arg(0), directive.arg(1)) {
            let value = self.text(&text.value());
            self.state.assign(name.value().trim_start_matches('$'), value);
        }
        Flow::On
    }

    fn returns(&mut self, directive: Directive<'t>) -> Flow<'t> {
        let args: Vec<_> = directive.args().map(Argument::value).collect();
        let (status, text) = match args.as_slice() {
            [one] => one.parse().map_or((302, Some(one)), |status| (status, None)),
            [status, text, ..] => (status.parse().unwrap_or(0), Some(text)),
            [] => return Flow::On,
        };
        let text = text.map(|text| self.known.expand(&parts(text), false, self.state));
        if let Some(text) = &text {
            self.journey.note(directive, text, Doubt::AsWritten);
        }
        Flow::End(End::Returned { by: directive, status, text: text.filter(|text| !text.is_empty()) })
    }

    fn rewrite(&mut self, directive: Directive<'t>) -> Flow<'t> {
        let Some(rewrite) = Rewrite::of(directive) else { return Flow::On };
        let path = self.state.path.clone();
        match self.state.matches(&rewrite.pattern, &path) {
            Err(_) => return Flow::End(End::Failed(directive, Failure::RegexGivesUp)),
            Ok(false) => return Flow::On,
            Ok(true) => {}
        }
        self.state.is_internal = true;
        self.state.valid_raw = false;
        self.state.uri_changed = !rewrite.breaks;
        if rewrite.breaks {
            self.state.valid_location = false;
        }
        let written = parts(&rewrite.replacement);
        if let Some(status) = rewrite.redirects {
            return Flow::End(self.redirect(directive, &rewrite, &written, status));
        }
        self.replace(directive, &rewrite, &written)
    }

    fn redirect(&self, by: Directive<'t>, rewrite: &Rewrite, written: &[Part<'_>], status: u16) -> End<'t> {
        let mut to = self.known.expand(written, true, self.state).map(escape::redirect);
        if rewrite.adds_args && !self.state.args.is_empty() {
            to.push(if has_args(written) { b"&" } else { b"?" });
            to.append(&self.state.args);
        }
        End::Redirected { by, status, to }
    }

    fn replace(&mut self, by: Directive<'t>, rewrite: &Rewrite, written: &[Part<'_>]) -> Flow<'t> {
        let (path, args) = split_args(written);
        let path = self.known.expand(&path, false, self.state);
        if let Some(args) = args {
            let mut args = self.known.expand(&args, true, self.state);
            if rewrite.adds_args && !self.state.args.is_empty() {
                args.push(b"&");
                args.append(&self.state.args);
            }
            self.state.args = args;
        } else if !rewrite.adds_args {
            self.state.args = Value::default();
        }
        self.quote = false;
        let Some(known) = path.if_known() else {
            return Flow::End(End::Unknown(by, path.unknown_names().to_vec()));
        };
        self.journey.note(by, &path, Doubt::AsWritten);
        self.state.path = known.to_vec();
        if known.is_empty() {
            return Flow::End(End::Failed(by, Failure::EmptyPath));
        }
        self.journey.step(by, Event::Rewritten { to: self.state.shown() });
        if rewrite.is_last { Flow::Stop } else { Flow::On }
    }
}

/// A `rewrite`, read.
struct Rewrite {
    pattern: Pattern,
    replacement: String,
    /// Whether the arguments are added that were there before; a final `?` says no.
    adds_args: bool,
    /// The status, when the client is redirected.
    redirects: Option<u16>,
    breaks: bool,
    /// Whether no other directive of the block comes after it.
    is_last: bool,
}

impl Rewrite {
    /// Reads one; `None` where PCRE refuses its expression, and nginx does not start.
    fn of(directive: Directive<'_>) -> Option<Rewrite> {
        let pattern = Pattern::compile(&directive.arg(0)?.value(), false).ok()?;
        let written = directive.arg(1)?.value();
        let replacement = written.strip_suffix('?').unwrap_or(&written).to_owned();
        let is_absolute =
            ["http://", "https://", "$scheme"].iter().any(|start| replacement.starts_with(start));
        let flag = directive.arg(2).map(Argument::value);
        let redirects = match flag.as_deref() {
            Some("permanent") => Some(301),
            Some("redirect") => Some(302),
            _ => is_absolute.then_some(302),
        };
        Some(Rewrite {
            pattern,
            adds_args: replacement.len() == written.len(),
            replacement,
            redirects,
            breaks: flag.as_deref() == Some("break"),
            is_last: flag.is_some(),
        })
    }
}
