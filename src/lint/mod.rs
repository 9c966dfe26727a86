//! Rules over rendered or hand-written nginx text: is what is written what is meant?
//!
//! A rule is one file in `rules/` with one static [`Rule`], and a line in [`RULES`].

mod access;
mod auth;
mod beside;
mod captures;
mod delay;
mod destinations;
mod edit;
mod example;
mod gaps;
mod handshake;
mod meant;
mod recognised;
mod reference;
mod rules;
mod sample;
mod subject;
mod suppression;
mod untrusted;

pub use example::{Example, Stream, Trial};
pub use reference::{find, list, reference};
pub use subject::{Promise, Subject};
pub use suppression::{Cover, Permit, nearest_rule};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Span;

/// A rule.
pub struct Rule {
    /// Its name: the pattern it finds, in kebab case.
    pub id: &'static str,
    /// How bad a finding is, at most.
    pub severity: Severity,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Why it matters and what to do, in Markdown.
    pub explanation: &'static str,
    /// Site files in which it finds something, and no other rule does.
    pub bad: &'static [Example],
    /// Site files like them in which no rule finds anything.
    pub good: &'static [Example],
    check: fn(&Subject<'_>, &mut Vec<Diagnostic>),
}

/// All rules, in the order of their names.
pub static RULES: &[&Rule] = &[
    &rules::accel_buffering_ignored::RULE,
    &rules::access_list::RULE,
    &rules::acme_unreachable::RULE,
    &rules::alias_traversal::RULE,
    &rules::alias_without_slash::RULE,
    &rules::auth_request_length::RULE,
    &rules::auth_request_upgrade::RULE,
    &rules::autoindex_of_all::RULE,
    &rules::backup_included::RULE,
    &rules::certificate_key_mismatch::RULE,
    &rules::certificate_missing::RULE,
    &rules::certificate_of_another_name::RULE,
    &rules::certificate_unused::RULE,
    &rules::certificate_without_chain::RULE,
    &rules::cors_any_origin::RULE,
    &rules::deprecated_tls::RULE,
    &rules::dual_stack_listen::RULE,
    &rules::error_log_off::RULE,
    &rules::few_connections::RULE,
    &rules::filesystem_root::RULE,
    &rules::forged_address::RULE,
    &rules::guard_bypassed::RULE,
    &rules::gzip_event_stream::RULE,
    &rules::host_spoofing::RULE,
    &rules::http_splitting::RULE,
    &rules::http2_listen_deprecated::RULE,
    &rules::if_drops_try_files::RULE,
    &rules::location_never_matches::RULE,
    &rules::location_order::RULE,
    &rules::missing_capture::RULE,
    &rules::missing_twin::RULE,
    &rules::multiline_header::RULE,
    &rules::no_default_server::RULE,
    &rules::no_op_request_header::RULE,
    &rules::open_proxy::RULE,
    &rules::open_status_page::RULE,
    &rules::origin_regex::RULE,
    &rules::path_served_elsewhere::RULE,
    &rules::proxy_pass_without_resolver::RULE,
    &rules::proxy_path_traversal::RULE,
    &rules::redirect_loop::RULE,
    &rules::redirect_without_host::RULE,
    &rules::return_before_access::RULE,
    &rules::rewrite_overflow::RULE,
    &rules::second_content_type::RULE,
    &rules::server_name_never_matches::RULE,
    &rules::shared_header_loss::RULE,
    &rules::short_timeout::RULE,
    &rules::stapling_without_responder::RULE,
    &rules::static_upgrade::RULE,
    &rules::stream_buffered::RULE,
    &rules::stream_cached::RULE,
    &rules::stream_retried::RULE,
    &rules::try_files_proxied::RULE,
    &rules::unanchored_regex::RULE,
    &rules::unknown_upstream::RULE,
    &rules::upgrade_lost::RULE,
    &rules::upstream_keepalive_unused::RULE,
    &rules::version_disclosure::RULE,
    &rules::weak_ciphers::RULE,
    &rules::websocket_http10::RULE,
];

/// Runs every rule.
pub fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    check_by(RULES, subject)
}

/// Runs these rules; what a comment in the text allows is left out.
pub fn check_by(rules: &[&Rule], subject: &Subject<'_>) -> Vec<Diagnostic> {
    check_permitted(rules, subject, &[]).0
}

/// From so many directives on the rules look at a configuration on several cores.
const LARGE: usize = 20_000;

/// Runs these rules. What a comment or a permit allows is left out; the permits that did are named by the place
/// where they are declared. Of several that cover a finding the first one counts.
pub fn check_permitted(
    rules: &[&Rule],
    subject: &Subject<'_>,
    permits: &[Permit<'_>],
) -> (Vec<Diagnostic>, Vec<Span>) {
    let check = |rule: &&Rule| {
        let mut found = Vec::new();
        (rule.check)(subject, &mut found);
        found
    };
    // Small files are judged side by side where there are many; waking other cores for one takes longer than it.
    let mut found: Vec<_> = match subject.tree.len() {
        0..LARGE => rules.iter().flat_map(check).collect(),
        _ => rules.par_iter().flat_map_iter(check).collect(),
    };
    let used = suppression::apply(subject, rules, permits, &mut found);
    (found, used)
}

/// That a permit of the YAML allowed nothing in any file.
pub fn unused_permit(rule: &str, declared: Span) -> Diagnostic {
    suppression::unused(rule, declared).help("remove the key")
}

impl Rule {
    /// A finding of this rule.
    fn finding(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.severity, self.id, message)
    }
}
