//! A group that a `rewrite` reads and its expression does not have.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::captures::count;
use crate::lint::untrusted::names;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "missing-capture",
    severity: Severity::Warning,
    summary: "a `rewrite` that reads `$2` where its expression has one group",
    explanation: "\
`$1` to `$9` in a `rewrite` are the groups of *its own* expression; those of the location around it are gone once the
expression has matched. One that does not exist is empty, without a word: `rewrite ^/shop /new/$1 permanent` sends everyone to
`/new/`. Name the group in the location, `(?<rest>.*)`, to read it in the `rewrite` as `$rest`.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location / { rewrite ^/shop/ /new/$1 permanent; }
}
",
        ),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location / { rewrite ^/shop/(.*)$ /new/$1 permanent; }
    location ~ ^/old/(?<rest>.*)$ { rewrite ^ /new/$rest permanent; }
}
",
        )
        .near_miss()
        .tried(Trial::Nothing("the linter's own arithmetic")),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rewrite in subject.every("rewrite") {
        found.extend(missing(rewrite));
    }
}

fn missing(rewrite: Directive<'_>) -> Option<Diagnostic> {
    let (expression, target) = (rewrite.arg(0)?, rewrite.arg(1)?);
    let numbers = names(target.content()).filter_map(|name| name.parse::<usize>().ok());
    let (greatest, has) = (numbers.max()?, count(expression.content()));
    let groups = if has == 1 { "one group".to_owned() } else { format!("{has} groups") };
    (greatest > has).then(|| {
        RULE.finding(format!("`${greatest}` is always empty here"))
            .at(target.span(), "")
            .at(expression.span(), format!("has {groups}"))
            .why("a group that does not exist is empty, and groups of other expressions are gone once this one matches")
            .help("put what is to be kept in parentheses, or name a group of the location: `(?<rest>.*)`, `$rest`")
    })
}
