// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Wrong logins, brokers that are killed, clients that are closed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use byteport_core::ErrorCode;
use byteport_core::broker::{Broker as Client, BrokerState, Verdict};
use byteport_testing::{Broker, Kind};

use crate::support::*;

#[test]
fn a_wrong_login_is_told_at_once() {
    for way in WAYS {
        let broker = way.broker();
        let wrong =
            [way.options().login(broker.user(), "wrong"), way.options().login("nobody", broker.password())];
        for options in wrong {
            for reconnect in [true, false] {
                let client = Client::open(options.clone().reconnect(reconnect)).unwrap();
                let error = client.wait_open(LONG).unwrap_err();
                assert_eq!(error.code(), ErrorCode::LoginFailed, "{way:?} {error}");
                assert!(
                    !error.to_string().contains("wrong") && !error.to_string().contains(broker.password())
                );
                let error = client.publish(&way.topic("a"), b"x").unwrap_err();
                assert_eq!(error.code(), ErrorCode::LoginFailed, "{way:?} {error}");
                assert_ne!(client.stats().unwrap().state, BrokerState::Open);
            }
        }
    }
}

#[test]
fn an_unknown_virtual_host_is_told() {
    for way in [Way::RabbitMqtt, Way::RabbitStomp] {
        let client = Client::open(way.options().vhost("nowhere")).unwrap();
        let error = client.wait_open(Duration::from_secs(5)).unwrap_err();
        let codes =
            [ErrorCode::LoginFailed, ErrorCode::Disconnected, ErrorCode::NotFound, ErrorCode::Forbidden];
        assert!(codes.contains(&error.code()), "{way:?} {error}");
    }
}

#[test]
fn nobody_there_is_told_and_waited_for() {
    for way in WAYS {
        let options = way.options().host("127.0.0.1:9").timeout(Duration::from_millis(300));
        let client = Client::open(options.clone()).unwrap();
        let error = client.publish(&way.topic("a"), b"x").unwrap_err();
        assert_eq!(
            (error.code(), error.phase()),
            (ErrorCode::Timeout, byteport_core::Phase::Connect),
            "{error}"
        );
        let stats = client.stats().unwrap();
        assert_eq!((stats.pending, stats.published, stats.refused), (0, 0, 1), "{way:?}");
        let demanding = Client::open(options.reconnect(false).timeout(LONG)).unwrap();
        assert_eq!(demanding.stats().unwrap().state, BrokerState::Waiting);
        assert_eq!(demanding.first_try().unwrap_err().code(), ErrorCode::Connect);
        assert_eq!(demanding.publish(&way.topic("a"), b"x").unwrap_err().code(), ErrorCode::Connect);
        assert_eq!(demanding.wait_open(LONG).unwrap_err().code(), ErrorCode::Connect);
        assert_eq!(demanding.stats().unwrap().state, BrokerState::Waiting);
    }
}

/// RabbitMQ is killed and started again while messages go through it: each that was confirmed is in the queue of the service.
fn killed(way: Way) {
    let mut broker = Broker::start(Kind::RabbitMq);
    let destination = way.protocol().store_destination();
    let client = open(way.options_at(&broker).max_in_flight(20));
    let ends = AtomicBool::new(false);
    let confirmed = std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            let numbers = (0..).take_while(|_| !ends.load(Ordering::Relaxed));
            let is_confirmed =
                |number: &u32| client.publish(destination, number.to_string().as_bytes()).is_ok();
            numbers.filter(is_confirmed).collect::<BTreeSet<u32>>()
        });
        for _ in 0..2 {
            let before = client.stats().unwrap().published;
            until("published", || client.stats().unwrap().published > before + 100);
            broker.kill();
            until("seen", || client.stats().unwrap().state != BrokerState::Open);
            broker.start_again();
            until("open", || client.stats().unwrap().state == BrokerState::Open);
        }
        ends.store(true, Ordering::Relaxed);
        sender.join().unwrap()
    });
    assert!(client.stats().unwrap().connections >= 3);
    let service = open(Way::RabbitStomp.options_at(&broker));
    service.subscribe(Way::RabbitStomp.protocol().store_destination()).unwrap();
    let mut got = BTreeSet::new();
    while !confirmed.is_subset(&got) {
        let lost = || confirmed.difference(&got).collect::<Vec<_>>();
        let delivery = service.receive(LONG).unwrap();
        let delivery = delivery.unwrap_or_else(|| panic!("{way:?}: {:?} are lost", lost()));
        got.insert(String::from_utf8_lossy(delivery.body()).parse::<u32>().unwrap());
        service.settle(&delivery, Verdict::Taken).unwrap();
    }
}

#[test]
fn a_killed_rabbitmq_costs_nothing_that_was_confirmed_by_mqtt() {
    killed(Way::RabbitMqtt);
}

#[test]
fn a_killed_rabbitmq_costs_nothing_that_was_confirmed_by_stomp() {
    killed(Way::RabbitStomp);
}

#[test]
fn a_stopped_mosquitto_costs_nothing_that_was_confirmed() {
    let way = Way::Mosquitto;
    let mut broker = Broker::start(Kind::Mosquitto);
    let (client, receiver) = (open(way.options_at(&broker)), open(way.options_at(&broker)));
    receiver.subscribe("t").unwrap();
    for round in 0..3 {
        client.publish("t", format!("{round}").as_bytes()).unwrap();
        broker.stop();
        broker.start_again();
    }
    for round in 0..3 {
        assert_eq!(take(&receiver), round.to_string());
    }
    assert_eq!(client.flush(LONG).unwrap(), 0);
}

#[test]
fn a_publication_that_is_refused_does_not_come_back_for_ever() {
    let way = Way::RabbitStomp;
    let broker = way.broker();
    let client = Client::open(way.options().login(broker.reader(), broker.password())).unwrap();
    client.wait_open(LONG).unwrap();
    let error = client.publish("/topic/forbidden", b"x").unwrap_err();
    assert_eq!(error.code(), ErrorCode::Forbidden, "{error}");
    until("open again", || client.stats().unwrap().state == BrokerState::Open);
    assert_eq!((client.stats().unwrap().pending, client.stats().unwrap().refused), (0, 1));
    let broker = &*MOSQUITTO;
    let outsider = open(Way::Mosquitto.options().login(broker.outsider(), broker.password()));
    for _ in 0..2 {
        assert_eq!(outsider.subscribe("forbidden").unwrap_err().code(), ErrorCode::Forbidden);
    }
    assert_eq!(outsider.receive(LONG).unwrap_err().code(), ErrorCode::Forbidden);
}

#[test]
fn a_closed_client_says_so_and_closing_is_bounded() {
    for way in WAYS {
        let client = open(way.options());
        client.post(&way.topic("a"), b"x").unwrap();
        assert_eq!(client.close(LONG).unwrap(), 0);
        assert_eq!(client.publish(&way.topic("a"), b"x").unwrap_err().code(), ErrorCode::Closed);
        assert_eq!(client.receive(LONG).unwrap_err().code(), ErrorCode::Closed);
        assert_eq!(client.wait_open(LONG).unwrap_err().code(), ErrorCode::Closed);
        assert_eq!(client.stats().unwrap().state, BrokerState::Closed);
        assert_eq!(client.close(LONG).unwrap(), 0);
    }
    let away = Client::open(Way::Mosquitto.options().host("127.0.0.1:9")).unwrap();
    away.post("a", b"x").unwrap();
    assert_eq!(away.close(Duration::ZERO).unwrap(), 1);
}

#[test]
fn what_is_accepted_while_the_client_is_closed_is_counted() {
    for _ in 0..30 {
        let client = Client::open(Way::Mosquitto.options().max_in_flight(65_535)).unwrap();
        let accepted: u64 = std::thread::scope(|scope| {
            let posting = || (0..).take_while(|_| client.post("closing", b"x").is_ok()).count() as u64;
            let posters: Vec<_> = (0..4).map(|_| scope.spawn(posting)).collect();
            client.close(Duration::from_millis(1)).unwrap();
            posters.into_iter().map(|poster| poster.join().unwrap()).sum()
        });
        until("counted", || client.stats().unwrap().pending == 0);
        let stats = client.stats().unwrap();
        assert_eq!(stats.published + stats.refused, accepted);
    }
}
