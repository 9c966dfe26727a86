//! The fenced blocks of a Markdown text.

use std::ops::Range;

/// A fenced block.
#[derive(Debug)]
pub(super) struct Block<'a> {
    text: &'a str,
    /// The line of its fence, from 1.
    pub(super) line: usize,
    /// What stands behind the fence; may be empty.
    pub(super) language: &'a str,
    /// The comment on the line above the fence, `from: nginx-gen urls prod`, when there is one.
    pub(super) comment: Option<&'a str>,
    /// Where its lines are in the text.
    pub(super) range: Range<usize>,
}

impl<'a> Block<'a> {
    /// Its lines.
    pub(super) fn body(&self) -> &'a str {
        &self.text[self.range.clone()]
    }

    /// What follows `key:` in its comment.
    pub(super) fn marked(&self, key: &str) -> Option<&'a str> {
        Some(self.comment?.strip_prefix(key)?.strip_prefix(':')?.trim())
    }
}

/// Every block, in order; the line of a fence that is never closed otherwise.
pub(super) fn parse(text: &str) -> Result<Vec<Block<'_>>, usize> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, Block)> = None;
    let mut comment = None;
    let mut start = 0;
    for (index, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.trim();
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match open.take() {
            Some((fence, mut block)) if line == fence => {
                block.range.end = start;
                blocks.push(block);
            }
            Some(other) => open = Some(other),
            None if ticks.len() >= 3 => {
                let language = line[ticks.len()..].trim();
                let range = start + whole.len()..start + whole.len();
                open =
                    Some((ticks, Block { text, line: index + 1, language, comment: comment.take(), range }));
            }
            // An empty line may stand between the comment and its block.
            None if line.is_empty() => {}
            None => {
                comment = line.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).map(str::trim);
            }
        }
        start += whole.len();
    }
    match open {
        Some((_, block)) => Err(block.line),
        None => Ok(blocks),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn blocks_have_a_language_a_place_and_a_comment() {
        let text = "# A\n\n<!-- from: a.yaml -->\n\n```yaml\na: 1\n```\ntext\n````\n```\n````\n";
        let blocks = parse(text).unwrap();
        let seen: Vec<_> = blocks.iter().map(|block| (block.line, block.language, block.body())).collect();
        assert_eq!(seen, [(5, "yaml", "a: 1\n"), (9, "", "```\n")]);
        assert_eq!(blocks[0].marked("from"), Some("a.yaml"));
        assert_eq!(blocks[1].marked("from"), None);
    }

    #[test]
    fn a_comment_belongs_to_the_next_thing_only() {
        assert_eq!(parse("<!-- from: a -->\ntext\n```\n```\n").unwrap()[0].comment, None);
        assert_eq!(parse("a\n```\n").unwrap_err(), 2);
    }
}
