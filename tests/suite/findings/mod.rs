//! Findings for programs: their shape is what `docs/findings.md` says.

mod schema;

use std::fs;

use serde_json::{Value, json};

use crate::support::command::{Project, nginx_gen};
use crate::support::repository;

fn output(project: &Project, args: &[&str]) -> String {
    let said = nginx_gen(project).args(args.iter().copied()).said();
    said[..=said.rfind('}').expect("an object")].to_owned()
}

/// Output of every kind: rules with places in several files, fixes, faults of the YAML, and none at all.
fn outputs(format: &str) -> Vec<Value> {
    let project = Project::petties();
    let example = block(&repository::read("docs/findings.md"), "nginx").to_owned();
    project.write("a.conf", &example);
    project.write("good.conf", "server { listen 80 default_server; return 404; }\n");
    project.write("environments/broken.yaml", "sites: [\n");
    project.write("environments/unknown.yaml", "nginx_version: \"1.22\"\nsits: []\nsites: []\n");
    let mut outputs: Vec<Value> = Vec::new();
    for args in [
        &["lint", "a.conf"][..],
        &["lint", "good.conf"],
        &["validate", "prod"],
        &["validate", "broken"],
        &["validate", "unknown"],
        &["validate", "no-such"],
    ] {
        let output = output(&project, &[args, &["--format", format]].concat());
        outputs.push(
            serde_json::from_str(&output).unwrap_or_else(|error| panic!("{args:?}: {error}: {output}")),
        );
    }
    outputs
}

#[test]
fn json_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(&repository::read("docs/findings.schema.json")).unwrap();
    let outputs = outputs("json");
    for output in &outputs {
        assert_eq!(schema::faults(&schema, output), [""; 0], "{output:#}");
    }
    let all = || outputs.iter().flat_map(|output| output["findings"].as_array().unwrap());
    assert!(all().any(|finding| finding["fix"].is_object()), "no finding has a fix");
    assert!(all().any(|finding| finding["related"].as_array().unwrap().len() > 1), "none has related places");
    assert!(all().any(|finding| finding.get("file").is_none()), "none lies in no file");
    // The check finds something where there is something.
    for wrong in [
        json!({}),
        json!({ "findings": [{}] }),
        json!({ "findings": [], "more": 1 }),
        json!({ "findings": {} }),
    ] {
        assert_ne!(schema::faults(&schema, &wrong), [""; 0], "{wrong}");
    }
}

#[test]
fn sarif_names_rules_and_places_that_there_are() {
    for log in outputs("sarif") {
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for rule in rules {
            assert!(rule.get("helpUri").is_none(), "there is no page to point at: {rule}");
            let known = nginx_gen::lint::find(rule["id"].as_str().unwrap());
            assert_eq!(known.is_some(), rule["fullDescription"]["text"].is_string(), "{rule}");
            assert_eq!(known.map(|rule| rule.summary), rule["shortDescription"]["text"].as_str());
        }
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()), "{result}");
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let related =
                result.get("relatedLocations").and_then(Value::as_array).cloned().unwrap_or_default();
            let places = result["locations"].as_array().unwrap().iter().chain(&related);
            places.for_each(|place| place_is_sound(&place["physicalLocation"]));
        }
    }
}

fn place_is_sound(place: &Value) {
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(!uri.is_empty() && !uri.starts_with("rendered") && !uri.contains(' '), "{uri}");
    let number = |key: &str| place["region"][key].as_u64().unwrap();
    let (start, end) =
        ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{place}");
}

#[test]
fn the_page_shows_what_is_printed() {
    let path = repository::path("docs/findings.md");
    let page = fs::read_to_string(&path).unwrap();
    let project = Project::empty();
    project.write("a.conf", block(&page, "nginx"));
    let printed = output(&project, &["lint", "--format", "json", "a.conf"]) + "\n";
    let shown = block(&page, "json");
    if std::env::var_os("UPDATE").is_some() {
        let (before, rest) = page.split_once("```json\n").unwrap();
        let (_, behind) = rest.split_once("```\n").unwrap();
        return fs::write(&path, format!("{before}```json\n{printed}```\n{behind}")).unwrap();
    }
    assert_eq!(shown, printed, "rewrite it: `UPDATE=1 cargo test --test suite findings`");
}

/// The text of the first code block of a language.
fn block<'p>(page: &'p str, language: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("```{language}\n")).expect("the page has one");
    rest.split_once("```\n").expect("it ends").0
}
