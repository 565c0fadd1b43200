// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages to devices, as `listen` prints them.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use byteport_testing::{Broker, Kind};
use rustix::process::Signal;
use serde_json::Value;

use crate::broker::{Listener, WAYS, Way, command, unique};
use crate::support::{Done, run, signal};

/// A list for a device, and for another one behind it.
fn list(uid: &str) -> String {
    format!(
        r#"[{{"data":"on","namespace":"my_garage","uid":"{uid}","timestamp":"1430438400.5"}},
            {{"data":"off;\u001b[2J","uid":"child-7"}}]"#
    )
}

#[test]
fn messages_are_printed_as_they_come() {
    for way in WAYS {
        let uid = unique("cart");
        let mut listener = Listener::start(way.command(), &[&uid]);
        let destination = way.destination(&uid, false);
        assert_eq!(way.run(&["publish", "--to", &destination, "say\n\u{1b}]0;x\u{7}\\"]).ok(), "");
        let plain = listener.line();
        let columns: Vec<&str> = plain.split_whitespace().collect();
        assert!(columns[0].len() == 27 && columns[0].ends_with('Z'), "{plain:?}");
        assert_eq!(columns[1..], [&format!("my_garage.{uid}"), "-", r"say\n\u{1b}]0;x\u{7}\\"], "{way:?}");

        way.client().publish(&destination, list(&uid).as_bytes()).unwrap();
        let (on, off) = (listener.line(), listener.line());
        let age = on.split_whitespace().nth(2).unwrap().strip_suffix('s').unwrap().parse::<f64>().unwrap();
        assert!(on.ends_with("s  on") && age > 3e8, "{on:?}");
        assert!(off.contains("  child-7 ") && off.ends_with(r"-  off;\u{1b}[2J"), "{off:?}");
        way.client().publish(&destination, b"\xff\0").unwrap();
        assert!(listener.line().ends_with(r"  \xff\u{0}"));
        signal(&listener.child, Signal::INT);
        assert_eq!(listener.end().ok(), "", "{way:?}");
    }
}

#[test]
fn other_formats_are_for_programs() {
    for way in WAYS {
        let uid = unique("cart");
        let destination = way.destination(&uid, true);
        keep(way, &uid);
        way.client().publish(&destination, list(&uid).as_bytes()).unwrap();
        way.client().publish(&destination, b"\xff").unwrap();
        let json = way.run(&["listen", &uid, "--keep", "--count", "3", "--format", "json"]).ok();
        let objects: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects[0]["sent"], "2015-05-01T00:00:00.500000Z", "{json}");
        assert!(objects[0]["age"].as_f64().unwrap() > 3e8 && objects[0]["received"].is_string());
        assert_eq!(
            (&objects[0]["namespace"], &objects[0]["device"]),
            (&"my_garage".into(), &uid.as_str().into())
        );
        assert_eq!((&objects[0]["text"], &objects[0]["redelivered"]), (&"on".into(), &false.into()));
        assert_eq!(objects[1]["text"], "off;\u{1b}[2J");
        assert!(!json.contains('\u{1b}') && objects[1]["sent"].is_null() && objects[1]["age"].is_null());
        assert_eq!((&objects[2]["base64"], &objects[2]["text"]), (&"/w==".into(), &Value::Null));
        assert!(objects[2]["device"].is_null() && objects[2]["destination"].as_str().unwrap().contains(&uid));

        way.client().publish(&destination, b"a,\"b\"\r\nc").unwrap();
        let csv = way.run(&["listen", &uid, "--keep", "--count", "1", "--format", "csv"]).ok();
        let (header, row) = csv.split_once("\r\n").unwrap();
        assert_eq!(header, "received,sent,device,age,text");
        assert_eq!(
            row.split_once(",,").unwrap().1,
            format!("my_garage.{uid},,\"a,\"\"b\"\"\r\nc\"\r\n"),
            "{way:?}"
        );
    }
}

/// From here on the broker keeps what is sent to the device.
fn keep(way: Way, uid: &str) {
    assert_eq!(way.run(&["listen", uid, "--keep", "--for", "0.1", "--format", "json"]).ok(), "", "{way:?}");
}

/// The texts that such a command prints.
fn texts(done: Done) -> Vec<String> {
    let text = |line: &str| serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
    done.ok().lines().map(text).collect()
}

#[test]
fn what_is_kept_comes_until_its_line_was_written() {
    for way in WAYS {
        let uid = unique("cart");
        keep(way, &uid);
        for text in ["one", "two", "three"] {
            assert_eq!(way.run(&["publish", "--to", &way.destination(&uid, true), text]).ok(), "");
        }
        let args = ["listen", &uid, "--keep", "--format", "json", "--count", "1"];
        let (reader, writer) = UnixStream::pair().unwrap();
        drop(reader);
        let closed = way.command().args(args).stdout(OwnedFd::from(writer)).stderr(Stdio::piped()).output();
        let closed = Done::from(closed.unwrap());
        assert_eq!((closed.status, closed.err.as_str()), (0, ""), "{way:?}");
        let full = File::options().write(true).open("/dev/full").unwrap();
        let full = Done::from(way.command().args(args).stdout(full).output().unwrap());
        full.fails(5, &["the result cannot be written"]);
        assert_eq!(texts(way.run(&args)), ["one"], "{way:?}");
        let rest = way.run(&["listen", &uid, "--keep", "--format", "json", "--count", "2"]);
        assert_eq!(texts(rest), ["two", "three"], "{way:?}");
        keep(way, &uid);
    }
}

#[test]
fn what_is_not_asked_to_be_kept_harms_no_device() {
    for way in [Way::Mosquitto, Way::RabbitMqtt] {
        let uid = unique("cart");
        let mut device = Listener::start(way.command(), &[&uid, "--keep"]);
        let mut onlooker = Listener::start(way.command(), &[&uid, "--count", "1"]);
        way.client().publish(&way.destination(&uid, false), b"for both").unwrap();
        for listener in [&mut device, &mut onlooker] {
            assert!(listener.line().ends_with("  for both"), "{way:?}");
        }
        assert_eq!(onlooker.end().ok(), "");
        signal(&device.child, Signal::TERM);
        assert_eq!(device.end().ok(), "");
    }
}

#[test]
fn old_messages_and_those_of_the_future_can_be_left_out() {
    for way in WAYS {
        let uid = unique("cart");
        let limits = ["--max-age", "1h", "--max-ahead", "1w", "--count", "1"];
        let mut listener = Listener::start(way.command(), &[&[uid.as_str()][..], &limits].concat());
        let client = way.client();
        for (time, text) in [("1430438400", "old"), ("9999999999", "ahead")] {
            let packet = format!(r#"[{{"data":"{text}","uid":"{uid}","timestamp":"{time}"}}]"#);
            client.publish(&way.destination(&uid, false), packet.as_bytes()).unwrap();
        }
        client.publish(&way.destination(&uid, false), b"now").unwrap();
        assert!(listener.line().ends_with("  now"), "{way:?}");
        assert_eq!(listener.end().ok(), "");
    }
}

#[test]
fn any_topic_can_be_listened_to() {
    for way in WAYS {
        let news = unique("news");
        let (filter, topic) = match way {
            Way::Mosquitto => (format!("{news}/+"), format!("{news}/a")),
            Way::RabbitMqtt => (format!("{news}/#"), format!("{news}.a")), // which RabbitMQ takes for the same
            Way::RabbitStomp => (format!("/topic/{news}.*"), format!("/topic/{news}.a")),
        };
        let mut command = way.command();
        command.env("BYTEPORT_DEVICE", "cart-44");
        let mut listener = Listener::start(command, &["--topic", &filter, "--count", "1"]);
        way.client().publish(&topic, b"hello").unwrap();
        let line = listener.line();
        assert!(line.contains(&news) && line.ends_with("  hello"), "{line}");
        assert_eq!(listener.end().ok(), "");
    }
}

#[test]
fn a_connection_that_is_lost_is_made_again() {
    let mut broker = Broker::start(Kind::Mosquitto);
    let url = format!("mqtt://{}", broker.mqtt());
    let mut listener = Listener::start(command(&broker, &url), &["cart-44", "--keep", "--count", "2"]);
    for text in ["before", "after"] {
        assert_eq!(run(command(&broker, &url).args(["publish", "--to", "my_garage.cart-44", text])).ok(), "");
        assert!(listener.line().ends_with(text));
        broker.stop();
        broker.start_again();
    }
    assert_eq!(listener.end().ok(), "");
}

#[test]
fn time_and_signals_end_it_in_order() {
    let way = Way::Mosquitto;
    assert_eq!(way.run(&["listen", "cart-1", "--for", "0.2"]).ok().lines().count(), 1);
    for number in [Signal::INT, Signal::TERM, Signal::HUP] {
        let listener = Listener::start(way.command(), &["cart-1"]);
        signal(&listener.child, number);
        assert_eq!(listener.end().ok(), "");
    }
}

#[test]
fn failures_are_told_at_once() {
    for way in WAYS {
        let mut wrong = way.command();
        wrong.env("BYTEPORT_BROKER_PASSWORD", "wr0ng-secret");
        let done = run(wrong.args(["listen", "cart-1", "-vv"]));
        assert!(done.status == 1 && done.out.is_empty(), "{way:?} {}", done.err);
        assert!(
            done.err.contains("check login") && !done.err.contains("wr0ng-secret"),
            "{way:?} {}",
            done.err
        );
        let nobody = way.url().split("://").next().unwrap().to_owned() + "://127.0.0.1:9";
        way.run(&["listen", "cart-1", "--broker", &nobody])
            .fails(3, &["127.0.0.1:9", "whether the server runs"]);
    }
    let way = Way::Mosquitto;
    let mut outsider = way.command();
    outsider.env("BYTEPORT_BROKER_USER", way.broker().outsider());
    run(outsider.args(["listen", "cart-1"])).fails(1, &["may not read"]);
    let mut unset = way.command();
    run(unset.env_remove("BYTEPORT_BROKER").args(["listen", "cart-1"]))
        .fails(2, &["no broker", "--broker", "BYTEPORT_BROKER"]);
}

#[test]
fn bad_input_is_refused_before_anybody_is_called() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "<NS.DEVICE>"),
        (&["a.b.c"], "neither NAMESPACE.DEVICE nor DEVICE"),
        (&["a b"], "invalid device UID"),
        (&["cart-1", "--topic", "x"], "cannot be used with"),
        (&["--topic", "x", "--keep"], "cannot be used with"),
        (&["--topic", ""], "topic"),
        (&["cart-1", "--count", "0"], "'0'"),
        (&["cart-1", "--count", "many"], "'many'"),
        (&["cart-1", "--for", "-1"], "for \"-1\""),
        (&["cart-1", "--for", "1h"], "for \"1h\""),
        (&["cart-1", "--max-age", "1"], "is not a length of time"),
        (&["cart-1", "--max-ahead", "-1h"], "is not a length of time"),
        (&["cart-1", "--format", "xml"], "'xml'"),
        (&["cart-1", "--broker", "http://b.org"], "mqtts://HOST"),
        (&["cart-1", "--broker", "mqtt://joe:s3cret@b.org"], "malformed"),
        (&["cart-1", "--broker", "none"], "no broker"),
        (&["cart-1", "--timeout", "0"], "timeout \"0\""),
        (&["cart-1", "--proxy", "ftp://x"], "proxy"),
    ];
    for (args, part) in cases {
        let done = Way::Mosquitto.run(&[&["listen"], *args].concat());
        assert!(!done.err.contains("s3cret"), "{}", done.err);
        done.fails(2, &[part]);
    }
}
