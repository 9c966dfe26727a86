//! The job of `docs/ci.md`, run as its plain commands in a clean folder.

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::support::bounded;
use crate::support::command::Project;
use crate::support::repository;

/// The commands of each step, in order, but for the one that installs: this machine has it all.
fn commands() -> Vec<String> {
    let page = repository::read("docs/ci.md");
    let (_, yaml) = page.split_once("```yaml\n").expect("the page holds a job");
    let (yaml, _) = yaml.split_once("```").expect("the job ends");
    let workflow: Value = serde_saphyr::from_str(yaml).unwrap();
    let steps = workflow["jobs"]["prod"]["steps"].as_array().unwrap().clone();
    let text = |step: &Value, key: &str| step[key].as_str().map(str::to_owned);
    let wanted = steps.iter().filter(|step| text(step, "name").is_none_or(|name| name != "install"));
    wanted.filter_map(|step| text(step, "run")).collect()
}

/// Runs commands as the job does: by `sh -e`, with the program on PATH, which does not know about other folders.
fn ends_with(project: &Project, script: &str) -> (bool, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_nginx-gen")).parent().unwrap();
    let path = format!("{}:/usr/sbin:/usr/bin:/bin", program.display());
    let mut shell = Command::new("sh");
    shell.args(["-ec", script]).current_dir(project.path(".")).env("PATH", path).env("CI", "true");
    let finished = bounded::run(&mut shell, Duration::from_mins(2));
    (finished.status.success(), finished.output)
}

#[test]
fn the_job_passes_in_a_clean_folder() {
    let project = Project::petties();
    let commands = commands();
    assert_eq!(commands.len(), 4, "{commands:?}");
    for command in &commands {
        let (passed, output) = ends_with(&project, command);
        assert!(passed, "{command}\n{output}");
    }
    assert_eq!(project.names("rendered"), ["ai.petties.world", "api.petties.world"]);
    assert!(project.read("junit.xml").contains("<testsuites name=\"nginx-gen test prod\""));
    assert!(project.read("report.html").starts_with("<!doctype html>"));
}

#[test]
fn the_job_fails_on_a_change_that_nobody_accepted() {
    let project = Project::petties();
    let yaml = project.read("environments/prod.yaml");
    project.write("environments/prod.yaml", &yaml.replace("upstream: 8080", "upstream: 9090"));
    let failed: Vec<_> = commands().into_iter().filter(|command| !ends_with(&project, command).0).collect();
    assert_eq!(failed, ["nginx-gen diff prod"]);
}
