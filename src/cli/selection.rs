//! The arguments that choose what is rendered: an environment, a site of it, a profile.

use super::Run;
#[cfg(feature = "network")]
use crate::compile::Parsed;
use crate::compile::{self, Compiled};
use crate::diagnostic::Diagnostic;
use crate::environment::{Environment, nearest};
use crate::render::environment_file_name;
use crate::render::profile::Profile;
use crate::text::Sources;

#[derive(Debug, clap::Args)]
pub(super) struct Selection {
    /// The environment, such as `prod` for `environments/prod.yaml`
    pub(super) environment: String,

    /// Only the site of this name
    #[arg(long, value_name = "NAME")]
    pub(super) site: Option<String>,

    /// Preview another profile than the environment's
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
}

/// What the arguments stand for.
pub(super) struct Selected {
    pub(super) environment: Environment,
    pub(super) profile: Profile,
    file: Option<String>,
}

impl Selection {
    /// All of an environment, as it is declared.
    pub(super) fn all_of(environment: &str) -> Selection {
        Selection { environment: environment.to_owned(), site: None, profile: None }
    }

    /// Loads the environment and finds the site and the profile.
    pub(super) fn load(&self, run: &mut Run) -> Result<Selected, Vec<Diagnostic>> {
        let mut environment = compile::load(&run.project, &self.environment, &mut run.sources)?;
        let file = self.site.as_deref().map(|site| file_of(&environment, site)).transpose();
        let file = file.map_err(|fault| vec![fault])?;
        let profile = run.profile(self.profile.as_deref(), &environment)?;
        // What is promised is the previewed profile's promise.
        if let (Some(name), Some(settings)) = (&self.profile, &mut environment.nginx) {
            settings.profile.value.clone_from(name);
        }
        Ok(Selected { environment, profile, file })
    }
}

impl Selected {
    /// Whether only one site was asked for.
    pub(super) fn is_partial(&self) -> bool {
        self.file.is_some()
    }

    /// Renders each wanted file and hands it to `take`. Once a file has faults, the others are looked
    /// through for more, and not handed on.
    pub(super) fn each_file<E>(
        &self,
        sources: &mut Sources,
        mut take: impl FnMut(&Compiled) -> Result<(), E>,
    ) -> Result<Result<(), E>, Vec<Diagnostic>> {
        let wanted = |name: &str| self.file.as_deref().is_none_or(|file| file == name);
        let mut faults: Vec<Diagnostic> = Vec::new();
        let checked = |sources: &mut Sources, file: Compiled| {
            if file.faults.is_empty() {
                return if faults.is_empty() { take(&file) } else { Ok(()) };
            }
            // A fault of a template shows in every file: it is told of the first.
            let same = |a: &Diagnostic, b: &Diagnostic| {
                let place = |fault: &Diagnostic| fault.labels.last().map(|label| label.span);
                a.message == b.message && place(a) == place(b)
            };
            for fault in file.faults {
                if !faults.iter().any(|told| same(told, &fault)) {
                    faults.push(fault);
                }
            }
            sources.put_back(file.sources);
            Ok(())
        };
        let taken = compile::each_file(&self.environment, &self.profile, None, &wanted, sources, checked)?;
        if faults.is_empty() { Ok(taken.map(|_| ())) } else { Err(faults) }
    }

    /// All wanted files at once, names and texts, in the order in which they are printed.
    pub(super) fn files(&self, sources: &mut Sources) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
        let mut files = Vec::new();
        let take = |file: &Compiled| {
            files.push((file.name.clone(), file.text().to_owned()));
            Ok::<(), std::convert::Infallible>(())
        };
        self.each_file(sources, take).map(|_| files)
    }
}

/// All files of an environment, whichever site is wanted: alone it may lack what they share.
#[cfg(feature = "network")]
pub(super) fn parsed(
    environment: &Environment,
    profile: &Profile,
    sources: &mut Sources,
) -> Result<Vec<Parsed>, Vec<Diagnostic>> {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    let take = |sources: &mut Sources, file: Compiled| {
        faults.extend(file.faults);
        sources.put_back(file.sources);
        files.push(Parsed { name: file.name, file: file.file, tree: file.tree });
        Ok::<(), std::convert::Infallible>(())
    };
    compile::each_file(environment, profile, Some(&[]), &|_| true, sources, take)?
        .unwrap_or_else(|never| match never {});
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// The file of a site, by any of its names.
pub(super) fn file_of(environment: &Environment, wanted: &str) -> Result<String, Diagnostic> {
    let shared = environment_file_name(environment);
    if wanted == shared {
        return Ok(shared);
    }
    if let Some(site) = environment.sites.iter().find(|site| site.has_name(wanted)) {
        return Ok(site.file_name());
    }
    let known = || environment.sites.iter().flat_map(|site| &site.server_names).map(|name| name.as_str());
    let message = format!("environment `{}` has no site `{wanted}`", environment.name);
    let fault = Diagnostic::error("unknown-site", message);
    Err(if let Some(meant) = nearest(wanted, known()) {
        fault.help(format!("did you mean `{meant}`?"))
    } else {
        let known: Vec<_> = known().take(20).map(|name| format!("`{name}`")).collect();
        fault.help(format!("its sites: {}", known.join(", ")))
    })
}
