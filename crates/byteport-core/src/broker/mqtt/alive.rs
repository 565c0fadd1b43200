// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Signs of life (sections 3.1.2.10 and 3.12).
//!
//! A PINGREQ goes out once the keep-alive has passed since we sent something last, or since the broker did: so a dead connection is
//! found by one who only sends, too. If then nothing at all comes for half a keep-alive, the broker is gone. The standard leaves
//! that to the client ("a reasonable amount of time"); this way the broker's silence is borne for one and a half keep-alives,
//! which is what the broker has to bear of the client.

use std::time::Duration;

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Nothing,
    /// Send a PINGREQ.
    Ask,
    /// The broker has been silent for too long.
    Silent,
}

/// The two clocks of a connection.
#[derive(Debug)]
pub(super) struct Alive {
    /// Zero: never.
    interval: Duration,
    /// The latest time that is known.
    now: Duration,
    sent: Duration,
    heard: Duration,
    /// When a PINGREQ went out, if nothing came since.
    asked: Option<Duration>,
}

impl Alive {
    pub(super) fn new(interval: Duration) -> Alive {
        let zero = Duration::ZERO;
        Alive { interval, now: zero, sent: zero, heard: zero, asked: None }
    }

    /// A new connection.
    pub(super) fn restart(&mut self, now: Duration) {
        self.now = now;
        (self.sent, self.heard, self.asked) = (now, now, None);
    }

    /// A packet went into the output, at the latest time that is known or after that: so we ask too early rather than too late.
    pub(super) fn sent(&mut self) {
        self.sent = self.now;
    }

    /// Something came.
    pub(super) fn heard(&mut self, now: Duration) {
        self.now = self.now.max(now);
        (self.heard, self.asked) = (self.now, None);
    }

    /// When `tick` has something to do.
    pub(super) fn due(&self) -> Option<Duration> {
        if self.interval.is_zero() {
            return None;
        }
        match self.asked {
            Some(asked) => asked.checked_add(self.interval / 2),
            None => self.sent.min(self.heard).checked_add(self.interval),
        }
    }

    /// What is to be done now. Where that is [`Step::Ask`], it counts as done.
    pub(super) fn tick(&mut self, now: Duration) -> Step {
        self.now = self.now.max(now);
        if self.due().is_none_or(|due| self.now < due) {
            return Step::Nothing;
        }
        if self.asked.is_some() {
            return Step::Silent;
        }
        (self.sent, self.asked) = (self.now, Some(self.now));
        Step::Ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn asks_after_a_keep_alive_and_waits_for_half_of_one() {
        let mut alive = Alive::new(at(60));
        alive.restart(at(100));
        assert_eq!((alive.due(), alive.tick(at(159))), (Some(at(160)), Step::Nothing));
        assert_eq!((alive.tick(at(160)), alive.due()), (Step::Ask, Some(at(190))));
        alive.heard(at(170));
        alive.sent();
        assert_eq!((alive.due(), alive.tick(at(229))), (Some(at(230)), Step::Nothing));
        assert_eq!(
            (alive.tick(at(300)), alive.tick(at(329)), alive.tick(at(330))),
            (Step::Ask, Step::Nothing, Step::Silent)
        );
        alive.restart(at(400));
        assert_eq!(alive.due(), Some(at(460)));
    }

    #[test]
    fn one_who_only_sends_and_one_who_only_hears_ask_too() {
        let mut sender = Alive::new(at(10));
        assert_eq!(sender.tick(at(9)), Step::Nothing);
        sender.sent();
        assert_eq!(sender.tick(at(10)), Step::Ask);
        let mut hearer = Alive::new(at(10));
        hearer.heard(at(9));
        assert_eq!(hearer.tick(at(10)), Step::Ask);
    }

    #[test]
    fn zero_is_never() {
        let mut alive = Alive::new(Duration::ZERO);
        assert_eq!((alive.due(), alive.tick(Duration::MAX)), (None, Step::Nothing));
        let mut alive = Alive::new(Duration::MAX);
        alive.restart(at(1));
        assert_eq!((alive.due(), alive.tick(Duration::MAX)), (None, Step::Nothing));
    }
}
