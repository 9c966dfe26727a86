//! Holds the blocks of a document to the truth.

use std::fs;

use super::block::{self, Block};
use super::console::{self, Step};
use super::matching;
use super::workspace::Workspace;
use crate::support::repository;

/// Something in the document that is not so.
#[derive(Debug)]
pub(super) struct Fault {
    /// Where, from 1.
    pub(super) line: usize,
    pub(super) text: String,
    /// Whether writing the output down again mends it.
    pub(super) updatable: bool,
}

/// What came of a document.
pub(super) struct Checked {
    pub(super) faults: Vec<Fault>,
    /// The document with the outputs as they are.
    pub(super) updated: String,
}

/// Checks every block, in order.
pub(super) fn document(text: &str) -> Checked {
    let blocks = match block::parse(text) {
        Ok(blocks) => blocks,
        Err(line) => {
            let fault = Fault { line, text: "this block is never closed".to_owned(), updatable: false };
            return Checked { faults: vec![fault], updated: text.to_owned() };
        }
    };
    let mut document = Document { workspace: Workspace::new(), faults: Vec::new() };
    let mut updated = String::with_capacity(text.len());
    let mut done = 0;
    let set_up = blocks.iter().position(|block| block.language == "sh");
    for (index, block) in blocks.iter().enumerate() {
        // The set-up is checked by a test of its own.
        if set_up == Some(index) || block.marked("not run").is_some_and(|reason| !reason.is_empty()) {
            continue;
        }
        updated.push_str(&text[done..block.range.start]);
        updated.push_str(&document.block(block));
        done = block.range.end;
    }
    updated.push_str(&text[done..]);
    Checked { faults: document.faults, updated }
}

struct Document {
    workspace: Workspace,
    faults: Vec<Fault>,
}

impl Document {
    /// Checks a block, and says what it should hold.
    fn block(&mut self, block: &Block) -> String {
        if block.language == "console" {
            return match console::parse(block.body()) {
                Ok(steps) => self.session(block.line + 1, &steps),
                Err(text) => self.fault(block, text),
            };
        }
        let Some(source) = block.marked("from") else {
            let text = "nothing checks this block: put `<!-- from: FILE or COMMAND -->` or \
                        `<!-- not run: REASON -->` above it";
            return self.fault(block, text.to_owned());
        };
        match self.source(source) {
            Err(text) => self.fault(block, text),
            Ok(actual) if !matching::somewhere(&lines(block.body()), &lines(&actual)) => {
                self.fault(block, format!("this is not in `{source}`, which is:\n{actual}"))
            }
            Ok(_) => block.body().to_owned(),
        }
    }

    /// Runs a session that starts on `line`.
    fn session(&mut self, line: usize, steps: &[Step]) -> String {
        let mut outputs = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            let finished = self.workspace.run(&step.command());
            let actual = lines(&finished.output);
            let wanted = steps.get(index + 1).and_then(console::status).unwrap_or(0);
            let line = line + step.offset;
            let command = step.shown[0];
            if self.workspace.status() != wanted {
                let status = self.workspace.status();
                let text = format!("`{command}` ends with {status}, not {wanted}:\n{}", finished.output);
                // Below it stands `$ echo $?`, or has to be written: nothing to be decided by a machine.
                self.faults.push(Fault { line, text, updatable: false });
            }
            let same = matching::whole(&step.output, &actual);
            if !same {
                let diff = similar::TextDiff::from_slices(&step.output, &actual);
                let diff = diff.unified_diff().header("README.md", "printed").to_string();
                self.faults.push(Fault {
                    line,
                    text: format!("`{command}` prints something else:\n{diff}"),
                    updatable: true,
                });
            }
            let kept = if same { &step.output } else { &actual };
            outputs.push(kept.iter().map(|line| line.trim_end().to_owned()).collect());
        }
        console::rewrite(steps, &outputs)
    }

    /// The text an excerpt is from.
    fn source(&mut self, source: &str) -> Result<String, String> {
        if !source.starts_with("nginx-gen ") {
            return fs::read_to_string(repository::path(source))
                .map_err(|error| format!("{source}: {error}"));
        }
        let finished = self.workspace.run(source);
        match self.workspace.status() {
            0 => Ok(finished.output),
            status => Err(format!("`{source}` ends with {status}:\n{}", finished.output)),
        }
    }

    fn fault(&mut self, block: &Block, text: String) -> String {
        self.faults.push(Fault { line: block.line, text, updatable: false });
        block.body().to_owned()
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[cfg(test)]
mod tests {
    use super::document;

    /// The line and the first line of each fault.
    fn faults(text: &str) -> Vec<String> {
        let faults = document(text).faults;
        faults.iter().map(|fault| format!("{}: {}", fault.line, fault.text.lines().next().unwrap())).collect()
    }

    #[test]
    fn commands_are_run_and_held_to_their_output() {
        assert_eq!(faults("```console\n$ echo a; echo b >&2\na\nb\n$ seq 9\n1\n...\n9\n```\n"), [""; 0]);
        let wrong = "\n```console\n$ true\n$ echo a\nb\n```\n";
        assert_eq!(faults(wrong), ["4: `$ echo a` prints something else:"]);
        assert_eq!(document(wrong).updated, wrong.replace("\nb\n", "\na\n"));
    }

    #[test]
    fn a_status_other_than_success_must_be_shown() {
        assert_eq!(faults("```console\n$ exit 3\n$ echo $?\n3\n```\n"), [""; 0]);
        assert_eq!(faults("```console\n$ exit 3\n```\n"), ["2: `$ exit 3` ends with 3, not 0:"]);
        assert_eq!(faults("```console\n$ true\n$ echo $?\n1\n```\n").len(), 2);
    }

    #[test]
    fn the_program_works_on_a_copy_of_the_repository() {
        let text = "```console\n$ ls\nenvironments\n...\n$ nginx-gen --version\nnginx-gen 0.1.0\n$ rm -r environments\n```\n";
        assert_eq!(faults(text), [""; 0]);
        assert!(crate::support::repository::path("environments").exists());
    }

    #[test]
    fn an_excerpt_is_looked_up() {
        let excerpt =
            |from: &str, line: &str| faults(&format!("<!-- from: {from} -->\n```yaml\n{line}\n```\n"));
        assert_eq!(excerpt("Cargo.toml", "name = \"nginx-gen\""), [""; 0]);
        assert_eq!(excerpt("nginx-gen --version", "nginx-gen 0.1.0"), [""; 0]);
        assert_eq!(excerpt("Cargo.toml", "nonsense"), ["2: this is not in `Cargo.toml`, which is:"]);
        assert_eq!(excerpt("nginx-gen nonsense", "a"), ["2: `nginx-gen nonsense` ends with 2:"]);
        assert!(excerpt("no-such-file", "a")[0].starts_with("2: no-such-file: "));
    }

    #[test]
    fn nothing_goes_unchecked_in_silence() {
        assert!(faults("```nginx\na;\n```\n")[0].starts_with("1: nothing checks this block"));
        assert_eq!(faults("<!-- not run: it needs a host -->\n```sh\nscp a b\n```\n"), [""; 0]);
        assert_eq!(faults("<!-- not run: -->\n```text\na\n```\n").len(), 1);
        assert_eq!(faults("```sh\nset up\n```\n```sh\nmore\n```\n").len(), 1);
        assert_eq!(faults("```console\nno command\n```\n"), ["1: `no command` follows no `$ command`"]);
    }
}
