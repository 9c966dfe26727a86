//! An `alias` that can be left upwards.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::captures::Group;
use crate::lint::subject::Place;
use crate::lint::untrusted::{names, takes};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "alias-traversal",
    severity: Severity::Error,
    summary: "a location without a final slash whose `alias` has one: `/files../` leads out of the folder",
    explanation: "\
nginx takes the location's text off the path and puts the `alias` before what is left. `location /files` with
`alias /srv/app/files/` makes `/srv/app/files/../config.yml` of `/files../config.yml`: `..` counts as a step up only between
slashes, so nginx let the path pass, and the file system takes the step. Anyone reads whatever lies beside the folder. The
same holds for an expression that captures right behind a name: `location ~ ^/files(.*)$` with `alias /srv/app/files/$1`.
Measured on 1.22 and 1.28. With a final slash in both, nothing but the folder is reached.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location /files { alias /usr/share/; }
}
",
        )
        .tried(Trial::Answers("/files../lib/os-release", 404)),
        Example::new(
            "\
server {
    listen 80;
    location ~ ^/files(.*)$ { alias /usr/share/$1; }
}
",
        )
        .tried(Trial::Answers("/files../lib/os-release", 404)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /files/ { alias /usr/share/; }
}
",
        )
        .tried(Trial::Answers("/files../lib/os-release", 404)),
        Example::new(
            "\
server {
    listen 80;
    location /files { alias /usr/share; }
    location /icons { root /usr/share; }
    location = /robots.txt { alias /srv/robots/; }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/files../lib/os-release", 404)),
        Example::new(
            "\
server {
    listen 80;
    location ~ ^/files/(.*)$ { alias /usr/share/$1; }
    location ~ ^/v([0-9]+)$ { alias /srv/versions/$1; }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/files../lib/os-release", 404)),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some(alias) = place.location.find("alias") else { continue };
        let path = alias.arg(0).map(Argument::value).unwrap_or_default();
        let is_regex = matches!(&*place.modifier, "~" | "~*");
        let way_out = match is_regex {
            true => captured(place, &path),
            false => prefixed(place, &path),
        };
        found.extend(way_out.map(|way_out| finding(place, alias, &way_out)));
    }
}

/// The path that leads out of the folder of a prefix location, if there is one.
fn prefixed(place: &Place<'_>, alias: &str) -> Option<String> {
    let is_open = place.is_prefix() && place.path.starts_with('/') && !place.path.ends_with('/');
    (is_open && alias.ends_with('/')).then(|| format!("{}../", place.path))
}

/// The same for an expression that begins with plain text and then captures what ends the `alias`.
fn captured(place: &Place<'_>, alias: &str) -> Option<String> {
    let (literal, _) = place.path.strip_prefix('^')?.split_once('(')?;
    let is_plain = literal.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte));
    let (folder, name) = alias.rsplit_once('/')?;
    let is_first =
        matches!(names(name).next().and_then(Group::named), Some(group) if is_first(&place.path, group));
    let is_alone = name.starts_with('$') && !folder.contains('$') && names(name).count() == 1;
    let group = names(name).next().and_then(Group::named)?;
    let leads_out = is_plain && is_first && is_alone && !literal.ends_with('/');
    (leads_out && takes(&place.path, group, "../a")).then(|| format!("{literal}../"))
}

/// Whether a group is the one that opens first.
fn is_first(expression: &str, group: Group<'_>) -> bool {
    match group {
        Group::Number(number) => number == 1,
        Group::Name(name) => expression.split_once('(').is_some_and(|(_, rest)| {
            rest.trim_start_matches("?P").trim_start_matches('?').starts_with(&format!("<{name}>"))
        }),
    }
}

fn finding(place: &Place<'_>, alias: Directive<'_>, way_out: &str) -> Diagnostic {
    let help = match place.is_prefix() {
        true => format!("write `location {}/`", place.path),
        false => "let the expression ask for a `/` before the group".to_owned(),
    };
    RULE.finding(format!("`{way_out}` leads out of the folder of `{}`", place.head()))
        .at(alias.head_span(), "what follows the location's text is put behind this")
        .at(place.location.head_span(), "no `/` at its end, so `..` may follow")
        .why("anyone can read what lies beside the folder: `..` right behind a name is no step up to nginx, but it is to the file system")
        .help(help)
}
