// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Publishing and storing.

use byteport_core::broker::{Broker, BrokerState, Verdict};
use byteport_core::model::packet::{self, Packet};
use byteport_core::model::{Reading, Timestamp};
use byteport_core::{ErrorCode, Proxy};

use crate::support::*;

#[test]
fn what_is_published_arrives_byte_for_byte() {
    for way in WAYS {
        let (sender, receiver) = (open(way.options()), open(way.options()));
        let topic = way.topic(&unique("bytes"));
        receiver.subscribe(&topic).unwrap();
        let all: Vec<u8> = (0..=255).collect();
        for body in [&b""[..], b"x", &all, &vec![b'a'; 300_000]] {
            sender.publish(&topic, body).unwrap();
            let got = next(&receiver);
            assert_eq!(got.body(), body, "{way:?}");
            receiver.settle(&got, Verdict::Taken).unwrap();
        }
        let stats = sender.stats().unwrap();
        assert_eq!((stats.published, stats.pending, stats.state), (4, 0, BrokerState::Open));
        assert_eq!(receiver.stats().unwrap().received, 4);
    }
}

#[test]
fn many_are_posted_and_arrive_in_order() {
    for way in WAYS {
        for confirm in [true, false] {
            let sender = open(way.options().confirm(confirm).max_in_flight(50));
            let receiver = open(way.options());
            let topic = way.topic(&unique("order"));
            receiver.subscribe(&topic).unwrap();
            for number in 0..500 {
                sender.post(&topic, format!("{number}").as_bytes()).unwrap();
            }
            assert_eq!(sender.flush(LONG).unwrap(), 0);
            for number in 0..500 {
                assert_eq!(take(&receiver), number.to_string(), "{way:?}");
            }
            assert_eq!(sender.stats().unwrap().published, 500);
        }
    }
}

fn packet(uid: &str, number: i64) -> Packet {
    let fields =
        vec![("n".to_owned(), number.to_string()), ("text".to_owned(), "i love; \"you\"".to_owned())];
    let timestamp = Some(Timestamp::from_micros(1_430_438_400_012_345 + number));
    Packet { namespace: "my_garage".into(), uid: uid.into(), timestamp, fields }
}

/// What is in the queue that the service reads of one device; RabbitMQ has one for both protocols.
fn stored(reader: &Broker, uid: &str, count: usize) -> Vec<Packet> {
    let mut packets = Vec::new();
    while packets.len() < count {
        let list = packet::parse_list(&take(reader)).unwrap();
        packets.extend(list.into_iter().filter(|packet| packet.uid == uid));
    }
    packets
}

#[test]
fn readings_are_stored_in_lists_with_an_answer_for_each() {
    for way in WAYS {
        let reader = open(way.options());
        let queue = way.protocol().store_destination();
        reader.subscribe(queue).unwrap();
        let uid = unique("cart");
        let client = open(way.options().device(&uid).max_list(1000));
        let mut packets: Vec<Packet> = (0..100).map(|number| packet(&uid, number)).collect();
        packets[7].uid = "-bad".into();
        let answers = client.store_all(&packets).unwrap();
        let refused: Vec<usize> = (0..100).filter(|index| answers[*index].is_err()).collect();
        assert_eq!(refused, [7], "{way:?}");
        packets.remove(7);
        assert_eq!(stored(&reader, &uid, 99), packets, "{way:?}");
        assert!(client.stats().unwrap().published > 5);

        let mut reading = Reading::new();
        reading.set("speed", 12.5).unwrap();
        client.store(&reading).unwrap();
        client.store_data("speed=13;state=\"on the road\"").unwrap();
        client.post_reading(&reading).unwrap();
        let got = stored(&reader, &uid, 3);
        assert_eq!(got[0].fields, [("speed".to_owned(), "12.5".to_owned())]);
        assert_eq!((got[0].timestamp, &got[2]), (reading.timestamp(), &got[0]));
        assert_eq!(got[1].fields[1].1, "on the road");
        assert!(got[1].timestamp > got[0].timestamp);
        assert_eq!(client.store_data("no fields").unwrap_err().code(), ErrorCode::InvalidPacket);
    }
}

#[test]
fn tls_checks_the_broker_and_shows_a_certificate() {
    for way in WAYS {
        let broker = way.broker();
        let address = if way == Way::RabbitStomp { broker.stomps() } else { broker.mqtts() };
        let host = format!("{}s://{address}", way.protocol().text());
        let client = open(way.options().host(&host).ca_file(broker.ca()));
        client.publish(&way.topic("tls"), b"hello").unwrap();
        let stranger = Broker::open(way.options().host(&host)).unwrap();
        assert_eq!(stranger.wait_open(LONG).unwrap_err().code(), ErrorCode::Tls, "{way:?}");
    }
    let broker = &*MOSQUITTO;
    let options = || {
        let host = format!("mqtts://{}", broker.mqtts_client());
        Way::Mosquitto.options().host(&host).ca_file(broker.ca())
    };
    open(options().client_cert(broker.client_cert())).publish("tls", b"hello").unwrap();
    let nobody = Broker::open(options().reconnect(false)).unwrap();
    assert!(nobody.wait_open(LONG).is_err());
}

#[test]
fn what_cannot_be_carried_is_refused_and_harms_nothing() {
    for way in WAYS {
        let client = open(way.options());
        for destination in ["", "a\0b"] {
            let error = client.publish(destination, b"x").unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidArgument, "{way:?} {destination:?}");
        }
        client.publish(&way.topic("fine"), b"x").unwrap();
        assert_eq!(client.stats().unwrap().connections, 1);
    }
    let client = open(Way::Mosquitto.options());
    assert_eq!(client.publish("a/#", b"x").unwrap_err().code(), ErrorCode::InvalidArgument);
}

#[test]
fn a_proxy_is_on_the_way() {
    let proxy = Proxy::parse("socks5://127.0.0.1:1").unwrap();
    let client = Broker::open(Way::Mosquitto.options().proxy(proxy).reconnect(false)).unwrap();
    assert_eq!(client.publish("a", b"x").unwrap_err().code(), ErrorCode::Proxy);
}
