//! The live table, on a terminal that is emulated.

use std::io::{self, Write};
use std::num::NonZero;
use std::sync::{Arc, Mutex};

use nginx_gen::outcome::{Outcome, Progress};
use nginx_gen::report::outcomes::live::Live;

use super::proof;

/// A terminal of 12 rows and 60 columns that keeps what is written to it.
#[derive(Clone)]
struct Terminal(Arc<Mutex<vt100::Parser>>);

impl Terminal {
    fn new() -> Terminal {
        let (rows, columns) = (NonZero::new(12).unwrap(), NonZero::new(60).unwrap());
        Terminal(Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0))))
    }

    fn screen(&self) -> String {
        self.0.lock().unwrap().screen().contents()
    }

    /// Whether a prompt would look right now.
    fn is_sound(&self) -> bool {
        let parser = self.0.lock().unwrap();
        let screen = parser.screen();
        let plain = screen.fgcolor() == vt100::Color::Default && !screen.bold();
        plain && !screen.hide_cursor() && screen.cursor_position().1 == 0
    }
}

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A terminal turns the end of a line into a carriage return and a line feed.
        let text = String::from_utf8_lossy(bytes).replace('\n', "\r\n");
        self.0.lock().unwrap().process(text.as_bytes());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn size() -> Option<(usize, usize)> {
    Some((60, 12))
}

#[test]
fn the_table_is_redrawn_and_gone_in_the_end() {
    let mut terminal = Terminal::new();
    terminal.write_all(b"$ nginx-gen test prod\n").unwrap();
    let before = terminal.screen();
    let live = Live::new(terminal.clone(), size, true);
    let outcomes = proof().0.outcomes;
    live.planned(outcomes.len());
    for outcome in &outcomes {
        live.finished(outcome);
        assert!(terminal.is_sound(), "{}", terminal.screen());
    }
    let screen = terminal.screen();
    let table: Vec<_> = screen.lines().map(|line| line.split(", ").next().unwrap_or_default()).collect();
    insta::assert_snapshot!(table.join("\n"));
    drop(live);
    assert_eq!(terminal.screen(), before);
    assert!(terminal.is_sound());
}

#[test]
fn a_thousand_routes_fit_a_small_terminal() {
    let mut terminal = Terminal::new();
    terminal.write_all(b"$ nginx-gen test prod\n").unwrap();
    let before = terminal.screen();
    let live = Live::new(terminal.clone(), size, true);
    let one = proof().0.outcomes.remove(1);
    live.planned(1000);
    for nth in 0..1000 {
        let mut outcome: Outcome = one.clone();
        outcome.route.site = format!("site-{nth}.with-a-name-longer-than-half-of-the-terminal.example.com");
        live.finished(&outcome);
    }
    let screen = terminal.screen();
    assert_eq!(screen.lines().count(), 12 - 1, "{screen}");
    assert!(screen.contains("1000/1000 checks"), "{screen}");
    assert!(screen.contains("site-999"), "{screen}");
    drop(live);
    assert!(before.starts_with(&terminal.screen()), "{}", terminal.screen());
}
