//! What is found in a server, or in a file, as it is found in one that differs in nothing but its names.

use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Words};
use crate::nginx::tree::Renaming;

/// The finding as it is in the other; none where that has to be looked for, since a place of it lies within a name.
pub fn renamed(finding: &Diagnostic, renaming: &Renaming<'_, '_>) -> Option<Diagnostic> {
    let label =
        |label: &Label| Some(Label { span: renaming.span(label.span)?, text: words(&label.text, renaming) });
    let labels = finding.labels.iter().map(label).collect::<Option<Vec<_>>>()?;
    let fix = match &finding.fix {
        Some(fix) => Some(Box::new(mending(fix, renaming)?)),
        None => None,
    };
    let (why, help) = (finding.why.as_ref(), finding.help.as_ref());
    Some(Diagnostic {
        severity: finding.severity,
        code: finding.code,
        message: words(&finding.message, renaming),
        labels,
        why: why.map(|why| words(why, renaming)),
        help: help.map(|help| words(help, renaming)),
        fix,
    })
}

fn mending(fix: &Fix, renaming: &Renaming<'_, '_>) -> Option<Fix> {
    let edit = |edit: &Edit| {
        Some(Edit { span: renaming.span(edit.span)?, text: renaming.words(&edit.text).into_owned() })
    };
    let edits = fix.edits.iter().map(edit).collect::<Option<_>>()?;
    Some(Fix { what: renaming.words(&fix.what).into_owned(), edits })
}

/// What is the same each time speaks of no server.
fn words(words: &Words, renaming: &Renaming<'_, '_>) -> Words {
    match words {
        Words::Borrowed(words) => Words::Borrowed(words),
        Words::Owned(words) => Words::Owned(renaming.words(words).into_owned()),
    }
}
