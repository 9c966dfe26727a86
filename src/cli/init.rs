//! `nginx-gen init`: environments to start from.

use super::{Outcome, Run};
use crate::folder::Staged;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// The files, by their names below `environments/`.
const FILES: [(&str, &str); 3] = [
    ("_shared.yaml", include_str!("init/_shared.yaml")),
    ("prod.yaml", include_str!("init/prod.yaml")),
    ("local.yaml", include_str!("init/local.yaml")),
];

/// Writes what is missing as a whole: where one of the files is there already, none is written.
pub(super) fn run(run: &mut Run, _: &Args) -> anyhow::Result<Outcome> {
    let folder = run.project.folder("environments");
    if let Some((there, _)) = FILES.iter().find(|(name, _)| folder.join(name).exists()) {
        anyhow::bail!(
            "`{}` is there already, and nothing was written: `init` starts a project, choose another folder \
             with `-C`, or edit what is there",
            folder.join(there).display()
        );
    }
    let mut staged = Staged::new(&folder)?;
    for (name, text) in FILES {
        staged.write(name, text)?;
    }
    staged.commit()?;
    for (name, _) in FILES {
        writeln!(run.out.results(), "{}", folder.join(name).display())?;
    }
    run.out.flush()?;
    run.out.say("next: put your names and ports in, then `nginx-gen validate` and `nginx-gen render prod`");
    Ok(Outcome::Clean)
}
