//! Whatever nginx-gen accepts, nginx accepts.
//!
//! Random environments and the committed ones are rendered with both profiles and shown to two real nginxes.
//! What nginx would refuse, nginx-gen must refuse first, at its YAML line: `refused` holds the near misses
//! that were found.

mod choices;
mod environments;
mod locations;
mod refused;

use std::cell::Cell;

use nginx_gen::compile::Compiled;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use self::choices::Choices;
use crate::support::command::Project;
use crate::support::nginx::{Nginx, Sites, Verdict};
use crate::support::pipeline::{PROFILES, cases, compiled};

/// An nginx, and the versions that files it is shown may be for.
fn targets() -> [(Nginx, &'static [&'static str]); 2] {
    let [debian, built] = Nginx::both();
    [(debian, &["1.22", "1.18"]), (built, &["1.28", "1.26"])]
}

fn show(nginx: &Nginx, files: &[Compiled]) -> Verdict {
    let sites =
        files.iter().fold(Sites::new(), |sites, file| sites.file(format!("{}.conf", file.name), file.text()));
    nginx.check(&sites)
}

/// What is wrong with the verdict, if anything.
///
/// Files for a version before 1.25.1 say `listen … http2`, which a newer nginx calls deprecated.
fn objection(verdict: &Verdict, profile: &str, old: bool, files: &[Compiled]) -> Result<(), String> {
    let deprecated = |text: &str| text.contains("the \"listen ... http2\" directive is deprecated");
    let warned =
        verdict.texts("warn").into_iter().any(|text| !((old || profile == "guide") && deprecated(text)));
    if verdict.accepted && !warned {
        return Ok(());
    }
    let texts: Vec<_> = files.iter().map(|file| format!("### {}\n{}", file.name, file.text())).collect();
    Err(format!("{}\nprofile {profile}: {:#?}", texts.join("\n"), verdict.messages))
}

/// Whether nginx-gen loads it; an error when it does and nginx does not.
fn agree(project: &Project, nginx: &Nginx, text: &str) -> Result<bool, String> {
    project.write("environments/random.yaml", text);
    for profile in PROFILES {
        let files = match compiled(project, "random", Some(profile)) {
            Ok(files) => files,
            Err(refused) if refused.faults.iter().all(|fault| fault.code != "template") => return Ok(false),
            Err(refused) => return Err(format!("{:#?}\n{text}", refused.faults)),
        };
        objection(&show(nginx, &files), profile, false, &files)
            .map_err(|why| format!("{why}\n### YAML\n{text}"))?;
    }
    Ok(true)
}

#[test]
fn random_environments() {
    let project = Project::empty();
    let targets = targets();
    let (tried, accepted) = (Cell::new(0), Cell::new(0));
    let answers = prop::collection::vec(any::<u16>(), 0..250);
    let tested = TestRunner::new(cases(150)).run(&answers, |answers| {
        let mut choices = Choices::new(&answers);
        let text = environments::environment(&mut choices);
        for (nginx, versions) in &targets {
            let version = choices.pick(versions);
            let http3 = if version > "1.25" && choices.once_in(3) { "http3: true\n" } else { "" };
            let text = format!("nginx_version: \"{version}\"\n{http3}{text}");
            tried.set(tried.get() + 1);
            let agreed = agree(&project, nginx, &text).map_err(TestCaseError::fail)?;
            accepted.set(accepted.get() + u32::from(agreed));
        }
        Ok(())
    });
    if let Err(error) = tested {
        panic!("{error}");
    }
    // Were nearly all refused, nothing would have been shown.
    let (tried, accepted) = (tried.get(), accepted.get());
    assert!(accepted * 5 > tried, "{accepted} of {tried} environments were accepted");
}

#[test]
fn the_committed_environments() {
    let project = Project::petties();
    let names = ["prod", "test"];
    let local = compiled(&project, "local", None).expect_err("it has no nginx");
    assert_eq!(local.faults[0].code, "no-nginx");
    assert_eq!(project.environments().len(), names.len() + 1, "an environment is not tested here");
    for nginx in Nginx::both() {
        for (name, profile) in names.iter().flat_map(|name| PROFILES.map(|profile| (name, profile))) {
            let files = compiled(&project, name, Some(profile)).unwrap();
            objection(&show(&nginx, &files), profile, true, &files).unwrap();
        }
    }
}
