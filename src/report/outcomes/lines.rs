//! Outcomes in lines: one each, for logs and `grep`.

use std::io::{self, Write};

use super::words::{self, padded, widest};
use crate::outcome::{Outcome, Verdict};

/// `FAIL  api.example.com  /events/  streams-in-time  HTTP/2  the first event at once: after 2590 ms (2.6 s)`, in columns:
/// what was expected, what was seen, how long it took; a dash where a column does not apply.
pub(super) fn write(out: &mut dyn Write, outcomes: &[Outcome], styled: bool) -> io::Result<()> {
    let columns = |outcome: &Outcome| {
        let or_dash = |text: &str| match text {
            "" => "-".to_owned(),
            text => words::printable(text).into_owned(),
        };
        [
            or_dash(&outcome.route.site),
            or_dash(outcome.route.location.as_deref().unwrap_or_default()),
            outcome.check.to_owned(),
            or_dash(outcome.route.via.unwrap_or_default()),
        ]
    };
    let rows: Vec<_> = outcomes.iter().map(columns).collect();
    let widths: [usize; 4] = std::array::from_fn(|nth| widest(rows.iter().map(|row| row[nth].as_str())));
    for (outcome, row) in outcomes.iter().zip(&rows) {
        let (word, style) = words::verdict(&outcome.verdict);
        let style = words::styled(style, styled);
        write!(out, "{style}{word:4}{style:#}")?;
        for (text, width) in row.iter().zip(widths) {
            write!(out, "  {}", padded(text, width))?;
        }
        let expected = words::printable(&outcome.expected);
        let result = words::result(outcome);
        match outcome.verdict {
            Verdict::Skipped(_) => writeln!(out, "  {result}")?,
            _ => writeln!(out, "  {expected}: {result} ({})", words::took(outcome.took))?,
        }
    }
    Ok(())
}
