// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A small picture of a series of numbers: time from left to right, values from bottom to top, in braille dots, two by
//! four in a character.

use std::fmt::Write as _;

use byteport_core::{Error, ErrorCode, Series, SeriesValues};

use crate::format;

/// The picture's height in characters.
const HEIGHT: usize = 8;
/// The narrowest picture, in characters.
const NARROWEST: usize = 20;

/// The bit of each dot in a braille character, by row and column.
const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Draws the series `width` characters wide, with a title, the least and greatest value, the last one, and both ends of
/// time. An empty series gives an empty text.
///
/// # Errors
/// [`ErrorCode::InvalidArgument`] where the values are texts.
pub fn draw(title: &str, series: &Series, width: usize) -> Result<String, Error> {
    let SeriesValues::Numbers(numbers) = &series.values else {
        let message = format!("the values of {title} are texts, which no chart can show: use --format table");
        return Err(Error::new(ErrorCode::InvalidArgument, message));
    };
    let points: Vec<(i64, f64)> = series
        .times
        .iter()
        .copied()
        .zip(numbers.iter().copied())
        .filter(|(_, value)| value.is_finite())
        .collect();
    let Some(scale) = Scale::of(&points) else { return Ok(String::new()) };
    Ok(picture(title, &points, &scale, width))
}

struct Scale {
    start: i64,
    end: i64,
    min: f64,
    max: f64,
    last: f64,
}

impl Scale {
    fn of(points: &[(i64, f64)]) -> Option<Scale> {
        let (start, last) = (points.first()?.0, *points.last()?);
        let values = points.iter().map(|(_, value)| *value);
        let (min, max) =
            values.fold((f64::MAX, f64::MIN), |(min, max), value| (min.min(value), max.max(value)));
        Some(Scale { start, end: last.0, min, max, last: last.1 })
    }

    /// The dot of a point on a canvas of so many columns and rows; row 0 is the uppermost.
    fn place(&self, (time, value): (i64, f64), columns: usize, rows: usize) -> (i64, i64) {
        let share =
            |part: f64, whole: f64, otherwise: f64| if whole > 0.0 { part / whole } else { otherwise };
        // Halves, so that the distance between the greatest numbers is still a number.
        let x =
            share(time.saturating_sub(self.start) as f64, self.end.saturating_sub(self.start) as f64, 0.0);
        let y = share(value / 2.0 - self.min / 2.0, self.max / 2.0 - self.min / 2.0, 0.5);
        let dot = |share: f64, count: usize| (share.clamp(0.0, 1.0) * (count - 1) as f64).round() as i64;
        (dot(x, columns), dot(1.0 - y, rows))
    }
}

fn picture(title: &str, points: &[(i64, f64)], scale: &Scale, width: usize) -> String {
    let (top, bottom) = (short(scale.max), short(scale.min));
    let margin = top.len().max(bottom.len());
    let room = width.saturating_sub(margin + 2).max(NARROWEST);
    let mut canvas = Canvas::new(room, HEIGHT);
    let mut before = None;
    for point in points {
        let dot = scale.place(*point, room * 2, HEIGHT * 4);
        canvas.line(before.unwrap_or(dot), dot);
        before = Some(dot);
    }
    let count = points.len();
    let values = if count == 1 { "value" } else { "values" };
    let mut text =
        format!("{title}  {count} {values}  min {bottom}  max {top}  last {}\n", short(scale.last));
    for (row, line) in canvas.lines().enumerate() {
        let label = if row == 0 { &top } else { &bottom };
        let (label, edge) = if row == 0 || row + 1 == HEIGHT { (label.as_str(), '┤') } else { ("", '│') };
        let _ = writeln!(text, "{label:>margin$} {edge}{}", line.trim_end());
    }
    let _ = writeln!(text, "{:margin$}  {}", "", axis(scale, room));
    text
}

/// Both ends of time, to the second, without the date where there is no room for it.
fn axis(scale: &Scale, room: usize) -> String {
    let end = |micros: i64| {
        let whole = format::time(micros - micros.rem_euclid(1_000_000)).replace(".000000", "");
        let clock = whole.split('T').nth(1).unwrap_or_default().to_owned();
        if room >= 2 * whole.len() + 2 { whole } else { clock }
    };
    let (start, end) = (end(scale.start), end(scale.end));
    let gap = room.saturating_sub(start.len() + end.len()).max(1);
    format!("{start}{:gap$}{end}", "")
}

/// A number for a label: ten characters at most, or in scientific notation.
fn short(number: f64) -> String {
    let text = format::number(number);
    if text.len() <= 10 { text } else { format!("{number:.4e}") }
}

struct Canvas {
    width: usize,
    cells: Vec<u32>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Canvas {
        Canvas { width, cells: vec![0; width * height] }
    }

    fn dot(&mut self, x: i64, y: i64) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if let Some(cell) = self.cells.get_mut(y / 4 * self.width + x / 2) {
            *cell |= DOTS[y % 4][x % 2];
        }
    }

    fn line(&mut self, from: (i64, i64), to: (i64, i64)) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let steps = dx.abs().max(dy.abs()).max(1);
        for step in 0..=steps {
            let along =
                |start: i64, distance: i64| start + (distance * step + distance.signum() * steps / 2) / steps;
            self.dot(along(from.0, dx), along(from.1, dy));
        }
    }

    fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let shown = |cell: &u32| if *cell == 0 { ' ' } else { char::from_u32(0x2800 + cell).unwrap_or('?') };
        self.cells.chunks(self.width).map(move |row| row.iter().map(shown).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[f64]) -> Series {
        let times = (0..values.len() as i64).map(|i| i * 1_000_000).collect();
        Series { times, values: SeriesValues::Numbers(values.to_vec()) }
    }

    #[test]
    fn a_rising_line() {
        let values: Vec<f64> = (0..80).map(f64::from).collect();
        let text = draw("a.b.c", &numbers(&values), 45).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "a.b.c  80 values  min 0  max 79  last 79");
        assert_eq!(lines.len(), HEIGHT + 2);
        assert!(lines[1].starts_with("79 ┤ ") && lines[1].ends_with('⠉'), "{text}");
        assert!(lines[HEIGHT].starts_with(" 0 ┤⣀"), "{text}");
        assert!(lines[4].contains('⠤') || lines[4].contains('⠒'), "{text}");
        assert_eq!(lines[HEIGHT + 1], "    00:00:00Z                       00:01:19Z");
        assert!(lines.iter().all(|line| line.chars().count() <= 45), "{text}");
    }

    #[test]
    fn each_width_holds() {
        let values: Vec<f64> = (0..500).map(|i| f64::from(i * 7919 % 100)).collect();
        for width in [1, 30, 80, 200] {
            let text = draw("a.b.c", &numbers(&values), width).unwrap();
            assert!(
                text.lines().skip(1).all(|line| line.chars().count() <= width.max(25)),
                "{width}:\n{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_scaled_is_still_drawn() {
        for values in [&[5.0][..], &[5.0; 3], &[f64::MAX, f64::MIN], &[1.0, f64::NAN, 2.0], &[-0.0, 0.0]] {
            let text = draw("a.b.c", &numbers(values), 80).unwrap();
            assert_eq!(text.lines().count(), HEIGHT + 2, "{values:?}");
            assert!(text.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)), "{values:?}:\n{text}");
        }
        assert_eq!(draw("a.b.c", &numbers(&[]), 80).unwrap(), "");
        assert_eq!(draw("a.b.c", &numbers(&[f64::NAN]), 80).unwrap(), "");
    }

    #[test]
    fn texts_are_refused() {
        let series = Series { times: vec![0], values: SeriesValues::Texts(vec!["on".into()]) };
        assert!(draw("a.b.c", &series, 80).unwrap_err().to_string().contains("--format table"));
    }
}
