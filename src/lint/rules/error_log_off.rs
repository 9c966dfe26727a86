//! `error_log off`.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "error-log-off",
    severity: Severity::Warning,
    summary: "`error_log off`, which logs to a file called `off`",
    explanation: "\
`access_log` knows `off`, `error_log` does not: it takes the word for the name of a file, makes that in nginx's own folder,
and writes every error there, where nobody looks and nothing rotates it.",
    bad: &[Example::new("server { listen 80; error_log off; }\n").tried(Trial::Nothing("the file it writes is seen on the disk"))],
    good: &[Example::new("server { listen 80; access_log off; error_log /dev/null crit; }\n").near_miss()],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for directive in subject.every("error_log") {
        if directive.arg(0).is_some_and(|target| target.is("off")) {
            found.push(
                RULE.finding("`error_log off` writes a file called `off`")
                    .at(directive.head_span(), "the name of a file")
                    .why("`error_log` cannot be switched off; the file lies in nginx's own folder and grows")
                    .help("write `error_log /dev/null crit;`, or better a file and a level: `error_log /var/log/nginx/error.log crit;`"),
            );
        }
    }
}
