//! Risky real-time configurations and their correct twins, told apart.
//!
//! To add a case, drop `NAME.conf` into `tests/cases/realtime/bad/`, with the rules that find something in its first
//! line, and its twin of the same name into `good/`. Real nginx accepts both: that is what makes it a risk.

use std::collections::BTreeMap;
use std::fs;

use nginx_gen::nginx::version::Version;

use super::found;
use crate::support::nginx::{Nginx, Sites};
use crate::support::repository;

/// The files of one of the two folders by their names.
fn cases(folder: &str) -> BTreeMap<String, String> {
    let folder = repository::path("tests/cases/realtime").join(folder);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    files
        .map(|file| {
            let path = file.expect("a folder can be read").path();
            let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        })
        .collect()
}

#[test]
fn a_risk_is_found_and_its_twin_is_not() {
    let (bad, good) = (cases("bad"), cases("good"));
    assert!(bad.keys().eq(good.keys()), "each has a twin of the same name");
    for (name, text) in bad.iter().chain(&good) {
        let first = text.lines().next().unwrap_or_default();
        let expected: Vec<_> = match first.strip_prefix("# finds: ") {
            Some(rules) => rules.split(", ").collect(),
            None if first == "# finds nothing" => Vec::new(),
            None => panic!("{name}: the first line is to say `# finds: RULE` or `# finds nothing`"),
        };
        assert_eq!(found(text, Version::branch(1, 22)), expected, "{name}:\n{text}");
    }
    assert!(bad.values().all(|text| text.starts_with("# finds: ")), "a bad one finds something");
    assert!(good.values().all(|text| text.starts_with("# finds nothing")), "a good one finds nothing");
}

#[test]
fn real_nginx_accepts_the_risk_and_its_twin() {
    for nginx in Nginx::both() {
        for (name, text) in cases("bad").into_iter().chain(cases("good")) {
            let verdict = nginx.check(&Sites::one(text));
            assert!(verdict.accepted, "{name}: {verdict:?}");
        }
    }
}
