// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A file's states, with times that are told: no test here waits.

use super::*;

const PATIENCE: Duration = Duration::from_secs(10);

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn start() -> (File, Instant) {
    let now = Instant::now();
    (File::new(now), now)
}

fn signature(n: u64) -> Signature {
    Signature::of_size(n)
}

#[test]
fn a_closed_file_rests_after_a_short_quiet_time() {
    let (mut file, t) = start();
    file.event(Event::Written, t, PATIENCE);
    assert_eq!(file.due(), Some(t + AFTER_WRITE));
    file.event(Event::Closed, t + ms(5), PATIENCE);
    assert_eq!(file.due(), Some(t + ms(25)));
    file.event(Event::Written, t + ms(10), PATIENCE);
    assert_eq!(file.due(), Some(t + ms(10) + AFTER_WRITE));
    file.event(Event::Closed, t + ms(15), PATIENCE);
    assert!(file.check(signature(1), t + ms(35), PATIENCE));
    file.sent(signature(1), 7);
    assert!(file.due().is_none() && file.is_sent(7) && !file.is_sent(8));
}

#[test]
fn a_file_that_never_rests_is_offered_when_patience_ends() {
    let (mut file, t) = start();
    for n in 0..1000 {
        file.event(Event::Written, t + ms(10 * n), PATIENCE);
        assert!(file.due() <= Some(t + PATIENCE));
    }
    assert!(file.check(signature(1), t + PATIENCE, PATIENCE) && file.is_restless());
    file.sent(signature(1), 7);
    file.event(Event::Written, t + PATIENCE, PATIENCE);
    assert_eq!(file.due(), Some(t + PATIENCE + AFTER_WRITE));
    assert!(file.check(signature(2), t + PATIENCE + AFTER_WRITE, PATIENCE) && !file.is_restless());
}

#[test]
fn without_events_two_looks_decide() {
    let (mut file, t) = start();
    file.found(signature(1), false, t, PATIENCE);
    assert_eq!(file.due(), Some(t + ms(100)));
    assert!(!file.check(signature(2), t + ms(100), PATIENCE));
    assert!(!file.check(signature(2), t + ms(150), PATIENCE));
    assert!(file.check(signature(2), t + ms(200), PATIENCE));
    assert!(file.check(signature(2), t + ms(201), PATIENCE), "offered until it is answered");
    assert!(!file.check(signature(3), t + ms(202), PATIENCE));
    let mut now = t + ms(202);
    for n in 4.. {
        now += ms(100);
        if file.check(signature(n), now, PATIENCE) {
            break;
        }
    }
    assert_eq!(now, t + ms(202) + PATIENCE, "patience bounds unrest without events, too");
}

#[test]
fn an_old_file_rests_at_once() {
    let (mut file, t) = start();
    file.found(signature(1), true, t, PATIENCE);
    assert_eq!(file.due(), Some(t));
    assert!(file.check(signature(1), t, PATIENCE));
    file.sent(signature(1), 7);
    file.found(signature(1), true, t + ms(1), PATIENCE);
    assert_eq!(file.due(), None, "nothing changed");
}

#[test]
fn opened_and_closed_is_no_change_but_written_is() {
    let (mut file, t) = start();
    file.found(signature(1), true, t, PATIENCE);
    assert!(file.check(signature(1), t, PATIENCE));
    file.sent(signature(1), 7);
    file.event(Event::Closed, t, PATIENCE);
    assert!(!file.check(signature(1), t + AFTER_CLOSE, PATIENCE));
    assert_eq!(file.due(), None);
    file.event(Event::Written, t, PATIENCE);
    file.event(Event::Closed, t, PATIENCE);
    assert!(file.check(signature(1), t + AFTER_CLOSE, PATIENCE), "a clock of whole seconds hides it");
}

#[test]
fn a_failed_one_waits_for_its_time_or_a_change() {
    let (mut file, t) = start();
    file.found(signature(1), true, t, PATIENCE);
    assert!(file.check(signature(1), t, PATIENCE));
    file.retry(t + ms(500));
    file.found(signature(1), true, t + ms(200), PATIENCE);
    assert_eq!(file.due(), Some(t + ms(500)));
    file.found(signature(2), false, t + ms(300), PATIENCE);
    assert_eq!(file.due(), Some(t + ms(400)));
    file.event(Event::MovedIn, t + ms(310), PATIENCE);
    assert_eq!(file.due(), Some(t + ms(330)));
}

#[test]
fn changed_while_read_must_rest_anew() {
    let (mut file, t) = start();
    file.found(signature(1), true, t, PATIENCE);
    assert!(file.check(signature(1), t, PATIENCE));
    file.unsettled(signature(1), t, PATIENCE);
    assert!(!file.check(signature(2), t + ms(100), PATIENCE));
    assert!(file.check(signature(2), t + ms(200), PATIENCE));
}

#[test]
fn a_change_during_sending_is_kept() {
    let (mut file, t) = start();
    file.found(signature(1), true, t, PATIENCE);
    assert!(file.check(signature(1), t, PATIENCE));
    file.event(Event::Written, t + ms(1), PATIENCE);
    file.sent(signature(1), 7);
    assert!(file.is_unsent());
    assert!(file.check(signature(2), t + ms(1001), PATIENCE));
}

#[test]
fn lost_events_make_the_history_unknown() {
    let (mut file, t) = start();
    file.event(Event::Closed, t, PATIENCE);
    file.lose_history(t + ms(1), PATIENCE);
    assert!(!file.check(signature(1), t + ms(101), PATIENCE));
    assert!(file.check(signature(1), t + ms(201), PATIENCE));
}

#[test]
fn the_same_reason_is_news_once() {
    let (mut file, t) = start();
    file.found(signature(1), true, t, PATIENCE);
    assert!(file.check(signature(1), t, PATIENCE));
    file.skip(signature(1));
    assert_eq!(file.due(), None);
    assert!(file.tell("too large"));
    assert!(!file.tell("too large"));
    assert!(file.tell("not text"));
    file.sent(signature(4), 7);
    assert!(file.tell("not text"));
}
