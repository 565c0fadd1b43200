// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A running sum of floats.
//!
//! Invariant: what rounding takes from each addition is kept (Neumaier's summation), so a million
//! terms are as exact as a few.

/// A sum that terms are added to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    /// Adds a term.
    pub fn add(&mut self, term: f64) {
        let total = self.total + term;
        self.lost += if self.total.abs() >= term.abs() {
            (self.total - total) + term
        } else {
            (term - total) + self.total
        };
        self.total = total;
    }

    /// The sum so far; not finite where it is too large for a float.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.total + self.lost
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::Sum;

    #[test]
    fn small_terms_are_not_lost() {
        assert_eq!([1e16, 1.0, 1.0, -1e16].into_iter().collect::<Sum>().value(), 2.0);
        assert_eq!([0.1; 10].into_iter().collect::<Sum>().value(), 1.0);
        assert_eq!([].into_iter().collect::<Sum>().value(), 0.0);
        assert!(![f64::MAX, f64::MAX].into_iter().collect::<Sum>().value().is_finite());
    }
}
