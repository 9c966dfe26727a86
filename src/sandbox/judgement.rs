//! Which of the files nginx refuses.

use super::Sandbox;
use super::verdict::{Message, Verdict};

/// What nginx says of all files together, and of those it refuses.
#[derive(Debug)]
pub struct Judgement {
    /// Of all of them together.
    pub whole: Verdict,
    /// Each faulty file with what nginx says of it; without it, and the others named here, the rest is accepted.
    pub faulty: Vec<Faulty>,
    /// What is left when no single file is at fault: a message about all of them together.
    pub together: Option<Message>,
}

/// A file that nginx refuses.
#[derive(Debug)]
pub struct Faulty {
    /// Its name.
    pub file: String,
    /// What nginx says of it.
    pub message: Message,
}

/// More faulty files than this are not looked for one by one.
const MOST: usize = 64;

/// Leaves out file after file that nginx complains about, until it accepts the rest.
pub(super) fn judge(sandbox: &Sandbox) -> anyhow::Result<Judgement> {
    let whole = try_files(sandbox, &[])?;
    let mut judgement = Judgement { whole, faulty: vec![], together: None };
    if judgement.whole.accepted {
        return Ok(judgement);
    }
    let mut left_out: Vec<String> = Vec::new();
    let mut last = judgement.whole.fatal();
    while let Some(message) = last.take().filter(|_| left_out.len() < MOST) {
        let culprit = match &message.place {
            Some((file, _)) => Some(file.clone()),
            None => without_which_all_is_well(sandbox, &left_out)?,
        };
        let Some(culprit) = culprit.filter(|file| !left_out.contains(file)) else {
            judgement.together = Some(message);
            break;
        };
        left_out.push(culprit.clone());
        judgement.faulty.push(Faulty { file: culprit, message });
        let rest = try_files(sandbox, &left_out)?;
        last = rest.fatal().filter(|_| !rest.accepted);
    }
    Ok(judgement)
}

/// A file that makes the difference, where nginx names none.
fn without_which_all_is_well(sandbox: &Sandbox, left_out: &[String]) -> anyhow::Result<Option<String>> {
    let files: Vec<String> = sandbox.script.files.iter().map(|file| file.name.clone()).collect();
    for file in files.iter().filter(|file| !left_out.contains(file)).take(MOST) {
        let without: Vec<String> = left_out.iter().chain([file]).cloned().collect();
        if try_files(sandbox, &without)?.accepted {
            return Ok(Some(file.clone()));
        }
    }
    Ok(None)
}

fn try_files(sandbox: &Sandbox, left_out: &[String]) -> anyhow::Result<Verdict> {
    let folder = if left_out.is_empty() { None } else { Some(tempfile::tempdir_in(sandbox.main.prefix())?) };
    let prefix = match &folder {
        Some(folder) => {
            sandbox.lay_out_in(folder.path(), &|name| !left_out.iter().any(|out| out == name))?;
            folder.path()
        }
        None => sandbox.main.prefix(),
    };
    Ok(Verdict::read(&sandbox.program.test(prefix)?, prefix))
}

impl Verdict {
    /// The message it gives up with.
    fn fatal(&self) -> Option<Message> {
        self.messages.iter().find(|message| message.is_fatal()).cloned()
    }
}
