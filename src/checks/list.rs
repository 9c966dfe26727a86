//! The list of checks.

use super::check::{Check, Needs};
use super::{
    acme_reachable, back_end_down, back_end_hangs, body_size, calls_grpc, foreign_upgrades_stay,
    http_reaches, keeps_to_its_files, leaves_no_log_line, leaving_is_noticed, live_answers, live_certificate,
    live_events, live_grpc, live_reached, live_socket, outlasts_silence, redirects_as_declared,
    redirects_to_https, request_headers, response_headers, resumes, serves_files, serves_many_at_once,
    socket_outlasts_silence, streams_in_time, tls_as_declared, unknown_refused, websocket_echoes,
    websocket_without_slash,
};

/// All checks, in the order in which their outcomes are told of a route.
pub static CHECKS: &[&Check] = &[
    &live_reached::CHECK,
    &redirects_to_https::CHECK,
    &redirects_as_declared::CHECK,
    &acme_reachable::CHECK,
    &unknown_refused::CHECK,
    &tls_as_declared::CHECK,
    &live_certificate::CHECK,
    &http_reaches::CHECK,
    &request_headers::CHECK,
    &body_size::CHECK,
    &calls_grpc::CHECK,
    &streams_in_time::CHECK,
    &live_events::CHECK,
    &resumes::CHECK,
    &websocket_echoes::CHECK,
    &websocket_without_slash::CHECK,
    &socket_outlasts_silence::CHECK,
    &outlasts_silence::CHECK,
    &leaving_is_noticed::CHECK,
    &serves_many_at_once::CHECK,
    &live_answers::CHECK,
    &live_socket::CHECK,
    &live_grpc::CHECK,
    &serves_files::CHECK,
    &keeps_to_its_files::CHECK,
    &response_headers::CHECK,
    &leaves_no_log_line::CHECK,
    &back_end_down::CHECK,
    &back_end_hangs::CHECK,
    &foreign_upgrades_stay::CHECK,
];

/// All checks with what they hold a route to, as a page of the documentation.
pub fn reference() -> String {
    let mut page = String::from(HEAD);
    for check in CHECKS {
        let Check { id, summary, explanation, .. } = check;
        let made_by = match check.needs {
            Needs::Connection => "`test` and `probe`",
            Needs::StandIns | Needs::Variants => "`test`",
            Needs::Deployment => "`probe`",
        };
        let section = format!("\n## {id}\n\n{summary}; made by {made_by}\n\n{explanation}\n");
        page.push_str(&section);
    }
    page
}

const HEAD: &str = "\
# Every check

What `nginx-gen test` tries on a real nginx, and `nginx-gen probe` on the live deployment as far as a stranger can.
Written from `src/checks/`; `UPDATE=1 cargo test --test suite docs` writes it again.
";
