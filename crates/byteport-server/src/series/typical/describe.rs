// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What numbers are like, in eight figures, and how far apart that is.
//!
//! Invariants: the figures are those of pandas' `describe()`: the standard deviation is that of a
//! sample, and of one number it is NaN; a quartile between two numbers is interpolated
//! linearly. As in pandas, NaN is left out of a median and of a sum.

use crate::series::sum::Sum;

/// The figures' names, in pandas' order.
pub const NAMES: [&str; 8] = ["count", "mean", "std", "min", "25%", "50%", "75%", "max"];

/// One figure for each of [`NAMES`].
pub type Figures = [f64; 8];

/// Describes numbers, of which there is at least one; they are sorted for that.
#[must_use]
pub fn describe(numbers: &mut [f64]) -> Figures {
    numbers.sort_unstable_by(f64::total_cmp);
    let count = numbers.len() as f64;
    let mean = numbers.iter().copied().collect::<Sum>().value() / count;
    let squares = numbers.iter().map(|number| (number - mean) * (number - mean)).collect::<Sum>().value();
    let at = |part| quantile(numbers, part);
    // Of one number this is 0 / 0.
    let deviation = (squares / (count - 1.0)).sqrt();
    [count, mean, deviation, at(0.0), at(0.25), at(0.5), at(0.75), at(1.0)]
}

/// The number below which lies this part of the sorted ones; NaN where there is none.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let position = part * sorted.len().saturating_sub(1) as f64;
    let index = position.floor();
    let number = |index: usize| sorted.get(index).copied();
    let Some(low) = number(index as usize) else { return f64::NAN };
    let high = number(index as usize + 1).unwrap_or(low);
    low + (high - low) * (position - index)
}

/// The median of each figure over all descriptions.
#[must_use]
pub fn typical(all: &[Figures]) -> Figures {
    std::array::from_fn(|index| {
        let mut column: Vec<f64> = all.iter().filter_map(|figures| figures.get(index).copied()).collect();
        column.retain(|figure| !figure.is_nan());
        column.sort_unstable_by(f64::total_cmp);
        quantile(&column, 0.5)
    })
}

/// The Euclidean distance between two descriptions, by the figures that count.
#[must_use]
pub fn distance(one: &Figures, other: &Figures, counts: &[bool; 8]) -> f64 {
    let pairs = one.iter().zip(other).zip(counts).filter(|(_, counts)| **counts);
    let differences = pairs.map(|((one, other), _)| one - other).filter(|difference| !difference.is_nan());
    differences.map(|difference| difference * difference).collect::<Sum>().value().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_described() {
        let figures = describe(&mut [4.0, 1.0, 2.0, 8.0]);
        let deviation = (28.75_f64 / 3.0).sqrt();
        assert_eq!(figures, [4.0, 3.75, deviation, 1.0, 1.75, 3.0, 5.0, 8.0]);
        let one = describe(&mut [7.0]);
        assert!(one[2].is_nan());
        assert_eq!([one[0], one[1], one[3], one[5], one[7]], [1.0, 7.0, 7.0, 7.0, 7.0]);
    }

    #[test]
    fn what_is_missing_neither_counts_nor_spoils() {
        let mut all = [[0.0; 8], [2.0; 8], [9.0; 8]];
        all[2][2] = f64::NAN;
        let middle = typical(&all);
        assert_eq!((middle[0], middle[2]), (2.0, 1.0));
        assert!(typical(&[])[0].is_nan());
        let mut counts = [false; 8];
        (counts[1], counts[2]) = (true, true);
        assert_eq!(distance(&all[2], &middle, &counts), 7.0);
        assert_eq!(distance(&all[0], &middle, &counts), 5_f64.sqrt());
    }
}
