//! Outcomes while they come: a table at the bottom of a terminal, drawn again with each of them, gone at the end.
//!
//! Nothing of the terminal is changed that would have to be changed back: the cursor is never hidden, and every
//! frame ends at the start of a line with all colours off. So a run that is killed leaves a table, and no harm.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::{Counts, words};
use crate::outcome::{Outcome, Progress, Route};

/// No two frames are closer than this.
const FRAME: Duration = Duration::from_millis(40);

/// Columns of the bar that says how far it is.
const BAR: usize = 24;

/// The size of a terminal: columns and rows, as it is now.
pub type Size = fn() -> Option<(usize, usize)>;

/// A live table on a terminal. It takes itself away when it is dropped.
pub struct Live<W: Write> {
    state: Mutex<State<W>>,
}

struct State<W> {
    out: W,
    size: Size,
    styled: bool,
    started: Instant,
    planned: usize,
    finished: usize,
    rows: Vec<Row>,
    /// The columns of each line on the screen.
    shown: Vec<usize>,
    drawn: Option<Instant>,
}

/// A route, and what its checks came to so far.
struct Row {
    route: Route,
    counts: Counts,
    last: &'static str,
}

impl<W: Write> Live<W> {
    /// A table on `out`, which is a terminal of this size.
    pub fn new(out: W, size: Size, styled: bool) -> Live<W> {
        let state = State {
            out,
            size,
            styled,
            started: Instant::now(),
            planned: 0,
            finished: 0,
            rows: Vec::new(),
            shown: Vec::new(),
            drawn: None,
        };
        Live { state: Mutex::new(state) }
    }

    /// The state; a check that panicked elsewhere did not break it.
    fn state(&self) -> std::sync::MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<W: Write + Send> Progress for Live<W> {
    fn planned(&self, checks: usize) {
        let mut state = self.state();
        state.planned += checks;
        state.draw(true);
    }

    fn finished(&self, outcome: &Outcome) {
        let mut state = self.state();
        state.take(outcome);
        let is_last = state.finished >= state.planned;
        state.draw(is_last);
    }
}

impl<W: Write> Drop for Live<W> {
    fn drop(&mut self) {
        let mut state = self.state();
        let clear = state.clear();
        let _ = state.out.write_all(clear.as_bytes()).and_then(|()| state.out.flush());
    }
}

impl<W: Write> State<W> {
    fn take(&mut self, outcome: &Outcome) {
        self.finished += 1;
        let is_same =
            |row: &Row| row.route.site == outcome.route.site && row.route.location == outcome.route.location;
        let nth = self.rows.iter().position(is_same).unwrap_or(self.rows.len());
        if nth == self.rows.len() {
            let route = outcome.route.clone();
            self.rows.push(Row { route, counts: Counts::default(), last: "" });
        }
        let row = &mut self.rows[nth];
        row.counts.add(&outcome.verdict);
        row.last = outcome.check;
    }

    /// Draws a frame, unless the last one is too young. A terminal that is gone has nobody to tell.
    fn draw(&mut self, at_once: bool) {
        let is_young = self.drawn.is_some_and(|drawn| drawn.elapsed() < FRAME);
        if is_young && !at_once {
            return;
        }
        let Some((columns, rows)) = (self.size)() else { return };
        let mut frame = self.clear();
        let lines = self.lines(columns.saturating_sub(1), rows);
        self.shown.clear();
        for (plain, line) in lines {
            self.shown.push(plain.width());
            frame.push_str(&line);
            frame.push('\n');
        }
        self.drawn = Some(Instant::now());
        let _ = self.out.write_all(frame.as_bytes()).and_then(|()| self.out.flush());
    }

    /// What takes the last frame away, also where the terminal has become narrower since.
    fn clear(&mut self) -> String {
        let columns = (self.size)().map_or(usize::MAX, |(columns, _)| columns.max(1));
        let rows: usize = self.shown.drain(..).map(|width| width.div_ceil(columns).max(1)).sum();
        if rows == 0 { String::new() } else { format!("\x1b[{rows}A\r\x1b[J") }
    }

    /// The lines of a frame, each without and with its colours: the last rows that fit, and how far it is.
    fn lines(&self, columns: usize, rows: usize) -> Vec<(String, String)> {
        let room = rows.saturating_sub(2);
        let names: Vec<_> = self.rows.iter().map(|row| words::route(&row.route)).collect();
        let wide = words::widest(names.iter().map(String::as_str)).min(columns / 2);
        let hidden = self.rows.len().saturating_sub(room);
        let mut lines: Vec<_> = (self.rows.iter().zip(&names).skip(hidden))
            .map(|(row, name)| self.row(row, &words::padded(&words::cut(name, wide), wide), columns))
            .collect();
        let progress = format!(
            "{} {}/{} checks, {}",
            bar(self.finished, self.planned),
            self.finished,
            self.planned,
            words::took(self.started.elapsed())
        );
        let progress = words::cut(&progress, columns).into_owned();
        lines.push((progress.clone(), progress));
        lines
    }

    fn row(&self, row: &Row, name: &str, columns: usize) -> (String, String) {
        use anstyle::AnsiColor::{Green, Red, Yellow};
        let Counts { passed, failed, skipped } = row.counts;
        let parts = [(passed, "ok", Green), (failed, "failed", Red), (skipped, "skipped", Yellow)];
        let mut line = (words::cut(name, columns).into_owned(), words::cut(name, columns).into_owned());
        for (count, word, colour) in parts {
            if count > 0 {
                let style = words::styled(colour.on_default(), self.styled);
                append(&mut line, &format!("{count} {word}"), style, columns);
            }
        }
        let dim = words::styled(Style::new().dimmed(), self.styled);
        append(&mut line, row.last, dim, columns);
        line
    }
}

/// Adds a part to a line, in both its forms, while there is room.
fn append((plain, line): &mut (String, String), text: &str, style: Style, columns: usize) {
    if plain.width() + 2 + text.width() <= columns {
        plain.extend(["  ", text]);
        let _ = write!(line, "  {style}{text}{style:#}");
    }
}

/// `[=========>              ]`.
fn bar(finished: usize, planned: usize) -> String {
    let done = (finished * BAR).checked_div(planned).unwrap_or(0).min(BAR);
    let head = if done < BAR { ">" } else { "" };
    format!("[{}{head}{}]", "=".repeat(done), " ".repeat(BAR - done - head.len()))
}
