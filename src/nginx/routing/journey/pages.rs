//! What an `error_page` makes of an answer (`ngx_http_special_response_handler`).

use super::report::{Doubt, End, Event, Failure, Pages, REDIRECTS};
use super::state::State;
use super::template::parts;
use super::variables::Known;
use super::{Journey, Phase, redirected};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Argument, Directive};

/// Faults of the connection, which the client sees as 400.
const AS_400: [u16; 4] = [494, 495, 496, 497];

/// What nginx may answer with by itself where a file is asked for, and where nobody answers that it passes on to.
const OF_FILES: [u16; 2] = [403, 404];
const OF_UPSTREAMS: [u16; 4] = [413, 500, 502, 504];

/// A line of `error_page`.
struct Page<'t> {
    by: Directive<'t>,
    /// The statuses it is for.
    statuses: Vec<u16>,
    /// The status of `=status`; zero where the page says it, none where it stays.
    overwrite: Option<u16>,
    to: String,
}

impl<'t> Page<'t> {
    /// Those that hold in a block, in their order.
    fn all(within: Directive<'t>) -> Vec<Page<'t>> {
        let set = Effective::inside(within).get("error_page");
        set.into_iter().flat_map(|set| set.directives).filter_map(Page::of).collect()
    }

    fn of(by: Directive<'t>) -> Option<Page<'t>> {
        let mut words: Vec<_> = by.args().map(Argument::value).collect();
        let to = words.pop()?.into_owned();
        let overwrite = words.last().and_then(|word| word.strip_prefix('='));
        let overwrite = overwrite.map(|status| status.parse().unwrap_or(0));
        let statuses = words.iter().filter_map(|word| word.parse().ok()).collect();
        Some(Page { by, statuses, overwrite, to })
    }

    /// The status that the client sees, if not that of the page.
    fn status(&self, answered: u16) -> Option<u16> {
        match self.overwrite {
            Some(0) => None,
            Some(status) => Some(status),
            None if AS_400.contains(&answered) => Some(400),
            None => Some(answered),
        }
    }
}

impl<'t> Journey<'t> {
    /// What comes next instead of this end; none where it is one.
    pub(super) fn replaced(
        &mut self,
        end: &End<'t>,
        known: Known<'_, 't>,
        state: &mut State,
    ) -> Option<Phase<'t>> {
        let status = end.replaceable_status()?;
        self.status = self.status.map(|_| status);
        let pages = Page::all(self.within);
        if state.is_replaced || state.is_worn_out() || pages.is_empty() {
            return None;
        }
        let recursive = Effective::inside(self.within).get("recursive_error_pages");
        state.is_replaced = recursive.is_none_or(|setting| setting.value() != "on");
        let page = pages.into_iter().find(|page| page.statuses.contains(&status))?;
        self.status = page.status(status);
        self.redirect = match end {
            End::Returned { by, text: Some(to), .. } | End::Redirected { by, to, .. } => {
                Some((*by, to.clone()))
            }
            End::Slash { to } => Some((self.within, to.clone())),
            _ => self.redirect.take(),
        };
        Some(self.led_to(&page, status, known, state))
    }

    /// `ngx_http_send_error_page`
    fn led_to(&mut self, page: &Page<'t>, status: u16, known: Known<'_, 't>, state: &mut State) -> Phase<'t> {
        let to = known.expand(&parts(&page.to), false, state);
        self.step(page.by, Event::Replaced { status, to: to.shown() });
        self.note(page.by, &to, Doubt::AsWritten);
        let leads = |sign: char| page.to.starts_with(sign);
        let target = match to.if_known() {
            Some(target) => target,
            // Where it leads to is plain where it begins as a URL.
            None if leads('/') || leads('@') || leads('$') => {
                return Phase::End(End::Unknown(page.by, to.unknown_names().to_vec()));
            }
            None => &[],
        };
        let is_path = target.starts_with(b"/");
        if !is_path && !target.starts_with(b"@") {
            let status = page.overwrite.filter(|status| REDIRECTS.contains(status)).unwrap_or(302);
            (self.status, self.redirect) = (None, None);
            state.is_replaced = true;
            return Phase::End(End::PageElsewhere { by: page.by, status, to });
        }
        state.is_get |= is_path && known.request.sent.method != Some("HEAD");
        if !state.may_change_again() {
            return Phase::End(End::Failed(page.by, Failure::Cycle));
        }
        match is_path {
            true => redirected(target, state),
            false => self.named(page.by, target, known, state),
        }
    }

    /// What answers may answer with what an `error_page` takes the place of.
    pub(super) fn doubt_pages(&mut self) {
        let End::Content(_) = self.end else { return };
        let intercepts = self.handler.is_some_and(|handler| {
            let name = handler.name();
            let family = name.split('_').next().unwrap_or_default();
            let setting = Effective::inside(self.within).get(&format!("{family}_intercept_errors"));
            setting.is_some_and(|setting| setting.value() == "on")
        });
        for page in Page::all(self.within) {
            let of = |own: &[u16]| -> Vec<u16> {
                page.statuses.iter().copied().filter(|status| own.contains(status)).collect()
            };
            let pages = match (self.handler, intercepts) {
                (None, _) if of(&OF_FILES).is_empty() => continue,
                (None, _) => Pages::NoFile(of(&OF_FILES)),
                (Some(_), true) => Pages::Intercepted,
                (Some(_), false) if of(&OF_UPSTREAMS).is_empty() => Pages::PassedThrough,
                (Some(_), false) => Pages::NoAnswer(of(&OF_UPSTREAMS)),
            };
            self.doubt(Doubt::Pages(page.by, pages));
        }
    }
}
