// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Packets that come by Mosquitto and RabbitMQ, while servers and brokers come and go.

use std::thread;

use byteport_core::broker::Broker as Client;
use byteport_testing::{Broker, Kind};

use crate::brokers::{LONG, MOSQUITTO, RABBITMQ, Source, assert_series, list, unique, until};
use crate::engine;
use crate::fixture::{SEED, Server, program, run};

/// Publishes lists of packets of one device, ten in a list, and waits until the broker has confirmed them all.
pub fn publish(client: &Client, destination: &str, uid: &str, lists: std::ops::Range<u32>) {
    for number in lists {
        let packets = list(uid, number * 10..number * 10 + 10);
        client.post(destination, packets.as_bytes()).expect("handed over");
    }
    assert_eq!(client.flush(LONG).expect("flushes"), 0);
}

#[test]
fn packets_by_mqtt_and_by_stomp_end_up_in_the_series() {
    // The service's own queue, which takes what comes by either protocol.
    let source = Source::stomp(&RABBITMQ).within("my_garage").at("/queue/simple_string_dev_message");
    let mut server = source.server();
    publish(&source.client(), &source.destination, "by-stomp", 0..50);
    publish(&source.mqtt_client(), "simple_string_dev_message", "by-mqtt", 0..50);
    assert_series(&server, "by-stomp", 500);
    assert_series(&server, "by-mqtt", 500);
    source.wait_until_empty();
    assert!(server.terminate().success());
    assert!(!server.log().contains(RABBITMQ.password()), "{}", server.log());
    let health = server.log();
    assert!(health.contains("takes packets from stomp://127.0.0.1:") && health.contains("/my_garage"));
}

#[test]
fn a_server_listens_by_mqtt_too() {
    for broker in [&*MOSQUITTO, &*RABBITMQ] {
        let source = Source::mqtt(broker);
        let server = source.server();
        publish(&source.client(), &source.destination, "d", 0..50);
        assert_series(&server, "d", 500);
        let commits = server.client().get("/healthz").json()["commits"].as_u64().expect("a number");
        assert!(commits < 50, "{commits} commits");
    }
}

#[test]
fn a_login_that_may_not_read_may_later() {
    let vhost = unique("vhost");
    let permit =
        |read: &str| RABBITMQ.ctl(&["set_permissions", "-p", &vhost, RABBITMQ.user(), ".*", ".*", read]);
    let _ = RABBITMQ.ctl(&["add_vhost", &vhost]);
    let _ = permit("^$");
    let source = Source::stomp(&RABBITMQ).within(&vhost);
    let arguments = source.arguments();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let server = Server::with(SEED, &arguments);
    server.wait_for_log("no packets from stomp://127.0.0.1:");
    publish(&source.client(), &source.destination, "d", 0..1);
    let _ = permit(".*");
    assert_series(&server, "d", 10);
}

/// Makes a quorum queue, bound as the service's is.
fn make_quorum_queue(name: &str) {
    let definitions = serde_json::json!({
        "queues": [{"vhost": "/", "name": name, "durable": true, "auto_delete": false,
                    "arguments": {"x-queue-type": "quorum"}}],
        "bindings": [{"vhost": "/", "source": "amq.topic", "destination": name, "destination_type": "queue",
                      "routing_key": name, "arguments": {}}],
    });
    let file = RABBITMQ.folder().join(format!("{name}.json"));
    std::fs::write(&file, definitions.to_string()).expect("a file");
    let _ = RABBITMQ.ctl(&["import_definitions", file.to_str().expect("a plain path")]);
}

#[test]
fn a_quorum_queue_is_taken_from() {
    let name = unique("quorum");
    make_quorum_queue(&name);
    let source = Source::stomp(&RABBITMQ).at(&format!("/amq/queue/{name}"));
    let server = source.server();
    publish(&source.mqtt_client(), &name, "by-mqtt", 0..50);
    publish(&source.client(), &format!("/topic/{name}"), "by-stomp", 0..50);
    let asked = source.client().publish(&format!("/queue/{name}"), b"[]");
    assert!(asked.is_err(), "a queue of another kind is taken");
    assert_series(&server, "by-mqtt", 500);
    assert_series(&server, "by-stomp", 500);
    until("the queue is empty", || RABBITMQ.depth(&name, "/") == 0);
}

#[test]
fn a_list_of_ten_thousand_packets_is_stored() {
    let source = Source::mqtt(&MOSQUITTO);
    let server = source.server();
    source.client().publish(&source.destination, list("d", 0..10_000).as_bytes()).expect("published");
    assert_series(&server, "d", 10_000);
    // More packets and fields than go into the database at once.
    let field = |number: u32| format!("f{number}=1;");
    let data: String = (0..1000).map(field).collect();
    let packet =
        |uid: u32| format!(r#"{{"uid":"p{uid}","namespace":"test","timestamp":"1","data":"{data}"}}"#);
    let packets: Vec<_> = (0..70).map(packet).collect();
    let all = format!("[{}]", packets.join(","));
    source.client().publish(&source.destination, all.as_bytes()).expect("published");
    until("80,000 values", || server.count("value") == 80_000);
}

#[test]
fn what_was_confirmed_is_stored_once_however_often_the_server_is_killed() {
    let source = Source::stomp(&RABBITMQ);
    let mut server = source.server();
    let client = source.client();
    thread::scope(|scope| {
        let publisher = scope.spawn(|| publish(&client, &source.destination, "d", 0..2000));
        for stored in [100, 3000, 8000] {
            until("some are stored", || server.count("value") > stored);
            server.kill();
            server.restart();
        }
        publisher.join().expect("published");
    });
    assert_series(&server, "d", 20_000);
    source.wait_until_empty();
    assert_eq!((server.count("value"), server.count("dead_letter")), (20_000, 0));
}

#[test]
fn a_server_that_is_told_to_stop_leaves_the_rest_to_the_broker() {
    let source = Source::stomp(&RABBITMQ);
    let mut server = source.server();
    let client = source.client();
    thread::scope(|scope| {
        let publisher = scope.spawn(|| publish(&client, &source.destination, "d", 0..1000));
        until("some are stored", || server.count("value") > 100);
        assert!(server.terminate().success());
        publisher.join().expect("published");
    });
    let (stored, left) = (server.count("value"), source.depth());
    assert!(stored as u64 + left * 10 >= 10_000, "{stored} are stored, {left} lists are left");
    server.restart();
    assert_series(&server, "d", 10_000);
    source.wait_until_empty();
}

/// A broker of the test's own is killed in between, after what it may forget when it is killed has been stored.
fn survives(broker: &mut Broker, source: fn(&Broker) -> Source<'_>, forgets: bool) {
    let place = source(broker);
    let (arguments, destination) = (place.arguments(), place.destination.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let server = Server::at(engine::place(folder.path()), folder, SEED, &arguments);
    place.wait_for_server(&server);
    let client = place.client();
    publish(&client, &destination, "d", 0..100);
    if forgets {
        assert_series(&server, "d", 1000);
    }
    drop(place);
    broker.kill();
    server.wait_for_log("no connection to");
    assert_eq!(server.client().store("my_garage/by-http", &[("v", "1")]), 200);
    broker.start_again();
    publish(&client, &destination, "d", 100..200);
    assert_series(&server, "d", 2000);
}

#[test]
fn a_rabbitmq_that_is_killed_loses_nothing() {
    survives(&mut Broker::start(Kind::RabbitMq), |broker| Source::stomp(broker), false);
}

/// It writes to the disk after it has confirmed.
#[test]
fn a_mosquitto_that_is_killed_is_taken_from_again() {
    survives(&mut Broker::start(Kind::Mosquitto), |broker| Source::mqtt(broker), true);
}

#[test]
fn a_broker_that_is_away_keeps_nobody_from_serving() {
    let mut broker = Broker::start(Kind::Mosquitto);
    let source = Source::mqtt(&broker);
    let (arguments, destination) = (source.arguments(), source.destination.clone());
    drop(source);
    broker.stop();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let mut server = Server::with(SEED, &arguments);
    server.wait_for_log("no connection to mqtt://127.0.0.1:");
    assert_eq!(server.client().store("my_garage/d", &[("v", "1")]), 200);
    broker.start_again();
    server.wait_for_log("takes packets from");
    let source = Source::mqtt(&broker).at(&destination);
    publish(&source.client(), &destination, "d", 0..10);
    until("they are stored", || server.count("value") == 101);
    assert!(server.terminate().success());
}

#[test]
fn what_lets_nobody_in_is_told() {
    let source = Source::mqtt(&MOSQUITTO);
    let mut arguments = source.arguments();
    let login = arguments.iter().position(|text| text == "--ingest-login").expect("a login");
    arguments[login + 1] = "nobody".into();
    let borrowed: Vec<_> = arguments.iter().map(String::as_str).collect();
    let mut server = Server::with(SEED, &borrowed);
    server.wait_for_log("no connection to mqtt://127.0.0.1:");
    assert!(server.terminate().success());
    assert!(!server.log().contains(MOSQUITTO.password()), "{}", server.log());
    let data = tempfile::tempdir().expect("a folder");
    let place = data.path().to_str().expect("a plain path");
    let start = ["--data", place, "--listen", "127.0.0.1:0"];
    let cases: [(&[&str], &str); 4] = [
        (&["--ingest", "http://h", "--ingest-login", "a"], "mqtt://HOST"),
        (&["--ingest", "stomp://a:5ecret@h", "--ingest-login", "a"], "no login and no password"),
        (&["--ingest", "stomp://h"], "--ingest-login"),
        (&["--ingest", "stomp://h", "--ingest-login", "a", "--ingest-password-file", "/no/file"], "/no/file"),
    ];
    for (more, reason) in cases {
        let output = program(&[&start[..], more].concat()).env("BYTEPORT_INGEST_PASSWORD", "5ecret").output();
        let output = output.expect("runs");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && error.contains(reason), "{more:?}: {error}");
        assert!(!error.contains("5ecret") && error.lines().count() == 1, "{error}");
    }
    let output = run(&[&start[..], &["--ingest", "stomp://h", "--ingest-login", "a"]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("BYTEPORT_INGEST_PASSWORD"));
}

#[test]
fn the_password_may_be_in_the_environment() {
    let source = Source::mqtt(&MOSQUITTO);
    let mut arguments = source.arguments();
    let file = arguments.iter().position(|text| text == "--ingest-password-file").expect("a file");
    arguments.drain(file..file + 2);
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = program(&[]);
    command.env("BYTEPORT_INGEST_PASSWORD", MOSQUITTO.password());
    let server = Server::spawned(engine::place(folder.path()), folder, SEED, arguments, command);
    source.wait_for_server(&server);
    publish(&source.client(), &source.destination, "d", 0..1);
    assert_series(&server, "d", 10);
}
