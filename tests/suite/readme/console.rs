//! A console session: commands and what they print.

use std::iter;

/// A command with the lines that follow it.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Step<'a> {
    /// How many lines of the session stand before it.
    pub(super) offset: usize,
    /// As it stands there, with its `$ ` and the `> ` of continued lines.
    pub(super) shown: Vec<&'a str>,
    /// What it is to print.
    pub(super) output: Vec<&'a str>,
}

impl Step<'_> {
    /// What the shell is to run.
    pub(super) fn command(&self) -> String {
        self.shown.iter().map(|line| &line[2..]).collect::<Vec<_>>().join("\n")
    }
}

/// Reads a session; lines before its first command belong to none and are refused.
pub(super) fn parse(body: &str) -> Result<Vec<Step<'_>>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (offset, line) in body.lines().enumerate() {
        if line.starts_with("$ ") {
            steps.push(Step { offset, shown: vec![line], output: Vec::new() });
            continue;
        }
        let Some(step) = steps.last_mut() else {
            return Err(format!("`{line}` follows no `$ command`"));
        };
        let continued =
            step.output.is_empty() && step.shown.last().is_some_and(|shown| shown.ends_with('\\'));
        if continued && line.starts_with("> ") {
            step.shown.push(line);
        } else {
            step.output.push(line);
        }
    }
    Ok(steps)
}

/// Whether a step asks for the status of the one before it, and what it says that is.
pub(super) fn status(step: &Step) -> Option<i32> {
    if step.shown != ["$ echo $?"] {
        return None;
    }
    step.output.first()?.parse().ok()
}

/// The session with other outputs.
pub(super) fn rewrite(steps: &[Step], outputs: &[Vec<String>]) -> String {
    let lines = iter::zip(steps, outputs)
        .flat_map(|(step, output)| step.shown.iter().copied().chain(output.iter().map(String::as_str)));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Step, parse, rewrite, status};

    const SESSION: &str = "$ a \\\n> b\nout\n\n> c\n$ echo $?\n1\n";

    #[test]
    fn commands_and_outputs_are_told_apart() {
        let steps = parse(SESSION).unwrap();
        assert_eq!(
            steps[0],
            Step { offset: 0, shown: vec!["$ a \\", "> b"], output: vec!["out", "", "> c"] }
        );
        assert_eq!(steps[0].command(), "a \\\nb");
        assert_eq!((status(&steps[0]), status(&steps[1])), (None, Some(1)));
        assert!(parse("out\n$ a\n").is_err());
    }

    #[test]
    fn rewriting_keeps_the_commands() {
        let outputs = [vec!["new".to_owned()], vec![]];
        assert_eq!(rewrite(&parse(SESSION).unwrap(), &outputs), "$ a \\\n> b\nnew\n$ echo $?\n");
    }
}
