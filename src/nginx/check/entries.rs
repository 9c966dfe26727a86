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
