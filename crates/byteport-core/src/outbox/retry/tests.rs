// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The way to the service, with any answers in any order.

use proptest::prelude::*;

impl Retry {
    /// When the next probe is due; `None` while the way is up or a probe is under way.
    fn due(&self) -> Option<Duration> {
        (!self.is_up() && !self.probing).then_some(self.due)
    }
}

use super::*;
use crate::backoff::{FIRST, LONGEST};

const SECOND: Duration = Duration::from_secs(1);

fn leave(retry: &mut Retry, now: Duration) -> Leave {
    match retry.admit(now) {
        Admission::Go(leave) => leave,
        Admission::Wait(until) => panic!("must wait until {until:?}"),
    }
}

fn waits(retry: &mut Retry, now: Duration) -> Option<Duration> {
    match retry.admit(now) {
        Admission::Go(leave) => panic!("may go: {leave:?}"),
        Admission::Wait(until) => until,
    }
}

#[test]
fn pauses_are_a_random_part_of_a_span_that_doubles_up_to_a_minute() {
    let mut sums = [0.0; 12];
    for seed in 0..1000 {
        let (mut retry, mut now) = (Retry::new(seed), Duration::ZERO);
        for (failures, sum) in sums.iter_mut().enumerate() {
            let leave = leave(&mut retry, now);
            let due = retry.failed(leave, now, None);
            let span = (0.2 * f64::from(1 << failures)).min(60.0);
            let part = (due - now).as_secs_f64() / span;
            assert!((0.0..=1.0).contains(&part), "{failures}: {part}");
            *sum += part;
            now = due;
        }
    }
    assert!(sums.iter().all(|sum| (450.0..550.0).contains(sum)), "{sums:?}");
}

#[test]
fn a_success_begins_the_spans_anew() {
    let (mut retry, mut now) = (Retry::new(1), Duration::ZERO);
    for _ in 0..100 {
        let leave = leave(&mut retry, now);
        now = retry.failed(leave, now, None);
    }
    assert_eq!(retry.state(), LinkState::Down);
    let leave_ = leave(&mut retry, now);
    retry.succeeded(leave_);
    assert_eq!((retry.state(), retry.due()), (LinkState::Up, None));
    let leave = leave(&mut retry, now);
    assert!(retry.failed(leave, now, None) <= now + FIRST);
}

#[test]
fn what_the_service_asks_for_comes_before_the_pause() {
    let (mut retry, now) = (Retry::new(1), 5 * SECOND);
    let leave_ = leave(&mut retry, now);
    let due = retry.failed(leave_, now, Some(30 * SECOND));
    assert!((35 * SECOND..=35 * SECOND + FIRST).contains(&due));
    assert_eq!(waits(&mut retry, due - Duration::from_micros(1)), Some(due));
    let leave = leave(&mut retry, due);
    assert_eq!(retry.failed(leave, due, Some(Duration::MAX)), Duration::MAX);
}

#[test]
fn while_it_is_down_one_probes_and_the_others_wait() {
    let (mut retry, now) = (Retry::new(1), SECOND);
    let [first, second, third] = [0; 3].map(|_| leave(&mut retry, now));
    let due = retry.failed(first, now, None);
    // The others fail for the same reason: one failure, not three.
    assert_eq!(retry.failed(second, now, None), due.max(now));
    let probe = leave(&mut retry, due);
    assert_eq!((waits(&mut retry, due), retry.due()), (None, None));
    // A call from before that comes back late does not end the probe.
    let later = retry.failed(third, due, Some(SECOND));
    assert_eq!(waits(&mut retry, later + SECOND), None);
    retry.give_back(probe);
    assert_eq!(retry.due(), Some(later));
    let probe = leave(&mut retry, later);
    retry.succeeded(probe);
    let leaves = [0; 3].map(|_| leave(&mut retry, later));
    for leave in leaves {
        retry.give_back(leave);
    }
    assert_eq!(retry.state(), LinkState::Up);
}

#[test]
fn a_refused_key_is_tried_every_five_minutes_and_at_once_when_woken() {
    let (mut retry, now) = (Retry::new(1), SECOND);
    let [old, late] = [0; 2].map(|_| leave(&mut retry, now));
    assert_eq!(retry.paused(old, now), now + PAUSE);
    assert_eq!((retry.state(), retry.due()), (LinkState::Paused, Some(now + PAUSE)));
    assert_eq!(waits(&mut retry, now + PAUSE - Duration::from_micros(1)), Some(now + PAUSE));
    let probe = leave(&mut retry, now + PAUSE);
    retry.wake();
    // Both had the old key: what they learn says nothing about the new one.
    let fresh = leave(&mut retry, now);
    assert_eq!((retry.paused(probe, now), retry.paused(late, now)), (Duration::ZERO, Duration::ZERO));
    assert_eq!(waits(&mut retry, now), None);
    retry.succeeded(fresh);
    assert_eq!(retry.state(), LinkState::Up);
}

#[derive(Debug, Clone)]
enum Step {
    Ask,
    Taken,
    Later(u64),
    NotAllowed,
    GiveBack,
    Wake,
    Pass(u64),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Ask),
        1 => Just(Step::Taken),
        3 => (0..100u64).prop_map(Step::Later),
        1 => Just(Step::NotAllowed),
        1 => Just(Step::GiveBack),
        1 => Just(Step::Wake),
        3 => (0..400u64).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes back in whatever order: probes go one at a time and never early, and there is always a next one.
    #[test]
    fn any_order_of_answers(seed in any::<u64>(), steps in prop::collection::vec((steps(), any::<prop::sample::Index>()), 0..200)) {
        let (mut retry, mut now) = (Retry::new(seed), Duration::ZERO);
        let mut leaves: Vec<Leave> = Vec::new();
        for (step, index) in steps {
            let is_answer = !matches!(step, Step::Ask | Step::Wake | Step::Pass(_));
            let held = (is_answer && !leaves.is_empty()).then(|| leaves.swap_remove(index.index(leaves.len())));
            match (step, held) {
                (Step::Ask, _) => match retry.admit(now) {
                    Admission::Go(leave) => leaves.push(leave),
                    Admission::Wait(Some(until)) => prop_assert!(until > now && retry.due() == Some(until)),
                    Admission::Wait(None) => prop_assert!(leaves.iter().any(|leave| leave.probe)),
                },
                (Step::Wake, _) => {
                    retry.wake();
                    let fresh = leave(&mut retry, now);
                    retry.give_back(fresh);
                }
                (Step::Pass(seconds), _) => now += Duration::from_secs(seconds),
                (Step::Taken, Some(leave)) => {
                    // An answer to a call from before a pause says nothing about the pause.
                    let (tells, before) = (leave.era == retry.era || retry.is_up(), retry.state());
                    retry.succeeded(leave);
                    prop_assert_eq!(retry.state(), if tells { LinkState::Up } else { before });
                }
                (Step::Later(seconds), Some(leave)) => {
                    let (asked, fresh) = (Duration::from_secs(seconds), leave.era == retry.era);
                    let due = retry.failed(leave, now, Some(asked));
                    prop_assert!(!fresh || (now + asked..=now + asked + LONGEST).contains(&due));
                    prop_assert!(retry.is_up() || due >= now + asked);
                }
                (Step::NotAllowed, Some(leave)) => drop(retry.paused(leave, now)),
                (Step::GiveBack, Some(leave)) => retry.give_back(leave),
                (_, None) => {}
            }
            let current = leaves.iter().filter(|leave| leave.probe && leave.era == retry.era);
            prop_assert_eq!(current.count(), usize::from(retry.probing && !retry.is_up()));
        }
        for leave in leaves {
            retry.give_back(leave);
        }
        let due = retry.due().unwrap_or(now).max(now);
        prop_assert!(matches!(retry.admit(due), Admission::Go(_)));
    }
}
