//! A file's ending that need not be the end.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "unanchored-regex",
    severity: Severity::Warning,
    summary: "`location ~ \\.php` without `$`: `/upload/x.php.jpg` is handed to the program too",
    explanation: "\
An expression matches anywhere in the path unless `^` and `$` say where. `location ~ \\.php` with a `fastcgi_pass` takes
`/upload/photo.php.jpg`, which somebody may have uploaded, and a path such as `/blog/about.phpunit/`: PHP-FPM's
`security.limit_extensions` is then all that keeps the first from being run. `.php$` without the backslash takes `/exphp`. Told of
where a program is called (`fastcgi_pass`, `uwsgi_pass`, `scgi_pass`); with `fastcgi_split_path_info`, which is for paths that go on
behind the name, `\\.php` alone is as it must be, and so is `\\.php(/|$)`.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location ~ \\.php { fastcgi_pass unix:/run/php.sock; }
}
",
        )
        .tried(Trial::Answers("/upload/x.php.jpg", 404)),
        Example::new(
            "\
server {
    listen 80;
    location ~ .php$ { fastcgi_pass unix:/run/php.sock; }
}
",
        )
        .tried(Trial::Answers("/exphp", 404)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location ~ \\.php$ { fastcgi_pass unix:/run/php.sock; }
}
",
        )
        .tried(Trial::Answers("/upload/x.php.jpg", 404)),
        Example::new(
            "\
server {
    listen 80;
    location ~ [^/]\\.php(/|$) { fastcgi_pass unix:/run/php.sock; }
    location ~ ^/app/.+\\.cgi { fastcgi_split_path_info ^(.+\\.cgi)(/.*)$; fastcgi_pass unix:/run/php.sock; }
    location ~ \\.jpg { expires 1d; }
    location ~ /\\.ht { deny all; }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/upload/x.php.jpg", 404)),
    ],
    reach: Reach::Server,
    check,
};

const PROGRAMS: [&str; 3] = ["fastcgi_pass", "uwsgi_pass", "scgi_pass"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places.iter().filter(|place| matches!(&*place.modifier, "~" | "~*")) {
        let Some(program) =
            place.location.children().find(|child| PROGRAMS.iter().any(|name| child.is(name)))
        else {
            continue;
        };
        if place.settings.get("fastcgi_split_path_info").is_none() && !has_unknown(place) {
            found.extend(fault(place, program));
        }
    }
}

/// A snippet that was not given may hold `fastcgi_split_path_info`.
fn has_unknown(place: &Place<'_>) -> bool {
    place
        .location
        .find_all("include")
        .any(|include| include.arg(0).is_none_or(|path| !path.content().ends_with("_params")))
}

fn fault(place: &Place<'_>, program: Directive<'_>) -> Option<Diagnostic> {
    let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (before, ending) = place.path.rsplit_once('.')?;
    let is_escaped = before.ends_with('\\') && !before.ends_with("\\\\");
    let (message, taken) = if is_escaped && word(ending) {
        (format!("`{}` takes paths that go on behind the ending", place.head()), format!("x.{ending}.jpg"))
    } else if !is_escaped
        && !before.ends_with(['(', ')', '['])
        && ending.strip_suffix('$').is_some_and(word)
        && before.is_empty()
    {
        (
            format!("the dot of `{}` is any character", place.head()),
            format!("ex{}", ending.trim_end_matches('$')),
        )
    } else {
        return None;
    };
    let written = ending.trim_end_matches('$');
    let fault = RULE.finding(message).at(place.location.head_span(), format!("takes `/upload/{taken}` too"));
    let fault = fault.at(program.head_span(), "and hands it to the program");
    let fault = fault.why("what somebody uploaded under such a name may be run");
    Some(fault.help(format!(
        "write `{} \\.{written}$`, or `\\.{written}(/|$)` where paths go on behind the name",
        place.modifier
    )))
}
