//! An environment of any text is refused in words, or rendered to files that can be read.

use std::convert::Infallible;
use std::fs;

use nginx_gen::compile;
use nginx_gen::diagnostic::Diagnostic;
use nginx_gen::environment::Project;
use nginx_gen::lint::RULES;
use nginx_gen::render::profile::Profile;
use nginx_gen::text::Sources;

use super::told;

/// The fragment that the guide's environments extend, so that an input may.
const FRAGMENT: &str = include_str!("../../environments/_petties.yaml");

/// The text of an environment is loaded, rendered with both profiles, and the files are judged.
pub fn environment(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let environments = folder.path().join("environments");
    fs::create_dir(&environments).expect("the folder is new");
    fs::write(environments.join("_petties.yaml"), FRAGMENT).expect("the folder can be written");
    fs::write(environments.join("a.yaml"), bytes).expect("the folder can be written");
    let project = Project::new(folder.path());
    for profile in ["guide", "recommended"] {
        let mut sources = Sources::new();
        if let Err(faults) = rendered(&project, profile, &mut sources) {
            assert!(!faults.is_empty(), "refused without a word");
            assert!(
                faults.iter().all(|fault| fault.code == "no-nginx" || fault.span().is_some()),
                "{faults:#?}"
            );
            told::hold(&faults, &sources);
        }
    }
}

fn rendered(project: &Project, profile: &str, sources: &mut Sources) -> Result<(), Vec<Diagnostic>> {
    let environment = compile::load(project, "a", sources)?;
    let profile = Profile::named(project, profile).expect("it is a part of the program");
    let taken =
        compile::each_file(&environment, &profile, Some(RULES), &|_| true, sources, |sources, file| {
            assert!(!file.text().is_empty());
            sources.put_back(file.sources);
            told::hold(&file.faults, sources);
            told::hold(&file.findings, sources);
            Ok::<_, Infallible>(())
        })?;
    taken.expect("nothing stops it");
    Ok(())
}
