//! Rules in words: what `explain` prints, and what the rule reference is made of.

use std::fmt::Write;

use super::{Example, RULES, Rule};
use crate::diagnostic::Severity;

impl Rule {
    /// All there is to say of it, in Markdown, below a heading of its name.
    pub fn page(&self) -> String {
        let severity = name(self.severity);
        let mut page =
            format!("## {}\n\n**{severity}**: {}\n\n{}\n", self.id, self.summary, self.explanation);
        for (title, examples) in [("Found", self.bad), ("Not found", self.good)] {
            let _ = writeln!(page, "\n{title}:");
            for example in examples {
                let _ = write!(page, "\n```nginx\n{}{}```\n", version(example), example.file());
                for (path, text) in example.included {
                    let _ = write!(page, "\n```nginx\n# {path}\n{text}```\n");
                }
            }
        }
        page
    }
}

/// The rule of a name.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}

/// Every rule in a line: its name, its severity, what it finds.
pub fn list() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let line = |rule: &&Rule| format!("{:width$}  {:7}  {}\n", rule.id, name(rule.severity), rule.summary);
    RULES.iter().map(line).collect()
}

/// The rule reference, `docs/rules.md`.
pub fn reference() -> String {
    let pages: Vec<_> = RULES.iter().map(|rule| rule.page()).collect();
    format!("{HEAD}\n{}", pages.join("\n"))
}

const HEAD: &str = "\
# Every rule

What `nginx-gen explain RULE` prints, written from `src/lint/rules/`; `UPDATE=1 cargo test --test suite docs` writes it again.
Each example is a test: the rule finds its own, no rule finds the others, and real nginx accepts them all.

A location's type is what the YAML declares. In a hand-written file it is what a comment above the location says,
`# nginx-gen: type sse`, or else what its path and its settings leave no doubt of; what they only
suggest is told as a hint.

A finding that is wanted as it is can be allowed, with the reason: in nginx's text by a comment above the directive or the
block, `# nginx-gen: allow short-timeout: the back end sends a heartbeat every 20 s`; in the YAML by a key at the location,
the service, the site or the environment, `allow: { short-timeout: \"the back end sends a heartbeat every 20 s\" }`. What
allows nothing any more is told.
";

fn version(example: &Example) -> String {
    let is_usual = example.version == Example::new("").version;
    if is_usual { String::new() } else { format!("# for nginx {}\n", example.version) }
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}
