//! A long-lived location that stands behind `location /`.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Promise, Rule, Subject};
use crate::nginx::tree::Directive;
use crate::text::Span;

pub(crate) static RULE: Rule = Rule {
    id: "location-order",
    severity: Severity::Warning,
    summary: "a WebSocket or event-stream location behind `location /`",
    explanation: "\
nginx picks the longest matching prefix, whatever the order in the file, so the order of prefix locations changes
nothing today. It is kept all the same: people read from top to bottom and take the first match for the one that
counts, and as soon as a regular expression is added the order of those does count. Put the locations of types
`sse`, `websocket`, `stream` and `grpc` before `/`.",
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.tree.root(subject.sources).descendants().filter(|directive| directive.is("server"))
    {
        let mut root: Option<Directive<'_>> = None;
        for location in server.children().filter(|directive| directive.is("location")) {
            if is_root(&location) {
                root = Some(location);
            } else if let (Some(root), Some(promise)) = (&root, subject.promise(&location))
                && promise.long_lived
            {
                found.push(finding(subject, promise, &location, root));
            }
        }
    }
}

fn is_root(location: &Directive<'_>) -> bool {
    let mut args = location.args();
    args.next().is_some_and(|path| path.value() == "/") && args.next().is_none()
}

/// The fault is the YAML's when that has the two in this order, and the template's when it has not.
fn finding(
    subject: &Subject<'_>,
    promise: &Promise<'_>,
    location: &Directive<'_>,
    root: &Directive<'_>,
) -> Diagnostic {
    let message = format!("`{}` location `{}` stands behind `location /`", promise.kind, promise.path);
    let fault = Diagnostic::new(RULE.severity, RULE.id, message);
    let declared_root = subject.promise(root).map(|root| root.declared);
    let behind = |root: &Span| root.file == promise.declared.file && root.start < promise.declared.start;
    let fault = match declared_root.filter(behind) {
        Some(root) => fault
            .at(promise.declared, format!("declared `type: {}` here", promise.kind))
            .at(root, "behind this location `/`")
            .at(location.name_span(), "rendered here"),
        None => fault
            .at(location.name_span(), format!("`{}`, rendered here", promise.path))
            .at(root.name_span(), "behind this `location /`")
            .at(promise.declared, "declared before `/`: the template changes the order"),
    };
    fault
        .why(
            "nginx picks the longest prefix in any order, so nothing breaks today; but people read from top to \
             bottom, and once a regex location is added the order decides",
        )
        .help(format!("put `{}` before `/`", promise.path))
}
