//! Listings of a whole site.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "autoindex-of-all",
    severity: Severity::Hint,
    summary: "`autoindex on` for a whole site or for all sites",
    explanation: "\
`autoindex` lists what is in every folder without an index file. For a folder of downloads that is what it is for, and a
location of its own is not told of. In `http`, in a server or in `location /` it also lists folders that somebody thought nobody
would find: back-ups, uploads, drafts.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    root /srv;
    autoindex on;
}
",
    )
    .tried(Trial::Nothing("it does what it says"))],
    good: &[Example::new(
        "\
server {
    listen 80;
    root /srv;
    location /downloads/ { autoindex on; }
    location / { autoindex off; }
}
",
    )
    .near_miss()],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for listing in subject.every("autoindex") {
        let is_on = listing.arg(0).is_some_and(|word| word.is("on"));
        if is_on && listing.parent().is_some_and(takes_all) {
            found.push(
                RULE.finding("every folder of the site without an index file is listed")
                    .at(listing.head_span(), "")
                    .why("it shows what nobody was given a link to")
                    .help("put it into a location for the folder that is to be listed"),
            );
        }
    }
}

fn takes_all(block: Directive<'_>) -> bool {
    let is_root = || block.args().next_back().is_some_and(|path| path.is("/"));
    block.is("http") || block.is("server") || block.is("location") && is_root()
}
