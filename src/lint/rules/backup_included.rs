//! A copy that an editor or a package left in a folder of which everything is included.

use std::collections::HashSet;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "backup-included",
    severity: Severity::Warning,
    summary: "a backup file that `include …/*` reads with all others",
    explanation: "\
`include /etc/nginx/sites-enabled/*;` reads every file whose name does not begin with a dot: `default~`, `api.conf.bak` and
`api.conf.save` too. The copy of a site fights with it for the same names, and which of the two wins is decided by the order
of the files. A backup belongs in `sites-available`, or somewhere else.",
    bad: &[Example::new("include sites-enabled/*;\n")
        .including(&[
            ("sites-enabled/api.conf", "server { listen 80; server_name a.example.org; }\n"),
            ("sites-enabled/api.conf.bak", "server { listen 80; server_name old.example.org; }\n"),
        ])
        .tried(Trial::Nothing("nginx serves the copy as any other site"))],
    good: &[
        Example::new("include conf.d/*.conf;\n").including(&[
            ("conf.d/api.conf", "server { listen 80; server_name a.example.org; }\n"),
            ("conf.d/api.conf.bak", "server { listen 80; server_name a.example.org; }\n"),
        ]),
        // Named as such, somebody wants it.
        Example::new("include snippets/sites.old;\n")
            .including(&[("snippets/sites.old", "server { listen 80; server_name a.example.org; }\n")])
            .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

/// How names of copies end: those of editors, of packages, and of people.
const ENDINGS: [&str; 12] = [
    "~",
    ".bak",
    ".backup",
    ".save",
    ".orig",
    ".old",
    ".dpkg-old",
    ".dpkg-new",
    ".dpkg-dist",
    ".rpmsave",
    ".rpmnew",
    ".swp",
];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut told = HashSet::new();
    let is_pattern = |include: &Directive<'_>| {
        include.arg(0).is_some_and(|target| target.content().contains(['*', '?', '[']))
    };
    for include in subject.every("include").filter(is_pattern) {
        let mut last = None;
        for directive in include.brought() {
            // What a file in it includes in turn is looked at for itself.
            if last.replace(directive.file()) == Some(directive.file()) || directive.included_by() != Some(include) {
                continue;
            }
            let name = subject.sources.file(directive.file()).name();
            let Some(ending) = ENDINGS.iter().find(|ending| name.ends_with(*ending)) else { continue };
            if told.insert(directive.file()) {
                found.push(finding(directive, include, name, ending));
            }
        }
    }
}

fn finding(directive: Directive<'_>, include: Directive<'_>, name: &str, ending: &str) -> Diagnostic {
    let file = Path::new(name).file_name().unwrap_or_default().to_string_lossy();
    RULE.finding(format!("the backup `{file}` is read as a site"))
        .at(directive.head_span(), format!("in a file whose name ends with `{ending}`"))
        .at(include.head_span(), "reads every file of the folder")
        .why("it stands beside what it is a copy of, and which of the two answers depends on their order")
        .help("move it out of the folder")
}
