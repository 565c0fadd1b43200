// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Outboxes that upload through a broker.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use byteport_core::broker::{BrokerOptions, Protocol, Verdict};
use byteport_core::model::packet::parse_list;
use byteport_core::model::{Reading, Timestamp};
use byteport_core::outbox::{Durability, LinkState, Outbox, OutboxOptions};
use byteport_core::{Client, ErrorCode, Options};
use byteport_testing::{Broker, Kind};

use crate::support::*;

/// A Mosquitto whose topic for readings nobody else listens to.
static OWN: LazyLock<Broker> = LazyLock::new(|| Broker::start(Kind::Mosquitto));

/// Options of a device, where no other test reads what is stored.
fn alone(way: Way) -> BrokerOptions {
    match way {
        Way::Mosquitto => way.options_at(&OWN),
        _ => way.options().vhost("/"),
    }
}

/// A client that knows nobody.
fn nobody() -> Arc<Client> {
    Arc::new(Client::new(Options::new().host("127.0.0.1:9").no_proxy()).unwrap())
}

fn outbox(folder: &Path, options: OutboxOptions) -> byteport_core::Result<Outbox> {
    Outbox::open(folder.join("o.db"), nobody(), options)
}

fn through(broker: BrokerOptions) -> OutboxOptions {
    OutboxOptions::new().broker(broker)
}

fn reading(device: &str, number: i64) -> Reading {
    let mut reading = Reading::unstamped();
    reading.set_device(device).unwrap().set("n", number).unwrap();
    reading.set_timestamp(Some(Timestamp::from_micros(1_430_438_400_000_000 + number)));
    reading
}

/// Where what is stored is read.
fn destination(way: Way) -> &'static str {
    if way == Way::Mosquitto { Protocol::Mqtt } else { Protocol::Stomp }.store_destination()
}

/// The device of the options, as a reading names it that names none.
fn device_of(options: &BrokerOptions) -> String {
    let shown = format!("{options:?}");
    let start = shown.find("device: Some(\"").unwrap() + "device: Some(\"".len();
    shown[start..].split('"').next().unwrap().to_owned()
}

#[test]
fn readings_go_through_each_broker_in_the_order_of_each_device() {
    const LIST: usize = 2000;
    for way in WAYS {
        let options = alone(way);
        let device = device_of(&options);
        // The device's own client listens meanwhile. What RabbitMQ's queue has is read by STOMP.
        let reader = match way {
            Way::Mosquitto => open(options.clone()),
            _ => open(alone(Way::RabbitStomp)),
        };
        reader.subscribe(destination(way)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let outbox = outbox(folder.path(), through(options.max_list(LIST)).connections(4)).unwrap();
        for number in 0..300 {
            let named = [device.clone(), format!("{device}-b"), format!("{device}-c")];
            outbox.enqueue(&reading(&named[number as usize % 3], number), Durability::Disk).unwrap();
        }
        let own = outbox.enqueue(Reading::new().set("n", 300).unwrap(), Durability::Delivered).unwrap();
        assert_eq!(own.held, Some(Durability::Delivered));
        assert_eq!(outbox.flush(LONG).unwrap().kept, 0);
        let stats = outbox.stats().unwrap();
        assert_eq!((stats.accepted, stats.delivered, stats.link), (301, 301, LinkState::Up), "{way:?}");
        assert!(stats.calls > 10, "{stats:?}");
        assert_eq!(outbox.close(LONG).unwrap().kept, 0);

        let mut came: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        while came.values().map(Vec::len).sum::<usize>() < 301 {
            let delivery = next(&reader);
            assert!(delivery.body().len() <= LIST, "{}", delivery.body().len());
            reader.settle(&delivery, Verdict::Taken).unwrap();
            let packets = parse_list(std::str::from_utf8(delivery.body()).unwrap()).unwrap();
            for packet in packets.into_iter().filter(|packet| packet.uid.starts_with(&device)) {
                assert_eq!((packet.namespace.as_str(), packet.fields[0].0.as_str()), ("my_garage", "n"));
                came.entry(packet.uid).or_default().push(packet.fields[0].1.parse().unwrap());
            }
        }
        assert_eq!(came.len(), 3);
        assert!(came.values().all(|numbers| numbers.is_sorted()), "{way:?} {came:?}");
        assert_eq!(came[&device].last(), Some(&300));
        assert_eq!(reader.stats().unwrap().connections, 1, "nobody took the device's place");
    }
}

#[test]
fn a_refused_login_pauses_and_another_goes_on() {
    let (rabbit, stomp) = (Way::RabbitStomp.broker(), Way::RabbitStomp);
    let no_rights = alone(stomp).login(rabbit.reader(), rabbit.password());
    let wrong = WAYS.map(|way| (way, alone(way).login(way.broker().user(), "wr0ng")));
    for (way, options) in wrong.into_iter().chain([(stomp, no_rights)]) {
        let folder = tempfile::tempdir().unwrap();
        let outbox = outbox(folder.path(), through(options)).unwrap();
        outbox.enqueue(&reading("cart-refused", 1), Durability::Disk).unwrap();
        until("paused", || outbox.stats().unwrap().link == LinkState::Paused);
        outbox.enqueue(&reading("cart-refused", 2), Durability::Disk).unwrap();
        let stats = outbox.stats().unwrap();
        assert_eq!((stats.queued, stats.quarantined, stats.dropped.total()), (2, 0, 0), "{way:?}");
        assert!(!stats.last_error.is_empty() && !stats.last_error.contains("wr0ng"), "{}", stats.last_error);
        assert_eq!(outbox.set_key("k").unwrap_err().code(), ErrorCode::InvalidArgument);
        assert_eq!(outbox.set_login("", "").unwrap_err().code(), ErrorCode::NotConfigured);
        let broker = if way == Way::Mosquitto { &*OWN } else { rabbit };
        outbox.set_login(broker.user(), broker.password()).unwrap();
        assert_eq!(outbox.flush(LONG).unwrap().kept, 0, "{way:?}");
        let stats = outbox.stats().unwrap();
        assert_eq!((stats.delivered, stats.link), (2, LinkState::Up), "{way:?}");
    }
}

#[test]
fn a_silent_broker_holds_no_end_up_and_another_gets_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    for protocol in [Protocol::Mqtt, Protocol::Stomp] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let hour = Duration::from_secs(3600);
        let options = BrokerOptions::new(protocol).host(&address).namespace("my_garage").device("cart-1");
        let options = options.login("joe", "s3cret").timeout(hour).connect_timeout(hour);
        let outbox = outbox(folder.path(), through(options.clone())).unwrap();
        outbox.enqueue(&reading("cart-1", 1), Durability::Disk).unwrap();
        let mut socket = listener.accept().unwrap().0;
        let closed = outbox.close(Duration::from_millis(10)).unwrap();
        assert_eq!(closed.lost, 0);
        socket.read_to_end(&mut Vec::new()).unwrap(); // the thread has ended, and the connection with it
        let stats = outbox.stats().unwrap();
        assert_eq!((stats.delivered, stats.retries, stats.last_error.as_str()), (0, 0, ""));
        assert_eq!(outbox.set_login("joe", "n3w").unwrap_err().code(), ErrorCode::Closed);
    }
    let outbox = outbox(folder.path(), through(alone(Way::Mosquitto))).unwrap();
    assert_eq!(outbox.flush(LONG).unwrap().kept, 0);
    assert_eq!(outbox.stats().unwrap().delivered, 2);
}

#[test]
fn a_broker_that_is_away_keeps_readings_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let options = alone(Way::Mosquitto).host("127.0.0.1:9");
    let outbox = outbox(folder.path(), through(options)).unwrap();
    outbox.enqueue(&reading("cart-1", 1), Durability::Disk).unwrap();
    until("retries", || outbox.stats().unwrap().retries >= 2);
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.queued, stats.link), (1, LinkState::Down));
    assert!(stats.last_error.contains("127.0.0.1:9"), "{}", stats.last_error);
}

#[test]
fn settings_that_make_no_outbox_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let whole = || alone(Way::Mosquitto);
    let refusal = |options: OutboxOptions| outbox(folder.path(), options).unwrap_err().code();
    for options in [
        through(whole().confirm(false)),
        through(whole().listen_to("some/topic")),
        through(whole()).legacy_key("k"),
        through(whole().host("http://b.org")),
    ] {
        assert_eq!(refusal(options.clone()), ErrorCode::InvalidArgument, "{options:?}");
    }
    let bare = || BrokerOptions::new(Protocol::Mqtt).host("127.0.0.1:9");
    assert_eq!(refusal(through(bare().namespace("my_garage"))), ErrorCode::NotConfigured);
    assert_eq!(refusal(through(bare().login("a", "b"))), ErrorCode::NotConfigured);
    let shown = format!("{:?}", through(whole()));
    assert!(shown.contains("my_garage") && !shown.contains(OWN.password()), "{shown}");

    let client = Client::new(Options::new().host("127.0.0.1:9").namespace("my_garage").key("k").no_proxy());
    let by_api =
        Outbox::open(folder.path().join("api.db"), Arc::new(client.unwrap()), OutboxOptions::new()).unwrap();
    assert_eq!(by_api.set_login("a", "b").unwrap_err().code(), ErrorCode::InvalidArgument);
}
