//! The library's own pipeline, run over environments that a test made up.

use std::fmt::Write as _;

use nginx_gen::compile::{self, Compiled};
use nginx_gen::diagnostic::Diagnostic;
use nginx_gen::environment::{self, At};
use nginx_gen::render::profile::Profile;
use nginx_gen::text::Sources;
use proptest::test_runner::{Config, RngSeed};

use super::command::Project;

/// The profiles inside the program.
pub(crate) const PROFILES: [&str; 2] = ["guide", "recommended"];

/// Why there is nothing to look at.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) faults: Vec<Diagnostic>,
    pub(crate) sources: Sources,
}

/// A property test that tries the same values in every run, so that one that fails fails for everybody.
///
/// `PROPTEST_CASES` multiplies nothing here on purpose: it replaces the number, for a long hunt by hand, and
/// `PROPTEST_RNG_SEED` the seed.
pub(crate) fn cases(count: u32) -> Config {
    let given = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    Config {
        cases: given("PROPTEST_CASES").unwrap_or(count),
        rng_seed: RngSeed::Fixed(given("PROPTEST_RNG_SEED").unwrap_or(7).into()),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    }
}

/// Renders an environment with a profile, the one it names when none is given.
pub(crate) fn compiled(
    project: &Project,
    name: &str,
    profile: Option<&str>,
) -> Result<Vec<Compiled>, Refused> {
    let mut sources = Sources::new();
    match try_compiled(project, name, profile, &mut sources) {
        Ok(files) => Ok(files),
        Err(faults) => Err(Refused { faults, sources }),
    }
}

fn try_compiled(
    project: &Project,
    name: &str,
    profile: Option<&str>,
    sources: &mut Sources,
) -> Result<Vec<Compiled>, Vec<Diagnostic>> {
    let project = environment::Project::new(project.path(""));
    let environment = compile::load(&project, name, sources)?;
    let named: Option<&At<String>> = environment.nginx.as_ref().map(|settings| &settings.profile);
    let profile = match (profile, named) {
        (Some(profile), _) => Profile::named(&project, profile),
        (None, Some(named)) => Profile::open(&project, named),
        (None, None) => panic!("`compile::load` gives environments with an nginx only"),
    };
    let profile = profile.map_err(|fault| vec![fault])?;
    let mut files = Vec::new();
    let all = |_: &str| true;
    let taken = compile::each_file(&environment, &profile, None, &all, sources, |_, file| {
        files.push(file);
        Ok::<(), std::convert::Infallible>(())
    })?;
    taken.expect("nothing stops it");
    Ok(files)
}

/// The line, from 1, of the place a fault is reported at.
pub(crate) fn line_of(fault: &Diagnostic, sources: &Sources) -> Option<usize> {
    fault.span().map(|span| sources.position(span).line)
}

/// A text as a double-quoted YAML scalar, whatever is in it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ => write!(out, "\\U{:08x}", u32::from(c)).expect("a string takes all"),
        }
    }
    out.push('"');
    out
}
