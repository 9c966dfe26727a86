//! Every check can fail: a template with one property broken, and the check that says so, on both nginxes.
//!
//! A file `tests/cases/mutants/NAME.txt` is a case. Its head says what is to be found, its body what is changed:
//!
//! ```text
//! check: reaches-back-end
//! profile: guide                       (recommended when left out)
//! template: locations/http.conf.j2
//! at: a.example.org /                  the route that fails
//! says: 200 from                       a text its outcome must hold, as JSON has it; may stand several times
//! - a line that is replaced, wherever the template has it
//! + the lines that take its place; none leaves it out
//! ```
//!
//! `MUTANT=files cargo test --test suite every_mutant` tries those alone whose name holds `files`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::sync::Mutex;

use nginx_gen::checks::Needs;

use crate::support::command::{Project, nginx_gen};
use crate::support::nginx::Nginx;
use crate::support::repository;

const FOLDER: &str = "tests/cases/mutants";

/// How many are tried at once: each runs an nginx and waits most of the time.
const AT_ONCE: usize = 4;

/// A case.
#[derive(Debug, Default)]
struct Mutant {
    name: String,
    check: String,
    profile: String,
    template: String,
    at: String,
    says: Vec<String>,
    /// Each line that is replaced, and what takes its place.
    changes: Vec<(String, Vec<String>)>,
}

impl Mutant {
    fn read(name: &str, text: &str) -> Mutant {
        let mut mutant =
            Mutant { name: name.to_owned(), profile: "recommended".to_owned(), ..Mutant::default() };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            if let Some(old) = line.strip_prefix("- ") {
                mutant.changes.push((old.trim().to_owned(), Vec::new()));
            } else if let Some(new) = line.strip_prefix("+ ") {
                let (_, lines) = mutant.changes.last_mut().unwrap_or_else(|| panic!("{name}: {line}"));
                lines.push(new.to_owned());
            } else {
                let (key, value) = line.split_once(": ").unwrap_or_else(|| panic!("{name}: {line}"));
                let value = value.trim().to_owned();
                match key {
                    "check" => mutant.check = value,
                    "profile" => mutant.profile = value,
                    "template" => mutant.template = value,
                    "at" => mutant.at = value,
                    "says" => mutant.says.push(value),
                    _ => panic!("{name}: no such key: {line}"),
                }
            }
        }
        let parts = [&mutant.check, &mutant.template, &mutant.at];
        let is_whole = parts.iter().all(|part| !part.is_empty()) && !mutant.changes.is_empty();
        assert!(is_whole, "{name}: check, template, at and `- ` are needed");
        assert!(!mutant.says.is_empty(), "{name}: what must its outcome say?");
        mutant
    }

    fn all() -> Vec<Mutant> {
        let mut mutants: Vec<_> = fs::read_dir(repository::path(FOLDER))
            .expect("there are mutants")
            .map(|entry| entry.expect("the folder can be read").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
            .map(|path| {
                Mutant::read(
                    &path.file_stem().unwrap().to_string_lossy(),
                    &fs::read_to_string(&path).unwrap(),
                )
            })
            .collect();
        mutants.sort_by(|a, b| a.name.cmp(&b.name));
        mutants
    }

    /// A project whose profile `mutant` is this one's with the line replaced.
    fn project(&self) -> Project {
        let project = sound(&self.profile);
        let args = ["profile", self.profile.as_str(), "-o", "templates/mutant"];
        nginx_gen(&project).args(args).assert().success();
        let place = format!("templates/mutant/{}", self.template);
        let text = project.read(&place);
        for (old, _) in &self.changes {
            let is_there = text.lines().any(|line| line.trim() == old);
            assert!(is_there, "{}: `{}` has no `{old}`", self.name, self.template);
        }
        let mut mutated = String::new();
        for line in text.lines() {
            match self.changes.iter().find(|(old, _)| line.trim() == old) {
                Some((_, new)) => new.iter().for_each(|line| writeln!(mutated, "{line}").unwrap()),
                None => writeln!(mutated, "{line}").unwrap(),
            }
        }
        project.write(&place, &mutated);
        project
    }

    /// Tries it on an nginx: the words of what is wrong with the check, if anything.
    fn fault(&self, project: &Project, nginx: &str) -> Option<String> {
        let site = self.at.split(' ').next().unwrap_or_default();
        let args = ["test", "all", "--profile", "mutant", "--check", &self.check, "--site", site];
        let said = nginx_gen(project).args(args).args(["--format", "json", "--nginx", nginx]).said();
        // What nginx warns of stands behind it.
        let first = serde_json::Deserializer::from_str(&said).into_iter::<serde_json::Value>().next();
        let report = first.and_then(Result::ok).unwrap_or_default();
        let outcomes = report["outcomes"].as_array().cloned().unwrap_or_default();
        let failed = outcomes.iter().filter(|outcome| outcome["verdict"] == "failed").filter(|outcome| {
            let site = outcome["site"].as_str().unwrap_or_default();
            let location = outcome["location"].as_str().unwrap_or_default();
            format!("{site} {location}").trim() == self.at
        });
        let texts: Vec<String> = failed.map(ToString::to_string).collect();
        let is_told = self.says.iter().all(|wanted| texts.iter().any(|text| text.contains(wanted.as_str())));
        (texts.is_empty() || !is_told)
            .then(|| format!("{} on {nginx}: not found, or not said:\n{said}", self.name))
    }
}

/// A project whose environment `all` has every type of location, of a profile as it is.
fn sound(profile: &str) -> Project {
    let project = Project::empty();
    let environment = repository::read(&format!("{FOLDER}/environment.yaml"));
    let declared = environment.replace("profile: recommended", &format!("profile: {profile}"));
    project.write("environments/all.yaml", &declared);
    project
}

#[test]
fn every_check_passes_without_its_mutants_on_both_nginxes() {
    let mutants = Mutant::all();
    for profile in ["recommended", "guide"] {
        let project = sound(profile);
        let of_profile = mutants.iter().filter(|mutant| mutant.profile == profile);
        let checks: BTreeSet<&str> = of_profile.map(|mutant| mutant.check.as_str()).collect();
        for nginx in Nginx::both() {
            let nginx = nginx.program().display().to_string();
            let only = checks.iter().flat_map(|check| ["--check", check]);
            let said = nginx_gen(&project).args(["test", "all", "--nginx", &nginx]).args(only).said();
            assert!(said.ends_with("exit status: 0"), "{profile}: {said}");
        }
    }
}

#[test]
fn every_mutant_is_found_on_both_nginxes() {
    let mut mutants = Mutant::all();
    if let Ok(wanted) = std::env::var("MUTANT") {
        mutants.retain(|mutant| mutant.name.contains(&wanted));
    }
    assert!(!mutants.is_empty());
    let nginxes = Nginx::both().map(|nginx| nginx.program().display().to_string());
    let todo = Mutex::new(mutants.iter());
    let faults = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(mutant) = { todo.lock().unwrap().next() } {
                    let project = mutant.project();
                    let found = nginxes.iter().filter_map(|nginx| mutant.fault(&project, nginx));
                    faults.lock().unwrap().extend(found);
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_check_has_a_mutant() {
    let mutants = Mutant::all();
    let without: Vec<_> = nginx_gen::checks::CHECKS
        .iter()
        // Made by `probe` alone, and shown to fail in `tests/suite/probe`.
        .filter(|check| check.needs != Needs::Deployment)
        .map(|check| check.id)
        .filter(|id| !mutants.iter().any(|mutant| mutant.check == *id))
        .collect();
    assert!(without.is_empty(), "drop a file into {FOLDER} for each of these checks: {without:?}");
}
