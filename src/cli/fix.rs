//! `lint --fix`: what of the findings can be mended for certain.

use super::Run;
use crate::diff;
use crate::fix::{self, Failed, Judged, Repair};
use crate::nginx::source::Files;
use crate::render::is_generated;

#[derive(Debug, clap::Args)]
pub(super) struct Fixing {
    /// Write the fixes that are certain into the files
    #[arg(long)]
    pub(super) fix: bool,

    /// Show what `--fix` would write, and write nothing
    #[arg(long, requires = "fix", visible_alias = "diff")]
    pub(super) dry_run: bool,
}

/// Applies what can be applied. Returns what is left to be told: with `--dry-run`, and where the fixes would do harm,
/// that is everything.
pub(super) fn run(
    run: &mut Run,
    fixing: &Fixing,
    show_diff: bool,
    judge: &mut dyn FnMut(&dyn Files) -> anyhow::Result<Judged>,
) -> anyhow::Result<Judged> {
    let repair = match fix::repair(judge, &is_generated) {
        Ok(repair) => repair,
        Err(Failed::Judge(error)) => return Err(error),
        Err(Failed::Worse(after, worse)) => {
            run.out.report(&worse, &after.sources);
            run.out.say("nothing was fixed: with the fixes applied, the above would be found");
            return judge(&crate::nginx::source::Disk);
        }
    };
    for (name, why) in &repair.refused {
        run.out.say(&format!("note: `{name}` is not fixed: {why}"));
    }
    if fixing.dry_run {
        if show_diff {
            show(run, &repair)?;
        }
        return judge(&crate::nginx::source::Disk);
    }
    fix::write(&repair.files)?;
    if repair.mended > 0 {
        run.out.say(&format!(
            "fixed {} in {}",
            count(repair.mended, "finding"),
            count(repair.files.len(), "file")
        ));
    }
    Ok(repair.left)
}

fn show(run: &mut Run, repair: &Repair) -> anyhow::Result<()> {
    let styled = run.out.styled();
    for change in repair.files.values() {
        let changed = diff::Change::Changed(&change.old, &change.new);
        diff::write(run.out.results(), changed, &change.name, &change.name, styled)?;
        writeln!(run.out.results())?;
    }
    if repair.mended > 0 {
        let (findings, files) = (count(repair.mended, "finding"), count(repair.files.len(), "file"));
        run.out.say(&format!("`--fix` would fix {findings} in {files}"));
    }
    Ok(())
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
