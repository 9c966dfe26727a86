//! `allow:` in the YAML: what it takes away, and what it leaves.

use crate::support::command::{Project, nginx_gen};

/// An environment with an event stream whose timeout is short, in two locations; `TOP`, `SERVICE`, `SITE` and
/// `LOCATION` stand for what is said at each.
fn environment(at: &str, said: &str) -> Project {
    let yaml = "\
nginx_version: \"1.22\"
profile: recommended
tls: none
TOP
services:
  a:
    SERVICE
    locations:
      - { path: /a/, type: sse, read_timeout: 30s LOCATION }
      - { path: /b/, type: sse, read_timeout: 30s }
sites:
  - { server_name: a.example, service: a, upstream: 8000 SITE }
  - { server_name: b.example, service: a, upstream: 8000 }
";
    let yaml = ["TOP", "SERVICE", "SITE", "LOCATION"].iter().fold(yaml.to_owned(), |yaml, place| {
        let comma = if matches!(*place, "SITE" | "LOCATION") && *place == at { ", " } else { "" };
        yaml.replace(place, &if *place == at { format!("{comma}{said}") } else { String::new() })
    });
    let project = Project::empty();
    project.write("environments/prod.yaml", &yaml);
    project
}

/// The rules that are told, with the location they are told of, per site.
fn told(project: &Project) -> Vec<String> {
    let said = nginx_gen(project).args(["validate", "prod", "--format", "json"]).said();
    let json = &said[..=said.rfind('}').expect("an object")];
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let line =
        |finding: &serde_json::Value| format!("{} {}", text(finding, "rule"), text(finding, "message"));
    json["findings"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_key_allows_what_it_says_and_no_more() {
    let allow = "allow: { short-timeout: \"a heartbeat every 20 s\" }";
    let count = |at: &str| told(&environment(at, allow)).len();
    let all = told(&environment("", ""));
    assert!(all.iter().all(|one| one.starts_with("short-timeout")), "{all:?}");
    // Each location has a twin without its slash.
    let (locations, sites, twins) = (2, 2, 2);
    assert_eq!(all.len() % (locations * sites), 0, "{all:?}");
    let each = all.len() / (locations * sites);
    assert!(each <= twins);
    assert_eq!(count("TOP"), 0);
    assert_eq!(count("SERVICE"), 0);
    assert_eq!(count("SITE"), locations * each);
    let left = told(&environment("LOCATION", allow));
    assert_eq!(left.len(), sites * each);
    assert!(left.iter().all(|one| one.contains("/b")), "{left:?}");
}

#[test]
fn one_in_a_fragment_is_unused_only_when_every_environment_was_judged() {
    let project = environment("", "");
    let prod = project.read("environments/prod.yaml");
    let heartbeat = "allow: { short-timeout: \"a heartbeat every 20 s\" }\n";
    project.write("environments/_base.yaml", heartbeat);
    project.write("environments/prod.yaml", &format!("extends: _base.yaml\n{prod}"));
    let patient = prod.replace("30s", "1h");
    project.write("environments/test.yaml", &format!("extends: _base.yaml\n{patient}"));
    let says = |args: &[&str]| nginx_gen(&project).args([&["validate"], args].concat()).said();
    assert!(says(&["test"]).contains("no findings"), "{}", says(&["test"]));
    assert!(says(&[]).contains("no findings"), "{}", says(&[]));
    project.write("environments/prod.yaml", &format!("extends: _base.yaml\n{patient}"));
    assert!(says(&[]).contains("hint[unused-suppression]"), "{}", says(&[]));
    // A rule that did not run can be known to find nothing by nobody.
    assert!(says(&["--allow", "short-timeout"]).contains("no findings"));
    assert!(says(&["--rule", "stream-buffered"]).contains("no findings"));
    nginx_gen(&project).args(["validate", "--rule", "short-timout"]).assert().code(2);
}
