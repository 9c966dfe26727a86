//! Comments that speak to this program and that it does not understand: one that is silently passed over is worse than none.

use std::collections::HashSet;

use super::meant::marked;
use super::subject::Subject;
use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::{TYPES, nearest};
use crate::nginx::tree::{Comment, Directive};
use crate::text::Span;

/// What may stand behind `nginx-gen:`.
const SAID: &str = "write `# nginx-gen: allow RULE: reason` or `# nginx-gen: type TYPE`";

/// What is wrong with comments that begin with `nginx-gen:`. Those that allow a rule are looked at where they do.
pub(super) fn faults(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let marking = marking(subject);
    let comments = subject.tree.comments(subject.sources);
    comments.filter_map(|comment| fault(comment, &marking)).collect()
}

/// The comments that a location takes its type from, or could.
fn marking(subject: &Subject<'_>) -> HashSet<Span> {
    let locations = subject.places.iter().map(|place| place.location);
    let beside = |location: Directive<'_>| {
        let comments = location.comments_above().into_iter().chain(location.comment_behind());
        comments.map(Comment::span).collect::<Vec<_>>()
    };
    locations.flat_map(beside).collect()
}

fn fault(comment: Comment<'_>, marking: &HashSet<Span>) -> Option<Diagnostic> {
    let bad = |message: String| {
        Diagnostic::new(Severity::Warning, "bad-comment", message)
            .at(comment.span(), "")
            .why("it changes nothing, whatever it was meant to do")
    };
    let Some(said) = comment.addressed() else {
        let said = comment.lacks_colon()?;
        let lacking = bad("there is no colon behind `nginx-gen`".to_owned());
        return Some(lacking.help(format!("write `# nginx-gen: {said}`")));
    };
    let (verb, rest) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
    match verb {
        "allow" if !rest.trim().is_empty() => None,
        "type" if marked(comment).is_some() => {
            let message = "this comment marks no location".to_owned();
            let is_beside = marking.contains(&comment.span());
            (!is_beside)
                .then(|| bad(message).help("put it on the line above a `location`, or behind its `{`"))
        }
        "type" if !rest.trim().is_empty() => {
            let name = rest.split_whitespace().next().unwrap_or_default();
            let types = || TYPES.iter().map(|kind| kind.name);
            let help = match nearest(name, types()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("it is one of `{}`", types().collect::<Vec<_>>().join("`, `")),
            };
            Some(bad(format!("there is no type `{name}`")).help(help))
        }
        _ => Some(bad(format!("`nginx-gen: {said}` says nothing that is understood")).help(SAID)),
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::{Survey, check_by};
    use crate::nginx::parser::parse;
    use crate::nginx::version::Version;
    use crate::text::{SourceFile, Sources};

    /// What is told of a text, without any rule.
    fn told(text: &str) -> Vec<(String, String)> {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("a.conf", text));
        let (tree, _) = parse(file, text);
        let found = check_by(&[], &Survey::new(&tree, &sources, &[], Version::NEWEST));
        let words = |told: &crate::diagnostic::Diagnostic| {
            (told.message.to_string(), told.help.clone().unwrap_or_default().into_owned())
        };
        found.iter().map(words).collect()
    }

    #[test]
    fn what_is_understood_is_not_told() {
        let text = "# nginx: type sse\n# nginx-gen made this\nserver {\n# nginx-gen: type sse\nlocation /a { # nginx-gen: type sse\n} }\n";
        assert_eq!(told(text), []);
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let only = |text: &str| match told(text).as_slice() {
            [(message, help)] => (message.clone(), help.clone()),
            other => panic!("{other:?}"),
        };
        let (message, help) = only("# nginx-gen: type webscoket\nlocation /a { }\n");
        assert_eq!((&*message, &*help), ("there is no type `webscoket`", "did you mean `websocket`?"));
        let (message, help) = only("location /a {\n    # nginx-gen: type sse\n    proxy_pass http://a;\n}\n");
        assert_eq!(message, "this comment marks no location");
        assert!(help.contains("above a `location`"), "{help}");
        let (message, help) = only("# nginx-gen: ignore short-timeout\nlocation /a { }\n");
        assert_eq!(message, "`nginx-gen: ignore short-timeout` says nothing that is understood");
        assert!(help.contains("allow RULE: reason"), "{help}");
        let (message, help) = only("# nginx-gen allow short-timeout: heartbeats\nlocation /a { }\n");
        assert_eq!(message, "there is no colon behind `nginx-gen`");
        assert_eq!(help, "write `# nginx-gen: allow short-timeout: heartbeats`");
    }
}
