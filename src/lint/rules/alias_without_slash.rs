//! `alias` without the slash that its location has.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "alias-without-slash",
    severity: Severity::Warning,
    summary: "an `alias` without the `/` that ends its location",
    explanation: "\
nginx replaces the text of the location by the text of `alias`, letter for letter. With `location /img/` and `alias /srv/img`,
`/img/a.png` is looked for as `/srv/imga.png`, and answered with 404.",
    bad: &[Example::new("server { listen 80; location /img/ { alias /srv/img; } }\n").tried(Trial::Nothing("which file is looked for is seen on the disk"))],
    good: &[Example::new(
        "\
server {
    listen 80;
    location /img/ { alias /srv/img/; }
    location /docs { alias /srv/docs; }
    location /app/ { alias /srv/app/index.html; }
    location ~ ^/u/(.+)$ { alias /srv/u/$1; }
}
",
    )
    .near_miss()],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        if !place.is_prefix() || !place.path.ends_with('/') {
            continue;
        }
        let Some(alias) = place.location.find("alias") else { continue };
        let Some(folder) = alias.arg(0).map(crate::nginx::tree::Argument::value) else { continue };
        let last = folder.rsplit('/').next().unwrap_or_default();
        // One file may be meant to answer for all, and what a variable ends with is not known.
        if last.is_empty() || last.contains(['.', '$', '{', '<', '%']) {
            continue;
        }
        found.push(
            RULE.finding(format!("`{}` looks for its files beside `{folder}`, not in it", place.head()))
                .at(alias.head_span(), "the text of the location is replaced by this")
                .at(place.location.head_span(), "ends with a slash")
                .why(format!("`{}a.png` becomes `{folder}a.png`", place.path))
                .help(format!("write `alias {folder}/;`")),
        );
    }
}
