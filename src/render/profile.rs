//! A profile: a folder of templates, found file by file.
//!
//! A template is looked for in the project's `templates/<profile>/`, then in the profile of that name
//! inside the program, then in the same two places of `recommended`. So a profile of one's own needs only
//! the files that differ.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::diagnostic::Diagnostic;
use crate::environment::{At, Project, nearest};

/// The profiles inside the program.
static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The profile whose files fill the gaps of every other.
pub const BASE: &str = "recommended";

/// How the name of a template file ends.
const SUFFIX: &str = ".conf.j2";

/// A profile and where its templates are looked for.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    templates: PathBuf,
}

/// One template's text and the name it is shown under.
#[derive(Clone, Debug)]
pub struct Template {
    /// A path of the project, or `<profile>/<file> (built in)`.
    pub shown: String,
    /// Whether it comes with this program and lies in no file.
    pub is_built_in: bool,
    /// Whether its text is the program's own, wherever it lies: that is known to make whole nginx files.
    pub is_unchanged: bool,
    /// The text.
    pub text: String,
}

impl Profile {
    /// The profile `name` of a project.
    ///
    /// # Errors
    /// When there is neither a folder nor a built-in profile of that name.
    pub fn open(project: &Project, name: &At<String>) -> Result<Profile, Diagnostic> {
        Profile::named(project, name).map_err(|fault| fault.at(name.span, "unknown profile"))
    }

    /// The profile `name` of a project, where the name was not read from a file.
    ///
    /// # Errors
    /// When there is neither a folder nor a built-in profile of that name.
    pub fn named(project: &Project, name: &str) -> Result<Profile, Diagnostic> {
        let templates = project.folder("templates");
        let folder = Path::new(name).components().count() == 1 && templates.join(name).is_dir();
        if folder || EMBEDDED.get_dir(name).is_some() {
            return Ok(Profile { name: name.to_owned(), templates });
        }
        let known: Vec<_> = built_in().collect();
        let fault = Diagnostic::error("unknown-profile", format!("no profile is called `{name}`"));
        Err(match nearest(name, known.iter().copied()) {
            Some(meant) => fault.help(format!("did you mean `{meant}`?")),
            None => fault.help(format!(
                "built in are `{}`; one of your own is a folder `{}`",
                known.join("`, `"),
                templates.join(name).display()
            )),
        })
    }

    /// The text of a template, from the first place that has it.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn template(&self, file: &str) -> std::io::Result<Option<Template>> {
        let profiles = [self.name.as_str(), BASE];
        let own = profiles.iter().find_map(|profile| embedded_text(profile, file));
        for profile in profiles {
            let path = self.templates.join(profile).join(file);
            if path.is_file() {
                let (shown, text) = (path.display().to_string(), std::fs::read_to_string(&path)?);
                let is_unchanged = own == Some(text.as_str());
                return Ok(Some(Template { shown, is_built_in: false, is_unchanged, text }));
            }
            if let Some(text) = embedded_text(profile, file) {
                return Ok(Some(Template {
                    shown: format!("{profile}/{file} (built in)"),
                    is_built_in: true,
                    is_unchanged: own == Some(text),
                    text: text.to_owned(),
                }));
            }
        }
        Ok(None)
    }

    /// The names of all its templates, those of the base included, in order.
    ///
    /// # Errors
    /// When a folder of the project cannot be read.
    pub fn files(&self) -> std::io::Result<Vec<String>> {
        let mut files = std::collections::BTreeSet::new();
        for profile in [self.name.as_str(), BASE] {
            files.extend(embedded(profile).map(|(name, _)| name));
            let root = self.templates.join(profile);
            for folder in ["", "locations"] {
                let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
                for entry in entries {
                    let name = Path::new(folder).join(entry?.file_name()).display().to_string();
                    files.extend(name.ends_with(SUFFIX).then_some(name));
                }
            }
        }
        Ok(files.into_iter().collect())
    }
}

fn embedded_text(profile: &str, file: &str) -> Option<&'static str> {
    EMBEDDED.get_file(format!("{profile}/{file}"))?.contents_utf8()
}

/// The names of the profiles inside the program.
pub fn built_in() -> impl Iterator<Item = &'static str> {
    EMBEDDED.dirs().filter_map(|dir| dir.path().to_str())
}

/// The templates of a profile inside the program: name below the profile, and text.
pub fn embedded(profile: &str) -> impl Iterator<Item = (String, &'static str)> + use<> {
    let root = profile.to_owned();
    let dirs = EMBEDDED.get_dir(profile).into_iter().flat_map(|dir| std::iter::once(dir).chain(dir.dirs()));
    dirs.flat_map(Dir::files).filter_map(move |file| {
        let name = file.path().strip_prefix(&root).ok()?.to_str()?.to_owned();
        Some((name, file.contents_utf8()?))
    })
}
