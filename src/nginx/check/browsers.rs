//! `modern_browser` (`ngx_http_modern_browser`).

use crate::diagnostic::Diagnostic;
use crate::nginx::tree::Directive;

const BROWSERS: [&str; 5] = ["opera", "msie", "gecko", "safari", "konqueror"];

/// A browser and its version, or `unlisted`.
pub(super) fn check(directive: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let Some(browser) = directive.arg(0) else { return };
    let name = browser.value();
    let Some(version) = directive.arg(1) else {
        if name != "unlisted" {
            // nginx ends without a word of why.
            let fault = Diagnostic::error("bad-value", "a browser needs a version").at(browser.span(), "");
            let fault =
                fault.why("only `unlisted` stands alone, and nginx does not start with any other word");
            found.push(fault.help(format!("write for example `modern_browser {name} 5.0;`")));
        }
        return;
    };
    let is_known = BROWSERS.iter().any(|known| name.eq_ignore_ascii_case(known));
    let is_version = version.value().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let (place, message) = match (is_known, is_version) {
        (false, _) => (browser, format!("unknown browser name \"{name}\"")),
        (_, false) => (version, format!("invalid browser version \"{}\"", version.value())),
        _ => return,
    };
    let known = BROWSERS.map(|known| format!("`{known}`")).join(", ");
    let fault = Diagnostic::error("bad-value", message).at(place.span(), "");
    found.push(
        fault.why(format!("nginx knows {known}, and versions such as `5.5`")).help("write one of these"),
    );
}
