//! An explanation for people.

use std::io::{self, Write};

use super::explanation::{Explanation, Passed, Place, Setting, Step, Taken};

/// Writes an explanation for people: what becomes of the request, then why, then what holds.
///
/// # Errors
/// When writing fails.
pub fn write(out: &mut dyn Write, explanation: &Explanation) -> io::Result<()> {
    writeln!(out, "{}", explanation.url)?;
    writeln!(out, "→ {}", explanation.answer)?;
    if let Some(Passed { servers, .. }) = explanation.upstream.as_ref().filter(|to| !to.servers.is_empty()) {
        writeln!(out, "  served by {}", servers.join(", "))?;
    }
    write_steps(out, &explanation.steps)?;
    for (what, taken) in [("server", &explanation.server), ("location", &explanation.location)] {
        if let Some(taken) = taken {
            write_taken(out, what, taken)?;
        }
    }
    let file = explanation.location.as_ref().map_or("", |location| &location.place.file);
    write_settings(out, &explanation.settings, file)?;
    for note in &explanation.notes {
        writeln!(out, "\nnote: {note}")?;
    }
    Ok(())
}

fn write_steps(out: &mut dyn Write, steps: &[Step]) -> io::Result<()> {
    if steps.is_empty() {
        return Ok(());
    }
    let width = steps.iter().map(|step| step.by.chars().count()).max().unwrap_or(0);
    writeln!(out, "\nsteps")?;
    for Step { by, place, what } in steps {
        writeln!(out, "  {by:width$}  {what}  ({place})")?;
    }
    Ok(())
}

fn write_taken(out: &mut dyn Write, what: &str, taken: &Taken) -> io::Result<()> {
    writeln!(out, "\n{what} {}  ({})", taken.name, taken.place)?;
    if let Some(declared) = &taken.declared {
        writeln!(out, "  declared as `{}` at {}", declared.kind, declared.place)?;
    }
    writeln!(out, "  {}", taken.why)?;
    for rival in &taken.rivals {
        let place = short(&rival.place, &taken.place.file);
        writeln!(out, "  not {} ({place}): {}", rival.name, rival.why)?;
    }
    match taken.more_rivals {
        0 => Ok(()),
        more => writeln!(out, "  nor {more} more"),
    }
}

fn write_settings(out: &mut dyn Write, settings: &[Setting], file: &str) -> io::Result<()> {
    if settings.is_empty() {
        return Ok(());
    }
    let width = |column: fn(&Setting) -> &str| {
        settings.iter().map(|setting| column(setting).chars().count()).max().unwrap_or(0)
    };
    let (name, value) = (width(|setting| &setting.name), width(shown));
    writeln!(out, "\nsettings")?;
    for setting in settings {
        write!(out, "  {:name$}  {:value$}  ", setting.name, shown(setting))?;
        match &setting.place {
            Some(place) => writeln!(out, "{} ({})", short(place, file), setting.from)?,
            None => writeln!(out, "{}", setting.from)?,
        }
    }
    Ok(())
}

/// A place, without the file where that is clear.
fn short(place: &Place, file: &str) -> String {
    if place.file == file { format!("line {}", place.line) } else { place.to_string() }
}

/// A header with an empty value is not sent.
fn shown(setting: &Setting) -> &str {
    if setting.value.is_empty() { "(not sent)" } else { &setting.value }
}
