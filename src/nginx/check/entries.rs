//! The lines of a `map` or `geo`, and what two directives read in their arguments by themselves.

use crate::diagnostic::Diagnostic;
use crate::nginx::tree::Directive;

/// A line of a `map` or `geo` is a value and what it becomes, or one word of its own (`ngx_http_map`, `ngx_http_geo`).
pub(super) fn pairs(table: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let (kind, words) = match table.is("geo") {
        true => ("geo", ["ranges", "proxy_recursive"]),
        false => ("map", ["hostnames", "volatile"]),
    };
    for line in table.children() {
        let count = line.args().count();
        let is_word = count == 0 && words.contains(&&*line.name());
        if count != 1 && !is_word && !line.is_block() {
            let message = format!("invalid number of the {kind} parameters");
            let fault = Diagnostic::error("wrong-argument-count", message);
            let fault = fault.at(line.head_span(), "").at(table.head_span(), format!("in this `{kind}`"));
            found.push(
                fault
                    .why("each line holds two words: a value, and what the variable is then")
                    .help("quote a text with spaces, write `''` for none, and end each line with `;`"),
            );
        }
    }
}

/// A code of up to 999, or alone a URL (`ngx_http_rewrite_return`).
pub(super) fn returned(directive: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let Some(code) = directive.arg(0) else { return };
    let value = code.value();
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = is_number && value.parse().is_ok_and(|code: u64| code <= 999);
    let is_alone = directive.args().count() == 1;
    let is_url = ["http://", "https://", "$scheme"].iter().any(|start| value.starts_with(start));
    if !(is_code || is_alone && is_url) {
        let fault = Diagnostic::error("bad-value", format!("invalid return code \"{value}\""));
        let fault = fault
            .at(code.span(), "")
            .why("a code comes first; alone, a URL that starts with its scheme will do");
        found.push(match is_alone && value.starts_with(['/', '$']) {
            true => fault.help(format!("write `return 302 {};`", code.raw())),
            false => fault.help("write for example `return 301 https://$host$request_uri;`"),
        });
    }
}

/// Behind the value only `always` may stand (`ngx_http_headers_add`).
pub(super) fn added(directive: Directive<'_>, found: &mut Vec<Diagnostic>) {
    let Some(word) = directive.arg(2).filter(|word| !word.is("always")) else { return };
    let fault = Diagnostic::error("bad-value", format!("invalid parameter \"{}\"", word.value()));
    found.push(
        fault
            .at(word.span(), "")
            .why("a header's value is one word, and only `always` may follow it")
            .help(format!("quote a value with spaces: `{} Name \"the whole value\";`", directive.name())),
    );
}
