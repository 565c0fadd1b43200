// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An outbox that uploads through a broker.

use std::process::Command;
use std::time::Duration;

use byteport_core::broker::{Broker as Reader, BrokerOptions, Protocol, Verdict};
use byteport_core::model::packet::{Packet, parse_list};
use byteport_testing::{Broker, Kind};
use tempfile::TempDir;

use crate::support::{Done, bare, run};

const LONG: Duration = Duration::from_secs(60);

/// A broker, what reads from it, and a home for the command.
struct Place {
    broker: Broker,
    reader: Reader,
    home: TempDir,
}

impl Place {
    fn new() -> Place {
        let broker = Broker::start(Kind::Mosquitto);
        let options = BrokerOptions::new(Protocol::Mqtt).host(broker.mqtt()).vhost(broker.vhost());
        let options = options.login(broker.user(), broker.password()).client_id("reader").timeout(LONG);
        let reader = Reader::open(options).unwrap();
        reader.subscribe(Protocol::Mqtt.store_destination()).unwrap();
        Place { broker, reader, home: TempDir::new().unwrap() }
    }

    fn file(&self) -> String {
        self.home.path().join("readings.outbox").display().to_string()
    }

    /// The command with the broker's password, and no key.
    fn command(&self) -> Command {
        let mut command = bare(self.home.path());
        command.env("BYTEPORT_NAMESPACE", self.broker.vhost()).env("BYTEPORT_DEVICE", "cart");
        command.env("BYTEPORT_HOST", "127.0.0.1:9").env("BYTEPORT_BROKER_PASSWORD", self.broker.password());
        command
    }

    fn store(&self, args: &[&str]) -> Done {
        run(self.command().args(["store", "--outbox", &self.file()]).args(args))
    }

    fn url(&self) -> String {
        format!("mqtt://{}", self.broker.mqtt())
    }

    /// What is in the next list.
    fn came(&self) -> Vec<Packet> {
        let delivery = self.reader.receive(LONG).unwrap().unwrap();
        self.reader.settle(&delivery, Verdict::Taken).unwrap();
        parse_list(std::str::from_utf8(delivery.body()).unwrap()).unwrap()
    }
}

#[test]
fn readings_go_through_the_broker_without_a_key() {
    let place = Place::new();
    let (url, user) = (place.url(), place.broker.user());
    let broker = ["--broker", &url, "--broker-user", user];
    let done = place.store(&[&["speed=12.5", "--wait", "60"], &broker[..]].concat());
    assert_eq!(done.ok(), "");
    let came = place.came();
    assert_eq!((came[0].namespace.as_str(), came[0].uid.as_str()), (place.broker.vhost(), "cart"));
    assert_eq!(came[0].fields, [("speed".to_owned(), "12.5".to_owned())]);

    // What waits goes with the settings of the environment, too.
    let kept =
        place.store(&["speed=13", "--wait", "0", "--broker", "mqtt://127.0.0.1:9", "--broker-user", user]);
    assert_eq!(kept.status, 0, "{}", kept.err);
    let mut replay = place.command();
    replay.env("BYTEPORT_BROKER", &url).env("BYTEPORT_BROKER_USER", user);
    assert_eq!(run(replay.args(["outbox", "replay", &place.file(), "--wait", "60"])).ok(), "");
    assert_eq!(place.came()[0].fields[0].1, "13");
}

#[test]
fn a_login_that_is_refused_or_missing_is_told() {
    let place = Place::new();
    let url = place.url();
    place.store(&["a=1", "--broker", &url]).fails(2, &["--broker-user", "BYTEPORT_BROKER_USER"]);
    place.store(&["a=1", "--broker", "http://b.org", "--broker-user", "x"]).fails(2, &["mqtts://HOST"]);
    let bare = run(place.command().args(["store", "a=1", "--broker", &url]));
    bare.fails(2, &["--outbox FILE"]);
    place.store(&["a=1", "--broker", "none"]).fails(2, &["no API key"]);

    let mut stranger = place.command();
    stranger.env("BYTEPORT_BROKER_PASSWORD", "wr0ng-secret").args([
        "store",
        "--outbox",
        &place.file(),
        "a=1",
    ]);
    let done = run(stranger.args(["--broker", &url, "--broker-user", "stranger", "--wait", "60"]));
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.err.contains("kept 1 in") && !done.err.contains("wr0ng-secret"), "{}", done.err);
}
