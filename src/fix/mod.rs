//! Mending files: the fixes of findings are tried in memory, judged again, and written all at once.
//!
//! Nothing is written unless every finding that is mended is gone afterwards and nothing else is found.

mod overlay;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Edit};
use crate::nginx::source::{Disk, Files};
use crate::text::{FileId, Sources};

use self::overlay::Overlay;

/// Fixes can stand in each other's way, at most this often: one is then applied after the other.
const ROUNDS: usize = 20;

/// What was found in files.
pub struct Judged {
    /// The files.
    pub sources: Sources,
    /// The findings.
    pub found: Vec<Diagnostic>,
    /// The names of files that were read from a dump, and may lie on another machine.
    pub dumped: HashSet<String>,
}

/// What fixes come to.
pub struct Repair {
    /// What is left, in the mended text.
    pub left: Judged,
    /// How many findings are mended.
    pub mended: usize,
    /// Each file that changes, with its text before and after.
    pub files: BTreeMap<PathBuf, Change>,
    /// Files with fixes that are not changed, and why.
    pub refused: BTreeMap<String, &'static str>,
}

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The name it is shown by.
    pub name: String,
    /// As it is on the disk.
    pub old: String,
    /// As it will be.
    pub new: String,
}

/// Why fixes are not applied.
pub enum Failed<E> {
    /// Judging failed.
    Judge(E),
    /// With these fixes applied, this would be found, which is not found now; or still be found.
    Worse(Box<Judged>, Vec<Diagnostic>),
}

/// Tries the fixes of everything that `judge` finds. `is_rendered` tells a text that
/// will be written again from a template.
///
/// # Errors
/// When judging fails, or when the fixes would do harm.
pub fn repair<E>(
    judge: &mut dyn FnMut(&dyn Files) -> Result<Judged, E>,
    is_rendered: &dyn Fn(&str) -> bool,
) -> Result<Repair, Failed<E>> {
    let mut overlay = Overlay::over(&Disk);
    let mut judged = judge(&overlay).map_err(Failed::Judge)?;
    let mut repair = Mending { files: BTreeMap::new(), refused: BTreeMap::new(), mended: 0 };
    for _ in 0..ROUNDS {
        let chosen = repair.choose(&judged, is_rendered);
        if chosen.edits.is_empty() {
            break;
        }
        repair.apply(&judged.sources, &chosen.edits, &mut overlay);
        let after = judge(&overlay).map_err(Failed::Judge)?;
        let worse = worse(&judged, &after, &chosen.mended);
        if !worse.is_empty() {
            return Err(Failed::Worse(Box::new(after), worse));
        }
        repair.mended += chosen.mended.len();
        judged = after;
    }
    let Mending { files, refused, mended } = repair;
    Ok(Repair { left: judged, mended, files, refused })
}

/// Puts the new text of each file in place of the old, all at once.
///
/// # Errors
/// When a file has changed meanwhile or cannot be replaced; what can fail is done before the first is.
pub fn write(files: &BTreeMap<PathBuf, Change>) -> anyhow::Result<()> {
    write::all(files)
}

struct Mending {
    files: BTreeMap<PathBuf, Change>,
    refused: BTreeMap<String, &'static str>,
    mended: usize,
}

/// Edits that do not overlap, and the findings that they mend.
struct Chosen<'d> {
    edits: BTreeSet<Edit>,
    mended: Vec<&'d Diagnostic>,
}

impl Mending {
    /// The fixes that can be applied together, first come first served.
    fn choose<'d>(&mut self, judged: &'d Judged, is_rendered: &dyn Fn(&str) -> bool) -> Chosen<'d> {
        let mut chosen = Chosen { edits: BTreeSet::new(), mended: vec![] };
        for finding in &judged.found {
            let Some(fix) = &finding.fix else { continue };
            let refused: Vec<_> =
                fix.edits.iter().filter_map(|edit| refusal(edit, judged, is_rendered)).collect();
            if !refused.is_empty() {
                self.refused.extend(refused);
            } else if fix.edits.iter().all(|edit| chosen.admits(edit)) {
                chosen.edits.extend(fix.edits.iter().cloned());
                chosen.mended.push(finding);
            }
        }
        chosen
    }

    /// Lays the edited texts over the files.
    fn apply(&mut self, sources: &Sources, edits: &BTreeSet<Edit>, overlay: &mut Overlay<'_>) {
        let mut by_file: HashMap<FileId, Vec<&Edit>> = HashMap::new();
        for edit in edits {
            by_file.entry(edit.span.file).or_default().push(edit);
        }
        for (id, edits) in by_file {
            let file = sources.file(id);
            let new = edited(file.text(), &edits);
            let path = overlay::identity(file.name().as_ref());
            let change = self.files.entry(path.clone());
            let change = change.or_insert_with(|| Change {
                name: file.name().to_owned(),
                old: file.text().to_owned(),
                new: String::new(),
            });
            change.new.clone_from(&new);
            overlay.put(path, new);
        }
    }
}

impl Chosen<'_> {
    /// Whether an edit can be applied beside the others: it is one of them, or far enough from all. Two texts put
    /// in at one place would stand in an order that nobody chose.
    fn admits(&self, edit: &Edit) -> bool {
        let apart = |other: &Edit| {
            let (a, b) = (edit.span, other.span);
            a.file != b.file || a.end < b.start || b.end < a.start
        };
        self.edits.contains(edit) || self.edits.iter().all(apart)
    }
}

/// Why a file must not be changed.
fn refusal(
    edit: &Edit,
    judged: &Judged,
    is_rendered: &dyn Fn(&str) -> bool,
) -> Option<(String, &'static str)> {
    let file = judged.sources.file(edit.span.file);
    let why = match judged.dumped.contains(file.name()) {
        true => "it was read from a dump: fix the file itself, on the machine that has it",
        false if is_rendered(file.text()) => {
            "nginx-gen rendered it, and would write the fault again: change the YAML or the template"
        }
        false => return None,
    };
    Some((file.name().to_owned(), why))
}

/// A text with edits that are in order and do not overlap.
fn edited(text: &str, edits: &[&Edit]) -> String {
    let (mut new, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        new.push_str(&text[at..edit.span.range().start]);
        new.push_str(&edit.text);
        at = edit.span.range().end;
    }
    new.push_str(&text[at..]);
    new
}

/// What is found after a repair and should not be: what is new, and what was to be mended. Places move with the
/// text, so findings are told apart by what they say.
fn worse(before: &Judged, after: &Judged, mended: &[&Diagnostic]) -> Vec<Diagnostic> {
    let mut allowed: HashMap<_, isize> = HashMap::new();
    for finding in &before.found {
        *allowed.entry(said(finding, &before.sources)).or_default() += 1;
    }
    for finding in mended {
        *allowed.entry(said(finding, &before.sources)).or_default() -= 1;
    }
    let mut worse = Vec::new();
    for finding in &after.found {
        let left = allowed.entry(said(finding, &after.sources)).or_default();
        *left -= 1;
        if *left < 0 {
            worse.push(finding.clone());
        }
    }
    worse
}

fn said<'d>(finding: &'d Diagnostic, sources: &'d Sources) -> (&'static str, &'d str, &'d str) {
    let file = finding.span().map_or("", |span| sources.file(span.file).name());
    (finding.code, &finding.message, file)
}
