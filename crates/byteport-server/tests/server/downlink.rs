// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Messages to devices that go out by a broker.

use byteport_core::broker::{Broker as Client, Delivery, Verdict};
use byteport_testing::{Broker, Kind};
use serde_json::json;

use crate::brokers::{LONG, MOSQUITTO, RABBITMQ, Source, until};
use crate::fixture::{SEED, Server};

const PATH: &str = "/api/v1/message/my_garage/reg1/";

fn listen(client: &Client, destination: &str) {
    client.subscribe(destination).expect("subscribes");
}

fn next(client: &Client) -> Delivery {
    let delivery = client.receive(LONG).expect("receives").expect("a message");
    client.settle(&delivery, Verdict::Taken).expect("settles");
    delivery
}

/// Sends a message by a server of this source; it reaches all of these.
fn reaches(source: &Source<'_>, listeners: &[(Client, &str)]) {
    let server = source.server();
    for (client, destination) in listeners {
        listen(client, destination);
    }
    let client = server.logged_in();
    let sent = client.post_own(PATH, &[("message", "say \"hi\" åäö")]);
    assert_eq!(sent.status, 200, "{}", sent.body);
    let sent = sent.json();
    assert_eq!(sent["status"], "sent", "{}", server.log());
    assert_eq!(client.get(PATH).json(), json!([sent]));
    for (listener, destination) in listeners {
        let delivery = next(listener);
        let [message] = delivery.messages() else { panic!("{destination}: {delivery:?}") };
        assert_eq!(message.text(), Some("say \"hi\" åäö"), "{destination}");
        assert_eq!((message.namespace.as_deref(), message.uid.as_deref()), (Some("my_garage"), Some("reg1")));
        let whole = String::from_utf8(delivery.body().to_vec()).expect("text");
        assert_eq!(sent["message"], json!(whole));
    }
}

#[test]
fn a_message_reaches_its_device_by_either_protocol() {
    for source in [Source::stomp(&RABBITMQ), Source::mqtt(&RABBITMQ)] {
        let source = source.within("my_garage");
        let stomp = Source::stomp(&RABBITMQ).within("my_garage").client();
        let listeners =
            [(source.mqtt_client(), "my_garage.reg1"), (stomp, "/topic/device_messages_my_garage.reg1")];
        reaches(&source, &listeners);
    }
    let source = Source::mqtt(&MOSQUITTO);
    reaches(&source, &[(source.client(), "my_garage.reg1")]);
}

#[test]
fn a_message_waits_for_a_broker_that_is_away() {
    let mut broker = Broker::start(Kind::Mosquitto);
    let source = Source::mqtt(&broker);
    let server = source.server();
    let device = source.client();
    listen(&device, "my_garage.reg1");
    drop(source);
    broker.stop();
    server.wait_for_log("no connection to");
    let client = server.logged_in();
    let queued = client.post_own(PATH, &[("message", "later")]).json();
    assert_eq!(queued["status"], "queued");
    broker.start_again();
    assert_eq!(next(&device).messages()[0].text(), Some("later"));
    until("the next is sent at once", || {
        client.post_own(PATH, &[("message", "now")]).json()["status"] == "sent"
    });
}

#[test]
fn without_a_broker_a_message_is_kept_alone() {
    let server = Server::with(SEED, &[]);
    let reply = server.logged_in().post_own(PATH, &[("message", "m")]);
    assert_eq!((reply.status, &reply.json()["status"]), (200, &json!("queued")));
}
