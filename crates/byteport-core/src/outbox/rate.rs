// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How many readings per second: at the most, and measured. Times are since some start; nothing here reads a clock or waits.

use std::time::Duration;

/// Over so many seconds a rate is measured.
const SPAN: f64 = 60.0;

/// What is counted within such a time has one age: counting is cheap.
const GRAIN: Duration = Duration::from_millis(50);

/// A bucket of tokens, one for a reading, that holds a second's worth and fills at the rate.
#[derive(Debug)]
pub(super) struct Limiter {
    rate: f64,
    tokens: f64,
    at: Duration,
}

impl Limiter {
    /// A full bucket; the infinite rate never makes anybody wait.
    pub(super) fn new(rate: f64) -> Limiter {
        Limiter { rate, tokens: rate.max(1.0), at: Duration::ZERO }
    }

    /// Takes `count` tokens and gives zero; or takes none, and says how long to wait before asking again. More than the bucket
    /// holds are taken from a full one, which then fills for as long as they last.
    pub(super) fn take(&mut self, now: Duration, count: usize) -> Duration {
        if self.rate.is_infinite() {
            return Duration::ZERO;
        }
        let most = self.rate.max(1.0);
        let gained = now.saturating_sub(self.at).as_secs_f64() * self.rate;
        self.tokens = (self.tokens + gained).min(most);
        self.at = self.at.max(now);
        let count = count as f64;
        let missing = count.min(most) - self.tokens;
        if missing <= 0.0 {
            self.tokens -= count;
            return Duration::ZERO;
        }
        // Rounded up to a microsecond: whoever waits so long finds his tokens.
        let micros = Duration::try_from_secs_f64(missing / self.rate).unwrap_or(Duration::MAX);
        micros.saturating_add(Duration::from_micros(1))
    }
}

/// A rate over about the last minute: what is longer ago counts less and less.
#[derive(Debug, Default)]
pub(super) struct Meter {
    since: Option<Duration>,
    at: Duration,
    /// What was counted, each reading with what is left of it.
    weight: f64,
}

impl Meter {
    /// Counts some more.
    pub(super) fn add(&mut self, now: Duration, count: u64) {
        self.since.get_or_insert(now);
        if now.saturating_sub(self.at) >= GRAIN {
            self.weight = self.left(now);
            self.at = now;
        }
        self.weight += count as f64;
    }

    /// Per second. Before the first minute is over, what was counted is spread over the time since the first, a second at the
    /// least.
    pub(super) fn rate(&self, now: Duration) -> f64 {
        let Some(since) = self.since else { return 0.0 };
        let measured = now.saturating_sub(since).as_secs_f64().max(1.0);
        self.left(now) / (SPAN * (1.0 - decay(measured / SPAN)))
    }

    fn left(&self, now: Duration) -> f64 {
        self.weight * decay(now.saturating_sub(self.at).as_secs_f64() / SPAN)
    }
}

/// e to the power of `-spans`, to four digits. The standard library's own comes from the system's mathematical library, which
/// whoever links this one statically would have to name.
fn decay(spans: f64) -> f64 {
    let part = spans.min(700.0) / 1024.0;
    (1.0 - part + part * part / 2.0 - part * part * part / 6.0).powi(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decay_is_the_exponential_function() {
        for tenth in 0..1000 {
            let spans = f64::from(tenth) / 50.0;
            assert!((decay(spans) / (-spans).exp() - 1.0).abs() < 1e-4, "{spans}");
        }
        assert!(decay(f64::MAX) < 1e-200 && decay(0.0) == 1.0);
    }

    const MILLI: Duration = Duration::from_millis(1);

    /// What goes in `span` where every call takes `count` and waits as it is told.
    fn taken(rate: f64, count: usize, span: Duration) -> usize {
        let (mut limiter, mut now, mut taken) = (Limiter::new(rate), Duration::ZERO, 0);
        while now < span {
            match limiter.take(now, count) {
                Duration::ZERO => taken += count,
                wait => {
                    assert!(wait > Duration::ZERO && limiter.take(now, count) == wait);
                    now += wait;
                }
            }
        }
        taken
    }

    #[test]
    fn no_more_goes_than_the_rate_and_one_second_of_burst() {
        for (rate, count) in [(10.0, 1), (10.0, 7), (1000.0, 1), (0.5, 1), (3.0, 100)] {
            let seconds = 600;
            let got = taken(rate, count, Duration::from_secs(seconds)) as f64;
            let most = rate * seconds as f64 + rate.max(1.0) + count as f64;
            assert!(
                got <= most && got >= 0.98 * rate * seconds as f64 - count as f64,
                "{rate} {count}: {got}"
            );
        }
    }

    #[test]
    fn unused_time_is_no_credit_beyond_the_burst() {
        let mut limiter = Limiter::new(5.0);
        let now = Duration::from_secs(86_400);
        assert!((0..5).all(|_| limiter.take(now, 1).is_zero()));
        assert!(!limiter.take(now, 1).is_zero());
        assert!(!limiter.take(Duration::ZERO, 1).is_zero(), "a clock that goes back gives nothing");
        assert!(!limiter.take(now, 1).is_zero());
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let mut limiter = Limiter::new(f64::INFINITY);
        assert!((0..1000).all(|_| limiter.take(Duration::ZERO, usize::MAX).is_zero()));
    }

    #[test]
    fn a_tiny_rate_does_not_overflow() {
        let mut limiter = Limiter::new(f64::MIN_POSITIVE);
        assert!(limiter.take(Duration::ZERO, 1).is_zero());
        assert_eq!(limiter.take(Duration::ZERO, 1), Duration::MAX);
    }

    #[test]
    fn a_steady_rate_is_measured_from_the_first_second_on() {
        let mut meter = Meter::default();
        let start = Duration::from_secs(1000);
        assert_eq!(meter.rate(start), 0.0);
        let mut now = start;
        for milli in 0..300_000 {
            meter.add(now, 2);
            now += MILLI;
            if milli >= 1000 && milli % 1000 == 0 {
                let rate = meter.rate(now);
                assert!((1990.0..=2010.0).contains(&rate), "{milli}: {rate}");
            }
        }
        let rate = meter.rate(now + Duration::from_secs(60));
        assert!((0.35..0.38).contains(&(rate / 2000.0)), "{rate}");
        assert!(meter.rate(now + Duration::from_secs(3600)) < 0.001);
    }
}
