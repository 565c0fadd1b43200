// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages to a device.

use std::os::fd::{AsFd as _, AsRawFd as _};
use std::sync::mpsc::channel;
use std::time::Duration;

use byteport_core::ErrorCode;
use byteport_core::broker::{Broker, Channel, Verdict, Will};
use byteport_core::model::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::support::*;

/// Where the service sends what is for the device of these options.
fn own(way: Way, uid: &str) -> String {
    match way {
        Way::RabbitStomp => format!("/topic/device_messages_my_garage.{uid}"),
        _ => format!("my_garage.{uid}"),
    }
}

/// A device, and a client that sends to it.
fn pair(way: Way) -> (Broker, Broker, String) {
    let uid = unique("cart");
    let device = open(way.options().device(&uid));
    device.subscribe_own().unwrap();
    (device, open(way.options()), own(way, &uid))
}

#[test]
fn a_list_is_taken_apart_and_plain_text_is_a_message() {
    for way in WAYS {
        let (device, sender, topic) = pair(way);
        let list = br#"[{"uid":"cart-1","namespace":"my_garage","timestamp":"1430438400","data":"on"},
            {"uid":"child-7","namespace":"my_garage","data":"off"}]"#;
        for body in [&list[..], b"plain", b"\xff\0not text", b"[1, 2"] {
            sender.publish(&topic, body).unwrap();
        }
        let delivery = next(&device);
        let [on, off] = delivery.messages() else { panic!("{delivery:?}") };
        assert_eq!((on.uid.as_deref(), on.text()), (Some("cart-1"), Some("on")));
        assert!(on.age.unwrap() > 300_000_000_000_000, "{on:?}");
        assert_eq!((off.uid.as_deref(), off.text(), off.age), (Some("child-7"), Some("off"), None));
        device.settle(&delivery, Verdict::Taken).unwrap();
        for body in [&b"plain"[..], b"\xff\0not text", b"[1, 2"] {
            let delivery = next(&device);
            assert_eq!(delivery.messages()[0].body, body, "{way:?}");
            assert_eq!(delivery.messages()[0].uid, None);
            device.settle(&delivery, Verdict::Taken).unwrap();
        }
        assert_eq!(device.stats().unwrap().taken, 4);
    }
}

#[test]
fn what_a_handler_refuses_comes_again() {
    for way in WAYS {
        let (device, sender, topic) = pair(way);
        let (told, heard) = channel();
        let mut tries = 0;
        device
            .listen(move |message, delivery| {
                told.send((message.text().unwrap().to_owned(), delivery.redelivered())).unwrap();
                tries += 1;
                match tries {
                    1 => Verdict::Refused,
                    2 => panic!("on purpose"),
                    _ => Verdict::Taken,
                }
            })
            .unwrap();
        sender.publish(&topic, b"once").unwrap();
        let got: Vec<_> = (0..3).map(|_| heard.recv_timeout(LONG).unwrap()).collect();
        assert_eq!(got[0], ("once".to_owned(), false), "{way:?}");
        assert_eq!(got[1..], [("once".to_owned(), true), ("once".to_owned(), true)], "{way:?}");
        until("taken", || device.stats().unwrap().taken == 1);
        sender.publish(&topic, b"twice").unwrap();
        assert_eq!(heard.recv_timeout(LONG).unwrap().0, "twice");
        assert_eq!(device.stats().unwrap().not_taken, 2);
        assert_eq!(device.listen(|_, _| Verdict::Taken).unwrap_err().code(), ErrorCode::InvalidArgument);
    }
}

#[test]
fn a_persistent_session_and_a_queue_keep_messages_for_a_device_that_is_away() {
    for way in WAYS {
        let uid = unique("cart");
        let options = || way.options().device(&uid).channel(Channel::Queue);
        let device = open(options());
        device.subscribe_own().unwrap();
        assert_eq!(device.close(LONG).unwrap(), 0);
        let sender = open(way.options());
        let topic = own(way, &uid).replace("/topic/", "/queue/");
        for number in 0..30 {
            sender.publish(&topic, format!("{number}").as_bytes()).unwrap();
        }
        let device = open(options());
        for number in 0..30 {
            let delivery = device.receive(LONG).unwrap().unwrap_or_else(|| panic!("{way:?} {number}"));
            assert_eq!(delivery.body(), number.to_string().as_bytes(), "{way:?}");
            device.settle(&delivery, Verdict::Taken).unwrap();
        }
        assert!(device.receive(Duration::from_millis(50)).unwrap().is_none());
        device.close(LONG).unwrap();
    }
}

#[test]
fn old_messages_are_counted_and_not_handed_on() {
    for way in WAYS {
        let uid = unique("cart");
        let hour = Duration::from_secs(3600);
        let device = open(way.options().device(&uid).max_age(hour).max_ahead(hour));
        device.subscribe_own().unwrap();
        let now = Timestamp::now().as_micros() / 1_000_000;
        let packet = |at: i64, data: &str| format!(r#"{{"uid":"{uid}","timestamp":"{at}","data":"{data}"}}"#);
        let sender = open(way.options());
        let old_alone = format!("[{}]", packet(now - 4000, "old"));
        let list =
            format!("[{},{},{}]", packet(now - 4000, "old"), packet(now + 4000, "ahead"), packet(now, "now"));
        sender.publish(&own(way, &uid), old_alone.as_bytes()).unwrap();
        sender.publish(&own(way, &uid), list.as_bytes()).unwrap();
        let delivery = next(&device);
        assert_eq!(delivery.messages().len(), 1);
        assert_eq!(delivery.messages()[0].text(), Some("now"));
        let stats = device.stats().unwrap();
        assert_eq!((stats.received, stats.stale, stats.ahead), (4, 2, 1), "{way:?}");
    }
}

#[test]
fn an_event_loop_watches_a_descriptor() {
    for way in WAYS {
        let (device, sender, topic) = pair(way);
        let is_ready = |wait: i64| {
            let fd = device.ready().unwrap();
            assert!(fd.as_fd().as_raw_fd() >= 0);
            let wait = Timespec { tv_sec: wait, tv_nsec: 0 };
            poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&wait)).unwrap() == 1
        };
        assert!(!is_ready(0));
        sender.publish(&topic, b"a").unwrap();
        assert!(is_ready(60));
        let delivery = device.try_receive().unwrap().unwrap();
        assert!(!is_ready(0) && device.try_receive().unwrap().is_none());
        device.settle(&delivery, Verdict::Taken).unwrap();
        device.close(LONG).unwrap();
        assert!(is_ready(0));
        assert_eq!(device.try_receive().unwrap_err().code(), ErrorCode::Closed);
    }
}

#[test]
fn the_last_will_is_published_for_one_who_is_gone_without_a_word() {
    for way in [Way::Mosquitto, Way::RabbitMqtt] {
        let topic = unique("will");
        let watcher = open(way.options());
        watcher.subscribe(&topic).unwrap();
        let cable = Cable::to(way.broker().mqtt());
        let _mortal = open(way.options().host(cable.address()).will(Will::new(&topic, "gone")));
        cable.cut();
        assert_eq!(take(&watcher), "gone", "{way:?}");
        let polite = open(way.options().will(Will::new(&topic, "not gone")));
        polite.close(LONG).unwrap();
        assert!(watcher.receive(Duration::from_millis(200)).unwrap().is_none());
    }
}
