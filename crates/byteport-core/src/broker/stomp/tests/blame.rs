// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Who is to blame for an ERROR.

use super::*;

/// The `receipt`s and destinations of the frames.
fn destinations(frames: &[Frame]) -> Vec<&str> {
    frames.iter().map(|frame| frame.header("destination").unwrap()).collect()
}

#[test]
fn a_frame_that_is_named_is_refused() {
    let mut bench = Bench::open(&options());
    bench.session.subscribe("/topic/t").unwrap();
    ["/queue/a", "/queue/b", "/queue/b"]
        .iter()
        .zip(1..)
        .for_each(|(place, ticket)| bench.publish(ticket, place));
    let sent = bench.sent();
    let headers = [("message", "out of\nmoney"), ("receipt-id", sent[1].header("receipt").unwrap())];
    let error = bench.tell("ERROR", &headers, "").unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(bench.signals(), ["refused 1 Status"]);
    bench.reconnect();
    let sent = bench.sent();
    assert_eq!(destinations(&sent), ["/topic/t", "/queue/b", "/queue/b"]);
    let headers = [("message", "access_refused"), ("receipt-id", sent[0].header("receipt").unwrap())];
    bench.tell("ERROR", &headers, "").unwrap_err();
    assert_eq!(bench.signals(), ["not subscribed /topic/t Forbidden"]);
    bench.reconnect();
    assert_eq!(bench.sent().len(), 2, "the subscription is forgotten");
}

#[test]
fn all_that_go_to_the_one_destination_are_refused() {
    for (message, code) in [("access_refused", "Forbidden"), ("not_found", "NotFound")] {
        let mut bench = Bench::open(&options());
        (1..=3).for_each(|ticket| bench.publish(ticket, "/queue/a"));
        let first = bench.sent().remove(0);
        bench.confirm(&first);
        bench.complain(message, "ACCESS_REFUSED - access to queue 'a'");
        assert_eq!(
            bench.signals(),
            ["confirmed 1".to_owned(), format!("refused 2 {code}"), format!("refused 3 {code}")]
        );
        bench.reconnect();
        assert!(bench.sent().is_empty());
    }
}

#[test]
fn of_several_destinations_the_bad_one_is_found_on_the_next_connection() {
    let mut bench = Bench::open(&options());
    bench.session.subscribe("/topic/t").unwrap();
    let places = ["/queue/good", "/queue/bad", "/queue/good", "/queue/bad"];
    places.iter().zip(1..).for_each(|(place, ticket)| bench.publish(ticket, place));
    assert_eq!(bench.sent().len(), 5);
    bench.complain("access_refused", "");
    assert!(bench.signals().is_empty());
    bench.reconnect();
    for expected in ["/topic/t", "/queue/good"] {
        let sent = bench.sent();
        assert_eq!(destinations(&sent), [expected]);
        bench.confirm(&sent[0]);
    }
    assert_eq!(destinations(&bench.sent()), ["/queue/bad"]);
    bench.complain("access_refused", "");
    assert_eq!(
        bench.signals(),
        ["subscribed /topic/t", "confirmed 1", "refused 2 Forbidden", "refused 4 Forbidden"]
    );
    bench.reconnect();
    let sent = bench.sent();
    assert_eq!(destinations(&sent), ["/topic/t", "/queue/good"]);
}

#[test]
fn one_body_that_is_minded_is_refused_alone() {
    let mut bench = Bench::open(&options());
    (1..=3).for_each(|ticket| bench.publish(ticket, "/queue/a"));
    bench.sent();
    bench.complain(
        "precondition_failed",
        "PRECONDITION_FAILED - message size 2 is larger than configured max size 1",
    );
    bench.reconnect();
    let sent = bench.sent();
    assert_eq!(sent.len(), 1);
    bench.confirm(&sent[0]);
    assert_eq!(bench.sent().len(), 1);
    bench.complain("precondition_failed", "");
    assert_eq!(bench.signals(), ["confirmed 1", "refused 2 NotAllowed"]);
    bench.reconnect();
    assert_eq!(bench.sent().len(), 1);
}

#[test]
fn caution_ends_with_what_was_sent_before() {
    let mut bench = Bench::open(&options());
    ["/queue/a", "/queue/b"].iter().zip(1..).for_each(|(place, ticket)| bench.publish(ticket, place));
    bench.sent();
    bench.complain("not_found", "");
    (3..=5).for_each(|ticket| bench.publish(ticket, "/queue/a"));
    bench.reconnect();
    let first = bench.sent();
    assert!(!bench.session.withdraw(2));
    assert_eq!(first.len(), 1);
    bench.confirm(&first[0]);
    assert_eq!(bench.sent().len(), 3, "all that waited");
}

#[test]
fn a_publication_without_receipt_puts_no_blame_on_others() {
    let mut bench = Bench::open(&options());
    bench.session.publish(1, publication("/exchange/none/a", b"", false)).unwrap();
    bench.publish(2, "/queue/a");
    bench.sent();
    bench.complain("not_found", "NOT_FOUND - no exchange 'none' in vhost '/'");
    assert_eq!(bench.signals(), ["confirmed 1"]);
    bench.reconnect();
    let sent = bench.sent();
    bench.session.publish(3, publication("/queue/a", b"", false)).unwrap();
    bench.confirm(&sent[0]);
    assert_eq!(bench.signals(), ["confirmed 2", "confirmed 3"]);
    bench.publish(4, "/queue/a");
    bench.publish(5, "/queue/a");
    let sent = bench.sent();
    bench.confirm(&sent[1]);
    bench.complain("not_found", "");
    assert_eq!(
        bench.signals(),
        ["confirmed 4", "refused 5 NotFound"],
        "the broker was through with the third"
    );
}

#[test]
fn a_broker_that_goes_down_refuses_nothing() {
    let mut bench = Bench::open(&options());
    bench.publish(1, "/queue/a");
    for _ in 0..5 {
        bench.complain("connection_forced", "CONNECTION_FORCED - broker forced connection closure");
        assert!(bench.signals().is_empty());
        bench.reconnect();
        assert_eq!(bench.sent().len(), 1);
    }
}

#[test]
fn without_a_reason_the_lone_suspect_has_three_tries() {
    let mut bench = Bench::open(&options());
    bench.publish(1, "/queue/a");
    bench.publish(2, "/queue/b");
    bench.complain("Processing error", "");
    for _ in 0..2 {
        bench.reconnect();
        assert_eq!(bench.sent().len(), 1);
        bench.complain("Processing error", "");
        assert!(bench.signals().is_empty());
    }
    bench.reconnect();
    bench.complain("Processing error", "");
    assert_eq!(bench.signals(), ["refused 1 Status"]);
    bench.reconnect();
    let sent = bench.sent();
    assert_eq!(destinations(&sent), ["/queue/b"]);
    bench.confirm(&sent[0]);
    assert_eq!(bench.signals(), ["confirmed 2"]);
}

#[test]
fn what_was_withdrawn_is_refused_to_nobody() {
    let mut bench = Bench::open(&options());
    bench.publish(1, "/queue/a");
    bench.session.withdraw(1);
    bench.complain("access_refused", "");
    assert!(bench.signals().is_empty());
    bench.reconnect();
    bench.publish(2, "/queue/a");
    bench.publish(3, "/queue/a");
    assert_eq!(bench.sent().len(), 2);
}
