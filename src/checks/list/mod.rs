//! One file a check.

use super::{Check, Needs};

/// Declares each check's file, and lists its `CHECK`.
macro_rules! checks {
    ($($name:ident,)*) => {
        $(pub(super) mod $name;)*

        /// All checks, in the order in which their outcomes are told of a route.
        pub static CHECKS: &[&Check] = &[$(&$name::CHECK),*];

        #[cfg(test)]
        const FILES: &[&str] = &[$(stringify!($name)),*];
    };
}

checks! {
    is_reached,
    redirects_to_https,
    redirects_as_declared,
    acme_reachable,
    unknown_refused,
    hides_version,
    tls_as_declared,
    listens_on_ipv6,
    certificate,
    reaches_back_end,
    reaches_every_server,
    request_headers,
    request_unchanged,
    answer_unchanged,
    body_size,
    calls_grpc,
    streams_in_time,
    events_arrive,
    resumes,
    websocket_echoes,
    path_without_slash,
    socket_outlasts_silence,
    outlasts_silence,
    leaving_is_noticed,
    serves_many_at_once,
    answers,
    opens_socket,
    answers_grpc,
    serves_files,
    keeps_to_its_files,
    response_headers,
    leaves_no_log_line,
    back_end_down,
    back_end_hangs,
    foreign_upgrades_stay,
}

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
Written from `src/checks/list/`; `UPDATE=1 cargo test --test suite docs` writes it again.
";

#[cfg(test)]
mod tests {
    use super::{CHECKS, FILES};

    #[test]
    fn files_are_called_as_their_checks() {
        for (check, file) in CHECKS.iter().zip(FILES) {
            assert_eq!(check.id.replace('-', "_"), *file);
        }
    }
}
