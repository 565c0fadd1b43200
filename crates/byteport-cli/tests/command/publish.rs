// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Readings and texts through a broker.

use std::io::Write as _;
use std::process::Stdio;

use byteport_core::broker::{Broker as Client, Protocol, Verdict};
use byteport_core::model::packet::{self, Packet};
use rustix::process::Signal;

use crate::broker::{LONG, Listener, WAYS, Way, unique};
use crate::support::{Done, run, run_with, signal};

/// What the service would get.
struct Service(Client);

impl Service {
    fn new(way: Way) -> Service {
        let protocol = if way == Way::RabbitStomp { Protocol::Stomp } else { Protocol::Mqtt };
        let client = way.client();
        client.subscribe(protocol.store_destination()).unwrap();
        Service(client)
    }

    /// The next so many packets of a device; other tests publish, too.
    fn packets(&self, uid: &str, count: usize) -> Vec<Packet> {
        let mut packets = Vec::new();
        while packets.len() < count {
            let delivery = self.0.receive(LONG).unwrap().unwrap();
            let list = packet::parse_list(std::str::from_utf8(delivery.body()).unwrap()).unwrap();
            self.0.settle(&delivery, Verdict::Taken).unwrap();
            packets.extend(list.into_iter().filter(|packet| packet.uid == uid));
        }
        packets
    }
}

#[test]
fn a_reading_goes_to_the_service() {
    // One after the other: two who read RabbitMQ's queue would take from each other.
    for way in WAYS {
        let (service, uid) = (Service::new(way), unique("cart"));
        let time = "2015-05-01T00:00:00.5Z";
        let args = ["publish", "--device", &uid, "speed=12.5", "state=on the \"road\"", "--timestamp", time];
        assert_eq!(way.run(&args).ok(), "", "{way:?}");
        assert_eq!(
            run_with(way.command().args(["publish", "--device", &uid, "--file", "note=-"]), "a\nb").ok(),
            ""
        );
        let lines = "speed=1\n\n{\"time\":1430438400,\"fields\":{\"speed\":2}}\r\nspeed=\"3\"";
        assert_eq!(run_with(way.command().args(["publish", "--device", &uid, "--lines"]), lines).ok(), "");
        let got = service.packets(&uid, 5);
        assert_eq!(got[0].timestamp.unwrap().as_micros(), 1_430_438_400_500_000);
        let field = |at: usize, number: usize| got[at].fields[number].clone();
        assert_eq!(field(0, 1), ("state".to_owned(), "on the \"road\"".to_owned()));
        assert_eq!(field(1, 0), ("note".to_owned(), "a\nb".to_owned()));
        assert!(got[2].timestamp > got[1].timestamp && got[4].timestamp > got[2].timestamp);
        assert_eq!([2, 3, 4].map(|at| field(at, 0).1), ["1", "2", "3"], "{way:?}");
        bad_lines(way, &service);
    }
}

/// A line that is no reading is told by its number, and the others go out.
fn bad_lines(way: Way, service: &Service) {
    let uid = unique("cart");
    let mut lines: Vec<String> = (0..5000).map(|number| format!("n={number}")).collect();
    lines[6] = "n 1".to_owned();
    lines[2999] = format!("n={}", "x".repeat(1 << 21));
    lines[4000] = r#"{"time":"noon","fields":{"n":1}}"#.to_owned();
    let mut command = way.command();
    let done = run_with(command.args(["publish", "--lines", "--device", &uid]), &lines.join("\n"));
    assert_eq!((done.status, done.out.as_str()), (2, ""), "{way:?} {}", done.err);
    let said: Vec<&str> = done.err.lines().collect();
    assert!(said[0].starts_with("byteport: line 7: a blank outside of quotes"), "{}", said[0]);
    assert!(said[1].starts_with("byteport: line 3000: it has more than 1048576 bytes"), "{}", said[1]);
    assert!(said[2].starts_with("byteport: line 4001: \"noon\" is not a time"), "{}", said[2]);
    assert_eq!(said[3..], ["byteport: 3 of 5000 lines were not taken"]);
    let got: Vec<String> =
        service.packets(&uid, 4997).into_iter().map(|mut packet| packet.fields.remove(0).1).collect();
    let bad = [6, 2999, 4000];
    let sent = (0..5000).filter(|number| !bad.contains(number)).map(|number| number.to_string());
    assert_eq!(got, sent.collect::<Vec<_>>(), "{way:?}");
}

#[test]
fn a_text_goes_anywhere() {
    for way in WAYS {
        let uid = unique("cart");
        let mut listener = Listener::start(way.command(), &[&uid]);
        let destination = way.destination(&uid, false);
        assert_eq!(way.run(&["publish", "--to", &destination, "--", "-on"]).ok(), "");
        assert!(listener.line().ends_with("  -on"), "{way:?}");
        assert_eq!(run_with(way.command().args(["publish", "--to", &destination, "-"]), "off\n").ok(), "");
        assert!(listener.line().ends_with("  off\\n"), "{way:?}");
        signal(&listener.child, Signal::INT);
        assert_eq!(listener.end().ok(), "");
    }
}

#[test]
fn failures_are_told_at_once() {
    for way in WAYS {
        let nobody = way.url().split("://").next().unwrap().to_owned() + "://127.0.0.1:9";
        let ways: [&[&str]; 3] = [&["a=1"], &["--to", "/topic/a", "text"], &["--lines"]];
        for args in ways {
            let at = |name: &str, value: &str| {
                let mut command = way.command();
                command.env("BYTEPORT_DEVICE", "cart-1").env(name, value).args(["publish"]).args(args);
                if args == ["--to", "/topic/a", "text"] {
                    command.env_remove("BYTEPORT_DEVICE");
                }
                run_with(&mut command, "a=1\na=2\n")
            };
            let done = at("BYTEPORT_BROKER_PASSWORD", "wr0ng-secret");
            assert!(!done.err.contains("wr0ng-secret"), "{}", done.err);
            done.fails(1, &["check login"]);
            let done = at("BYTEPORT_BROKER", &nobody);
            if args == ["--lines"] {
                assert!(done.err.contains("2 lines, the first of them line 1"), "{}", done.err);
            }
            done.fails(3, &["127.0.0.1:9", "whether the server runs"]);
        }
    }
    let mut reader = Way::RabbitStomp.command();
    reader.env("BYTEPORT_BROKER_USER", Way::RabbitStomp.broker().reader());
    run(reader.args(["publish", "--to", "/topic/forbidden", "x"])).fails(1, &[]);
}

#[test]
fn bad_input_is_refused_before_anybody_is_called() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "nothing to publish"),
        (&["speed", "--device", "d"], "\"speed\" is not NAME=VALUE"),
        (&["_key=1", "--device", "d"], "invalid field name"),
        (&["a=1", "a=2", "--device", "d"], "given twice"),
        (&["a=1"], "--device"),
        (&["a=1", "--device", "a b"], "invalid device UID"),
        (&["a=1", "--device", "d", "--namespace", "n n"], "invalid namespace"),
        (&["a=1", "--device", "d", "--timestamp", "noon"], "is not a time"),
        (&["a=1", "--lines"], "cannot be used with"),
        (&["--to", "t"], "--to takes one text"),
        (&["--to", "t", "two", "words"], "--to takes one text"),
        (&["--to", "t", "x", "--device", "d"], "cannot be used with"),
        (&["--to", "", "x"], "topic"),
        (&["--to", "a/#", "x"], "topic"),
        (&["a=1", "--device", "d", "--broker", "b.org"], "mqtts://HOST"),
        (&["a=1", "--device", "d", "--broker", "none"], "no broker"),
    ];
    for (args, part) in cases {
        Way::Mosquitto.run(&[&["publish"], *args].concat()).fails(2, &[part]);
    }
    let mut command = Way::Mosquitto.command();
    let nobody = run_with(command.args(["publish", "--lines"]), "a=1\n");
    assert_eq!(nobody.status, 2);
    assert!(nobody.err.contains("line 1: no device UID"), "{}", nobody.err);
}

#[test]
fn ctrl_c_ends_lines_in_order() {
    let way = Way::Mosquitto;
    let (service, uid) = (Service::new(way), unique("cart"));
    let mut command = way.command();
    command.args(["publish", "--lines", "--device", &uid]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(b"a=1\n").unwrap();
    assert_eq!(service.packets(&uid, 1)[0].fields[0].1, "1"); // a line is not kept waiting for the next
    signal(&child, Signal::INT);
    let stdin = child.stdin.take();
    let done = Done::from(child.wait_with_output().unwrap());
    assert_eq!((done.status, done.err.as_str()), (0, ""));
    drop(stdin);
}
