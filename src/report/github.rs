//! Diagnostics as annotations of a GitHub workflow: one command a line.

use std::io::{self, Write};

use super::place::{in_a_file, told};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Sources;

pub(super) fn write(out: &mut dyn Write, diagnostics: &[Diagnostic], sources: &Sources) -> io::Result<()> {
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "notice",
        };
        let properties = [place(diagnostic, sources), format!("title={}", property(diagnostic.code))];
        let properties: Vec<_> = properties.into_iter().filter(|part| !part.is_empty()).collect();
        writeln!(out, "::{command} {}::{}", properties.join(","), data(&told(diagnostic)))?;
    }
    Ok(())
}

/// `file=…,line=…`; empty for a fault that lies in no file. GitHub takes an end column only within one line.
fn place(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let Some(label) = in_a_file(diagnostic, sources) else { return String::new() };
    let (file, start, end) = sources.ends(label.span);
    let name = property(file.name());
    let lines = format!("file={name},line={},endLine={}", start.line, end.line);
    match start.line == end.line {
        true => format!("{lines},col={},endColumn={}", start.column, end.column),
        false => lines,
    }
}

/// What would end the message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What would end a property, besides.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::diagnostic::Diagnostic;
    use crate::text::{SourceFile, Sources, Span};

    #[test]
    fn nothing_in_a_message_ends_it() {
        let mut sources = Sources::new();
        let rendered = sources.add(SourceFile::made("rendered a", "server {}"));
        let file = sources.add(SourceFile::new("a:b,c.yaml", "sites:\n  - á: x\n"));
        let diagnostic = Diagnostic::error("a-rule", "100% of `a`\nand b")
            .at(Span::new(rendered, 0, 6), "")
            .at(Span::new(file, 11, 13), "")
            .help("do, c: d");
        let mut out = Vec::new();
        write(&mut out, &[diagnostic, Diagnostic::error("b", "lies nowhere")], &sources).unwrap();
        let expected = "::error file=a%3Ab%2Cc.yaml,line=2,endLine=2,col=5,endColumn=6,title=a-rule\
                        ::100%25 of `a`\\nand b%0Ahelp: do, c: d\n::error title=b::lies nowhere\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
