//! The arguments of commands that check routes, `test` and `probe`: how outcomes are told, meanwhile and at the end.

use std::fs::Permissions;
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Outcome, Run};
use crate::outcome::Progress;
use crate::report::outcomes::{self, Format, Proof, Screen, live::Live};

#[derive(Debug, clap::Args)]
pub(super) struct Proving {
    /// How outcomes are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    format: FormatName,

    /// Also write a page for browsers: routes, verdicts, and when each event was sent and when it arrived
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatName {
    /// For people: a table on a terminal, a line an outcome elsewhere
    Human,
    /// One JSON object
    Json,
    /// JUnit's XML, for CI systems
    Junit,
}

/// Tells nobody.
struct Silent;

impl Progress for Silent {
    fn planned(&self, _: usize) {}
    fn finished(&self, _: &crate::outcome::Outcome) {}
}

impl Proving {
    /// Prints what came out, and says how the command ended.
    pub(super) fn print(&self, run: &mut Run, proof: &Proof) -> anyhow::Result<Outcome> {
        if proof.outcomes.is_empty() {
            anyhow::bail!("nothing was checked: none of these checks is made of these locations");
        }
        let columns = if io::stdout().is_terminal() { size_of(&io::stdout()) } else { None };
        let screen = Screen { styled: run.out.styled(), columns: columns.map(|(columns, _)| columns) };
        let format = Format::from(self.format);
        // What came out is told even where the page cannot be written.
        let page = self.report.as_ref().map(|path| {
            write_whole(path, &outcomes::page(proof, &run.sources))
                .with_context(|| format!("`{}` cannot be written", path.display()))
        });
        outcomes::write(run.out.results(), format, proof, &run.sources, screen)?;
        if format == Format::Human {
            run.out.flush()?;
            run.out.say(&proof.summary());
        }
        page.transpose()?;
        Ok(if proof.counts().failed > 0 { Outcome::Findings } else { Outcome::Clean })
    }
}

/// Who is told meanwhile: a live table on a terminal, else nobody. To be dropped before anything is printed.
pub(super) fn progress(run: &Run) -> Box<dyn Progress + Send> {
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    let is_ci = std::env::var_os("CI").is_some();
    if !io::stderr().is_terminal() || is_dumb || is_ci {
        return Box::new(Silent);
    }
    Box::new(Live::new(io::stderr(), || size_of(&io::stderr()), run.out.styled_talk()))
}

/// Writes a file that nobody sees half written, with the rights that a new file has.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    let made = builder.prefix(".nginx-gen-").permissions(Permissions::from_mode(0o666)).tempfile_in(folder);
    // Its name is nobody's business.
    let mut file = made.map_err(|error| io::Error::from(error.kind()))?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}

/// Columns and rows of a terminal.
fn size_of(terminal: &impl std::os::fd::AsFd) -> Option<(usize, usize)> {
    let (columns, rows) = terminal_size::terminal_size_of(terminal)?;
    Some((columns.0.into(), rows.0.into()))
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Format {
        match name {
            FormatName::Human => Format::Human,
            FormatName::Json => Format::Json,
            FormatName::Junit => Format::Junit,
        }
    }
}
