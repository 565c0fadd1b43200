// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How far a long transfer has come: one line on the terminal that is standard error, nothing anywhere else.
//!
//! Invariant: when it is dropped, the line is gone.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use crate::screen;

/// The time between two pictures.
const PAUSE: Duration = Duration::from_millis(100);
/// The bar's width in characters.
const WIDTH: u64 = 24;

/// A line that shows the progress.
pub struct Bar {
    what: String,
    start: Instant,
    /// When it was drawn last; never where nobody looks.
    drawn: Option<Instant>,
    is_shown: bool,
    /// How an amount is written.
    amount: fn(u64) -> String,
}

impl Bar {
    /// Of bytes.
    pub fn new(what: &str) -> Bar {
        let is_shown = io::stderr().is_terminal();
        Bar { what: screen::printable(what), start: Instant::now(), drawn: None, is_shown, amount: size }
    }

    /// Of things that are counted.
    pub fn counting(what: &str) -> Bar {
        let mut bar = Bar::new(what);
        bar.amount = |count| count.to_string();
        bar
    }

    /// So many have come, of so many.
    pub fn tell(&mut self, come: u64, total: Option<u64>) {
        let is_due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= PAUSE);
        if self.is_shown && is_due {
            self.drawn = Some(Instant::now());
            let picture = picture(&self.what, come, total, self.start.elapsed(), self.amount);
            screen::draw(&format!("\r{picture}\x1b[K"));
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            screen::draw("\r\x1b[K");
        }
    }
}

fn picture(what: &str, come: u64, total: Option<u64>, time: Duration, amount: fn(u64) -> String) -> String {
    let speed = (come as f64 / time.as_secs_f64().max(0.001)) as u64;
    let tail = format!("{}  {}/s", amount(come), amount(speed));
    let Some(total) = total.filter(|total| *total > 0) else { return format!("{what}  {tail}") };
    let share = come.min(total) as f64 / total as f64;
    let full = (share * WIDTH as f64) as usize;
    let bar = "#".repeat(full) + &" ".repeat((WIDTH as usize).saturating_sub(full));
    format!("{what}  [{bar}] {:3.0} %  {tail}", share * 100.0)
}

/// A number of bytes with three or four digits.
fn size(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let (mut amount, mut unit) = (bytes as f64, 0);
    while amount >= 999.95 && unit + 1 < units.len() {
        (amount, unit) = (amount / 1000.0, unit + 1);
    }
    let digits = usize::from(unit > 0);
    format!("{amount:.digits$} {}", units.get(unit).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures() {
        let second = Duration::from_secs(1);
        assert_eq!(picture("x", 500, None, second, size), "x  500 B  500 B/s");
        assert_eq!(picture("x", 500, None, second, |count| count.to_string()), "x  500  500/s");
        assert_eq!(
            picture("x", 1_500_000, Some(3_000_000), 2 * second, size),
            "x  [############            ]  50 %  1.5 MB  750.0 kB/s"
        );
        assert!(picture("x", 9, Some(3), second, size).contains("[########################] 100 %"));
        assert!(picture("x", 0, Some(0), Duration::ZERO, size).starts_with("x  0 B"));
        assert_eq!(size(u64::MAX), "18446744.1 TB");
        assert_eq!(size(999_999), "1.0 MB");
    }
}
