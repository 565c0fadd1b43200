// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `scale` and `operation`: a series computed from the one that is stored.
//!
//! Choices where the API is silent:
//! - `scale` is a factor. Each value is multiplied by it before the operation sees it.
//! - The unit of `t` in a difference is the second.
//! - `smooth_diff` has a window of [`WINDOW`] points: the mean of each five points that follow each
//!   other stands at the middle one; the forward difference of two such means,
//!   `(m[n+1] - m[n]) / (t[n+1] - t[n])`, stands at `t[n]`; the mean of each five of those stands at
//!   the middle one again. So N points give N - 9, and fewer than ten give none.
//!
//! Invariant: values come one by one, in order of time, and a few of them are kept, however long
//! the series is; each gives at most one point.

use std::collections::VecDeque;

use super::sum::Sum;

/// How many points a moving average of `smooth_diff` takes together.
pub const WINDOW: usize = 5;

/// What is computed from a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `y[n] = (x[n+1] - x[n-1]) / (t[n+1] - t[n-1])`.
    Diff,
    /// The difference of moving averages, averaged.
    SmoothDiff,
    /// The running sum.
    CumSum,
}

impl Operation {
    /// The words of the parameter.
    pub const WORDS: [(&str, Self); 3] =
        [("diff", Self::Diff), ("smooth_diff", Self::SmoothDiff), ("cum_sum", Self::CumSum)];
}

/// A time in microseconds, and a number.
type Point = (i64, f64);

/// Turns a series' numbers into others.
#[derive(Debug)]
pub struct Transform {
    scale: f64,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Scaled,
    Diff(VecDeque<Point>),
    Smooth { before: Mean, last: Option<Point>, after: Mean },
    Sum(Sum),
}

impl Transform {
    /// What `scale` and `operation` ask for; `None` where they ask for the values as they are.
    #[must_use]
    pub fn new(scale: Option<f64>, operation: Option<Operation>) -> Option<Self> {
        if scale.is_none() && operation.is_none() {
            return None;
        }
        let stage = match operation {
            None => Stage::Scaled,
            Some(Operation::Diff) => Stage::Diff(VecDeque::with_capacity(3)),
            Some(Operation::SmoothDiff) => {
                Stage::Smooth { before: Mean::default(), last: None, after: Mean::default() }
            }
            Some(Operation::CumSum) => Stage::Sum(Sum::default()),
        };
        Some(Self { scale: scale.unwrap_or(1.0), stage })
    }

    /// Takes the next value, and gives the point that is ready with it. The number is not finite
    /// where it is too large for a float.
    pub fn push(&mut self, micros: i64, value: f64) -> Option<Point> {
        let value = value * self.scale;
        match &mut self.stage {
            Stage::Scaled => Some((micros, value)),
            Stage::Diff(points) => central_difference(points, (micros, value)),
            Stage::Smooth { before, last, after } => {
                let mean = before.push((micros, value))?;
                let earlier = last.replace(mean)?;
                after.push((earlier.0, slope(earlier, mean)))
            }
            Stage::Sum(sum) => {
                sum.add(value);
                Some((micros, sum.value()))
            }
        }
    }
}

fn central_difference(points: &mut VecDeque<Point>, point: Point) -> Option<Point> {
    points.push_back(point);
    let [before, middle, after] = *points.make_contiguous() else { return None };
    points.pop_front();
    Some((middle.0, slope(before, after)))
}

/// The change per second between two points, which are at least a microsecond apart.
fn slope(from: Point, to: Point) -> f64 {
    (to.1 - from.1) / ((to.0 - from.0) as f64 / 1e6)
}

/// A moving average.
#[derive(Debug, Default)]
struct Mean(VecDeque<Point>);

impl Mean {
    fn push(&mut self, point: Point) -> Option<Point> {
        self.0.push_back(point);
        if self.0.len() < WINDOW {
            return None;
        }
        let middle = self.0.get(WINDOW / 2)?.0;
        // Not kept from one window to the next, so rounding does not add up.
        let sum: f64 = self.0.iter().map(|(_, value)| value).sum();
        self.0.pop_front();
        Some((middle, sum / WINDOW as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn all(scale: Option<f64>, operation: Option<Operation>, points: &[Point]) -> Vec<Point> {
        let mut transform = Transform::new(scale, operation).expect("something to do");
        points.iter().filter_map(|(micros, value)| transform.push(*micros, *value)).collect()
    }

    /// x = t squared, at one point a second.
    fn squares(count: i64) -> Vec<Point> {
        (0..count).map(|second| (second * SECOND, (second * second) as f64)).collect()
    }

    #[test]
    fn nothing_to_do() {
        assert!(Transform::new(None, None).is_none());
        assert_eq!(all(Some(-2.0), None, &[(1, 3.0), (2, 0.5)]), [(1, -6.0), (2, -1.0)]);
    }

    #[test]
    fn a_difference_is_of_the_neighbours() {
        let uneven = [(0, 1.0), (SECOND, 9.0), (4 * SECOND, 3.0), (5 * SECOND, 1.0)];
        assert_eq!(all(None, Some(Operation::Diff), &uneven), [(SECOND, 0.5), (4 * SECOND, -2.0)]);
        assert_eq!(all(Some(10.0), Some(Operation::Diff), &uneven), [(SECOND, 5.0), (4 * SECOND, -20.0)]);
        for few in 0..3 {
            assert_eq!(all(None, Some(Operation::Diff), &uneven[..few]), []);
        }
    }

    #[test]
    fn a_sum_runs() {
        let points = [(1, 0.5), (2, -2.0), (3, 4.0)];
        assert_eq!(all(None, Some(Operation::CumSum), &points), [(1, 0.5), (2, -1.5), (3, 2.5)]);
    }

    #[test]
    fn a_smooth_difference_has_nine_points_less() {
        // The mean of five squares around t is t² + 2, its forward difference 2t + 1, and the mean
        // of five of those the same again.
        let expected: Vec<Point> = (4..15).map(|second| (second * SECOND, (2 * second + 1) as f64)).collect();
        assert_eq!(all(None, Some(Operation::SmoothDiff), &squares(20)), expected);
        assert_eq!(all(None, Some(Operation::SmoothDiff), &squares(10)), expected[..1]);
        assert_eq!(all(None, Some(Operation::SmoothDiff), &squares(9)), []);
    }
}
