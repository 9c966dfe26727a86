//! Standard output for results, standard error for talk; colour only on terminals.

use std::io::{self, BufWriter, IsTerminal, Write};

use crate::diagnostic::Diagnostic;
use crate::report::{self, Format};
use crate::text::Sources;

/// When to use colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The two streams.
pub(super) struct Output {
    out: BufWriter<io::Stdout>,
    err: io::Stderr,
    colour: Colour,
}

impl Output {
    pub(super) fn new(colour: Colour) -> Output {
        Output { out: BufWriter::with_capacity(1 << 16, io::stdout()), err: io::stderr(), colour }
    }

    /// Standard output.
    pub(super) fn results(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Whether results may be coloured.
    pub(super) fn styled(&self) -> bool {
        self.allows(io::stdout().is_terminal(), anstream::AutoStream::choice(&io::stdout()))
    }

    /// Whether what is written to standard error may be coloured.
    pub(super) fn styled_talk(&self) -> bool {
        self.allows(self.err.is_terminal(), anstream::AutoStream::choice(&self.err))
    }

    fn allows(&self, terminal: bool, choice: anstream::ColorChoice) -> bool {
        match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => match choice {
                anstream::ColorChoice::Never => false,
                anstream::ColorChoice::Auto => terminal,
                _ => true,
            },
        }
    }

    /// Writes a line to standard error. A standard error that is gone has nobody to tell.
    pub(super) fn say(&mut self, line: &str) {
        let _ = writeln!(self.err, "{line}");
    }

    /// Writes diagnostics to standard error, for people.
    pub(super) fn report(&mut self, diagnostics: &[Diagnostic], sources: &Sources) {
        let styled = self.styled_talk();
        let mut err = BufWriter::new(&self.err);
        let _ = report::write(&mut err, Format::Human, diagnostics, sources, styled, &[]);
        let _ = err.flush();
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether a command failed only because nobody reads its output any more.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
