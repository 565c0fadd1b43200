// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What an outbox sends, and what it makes of the answers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::time::{Duration, Instant};

use byteport_core::model::{Reading, Timestamp};
use byteport_core::outbox::{Durability, Event, LinkState, Order, Outbox, OutboxFile, OutboxOptions};
use byteport_proof::random::Random;
use byteport_proof::recorder::{Recorder, Seen, answer};
use byteport_proof::{check, numbered};
use tempfile::TempDir;

/// A real time after which a test has failed.
const SOON: Duration = Duration::from_secs(60);

/// An outbox before a service that answers as the test says.
struct Setting {
    folder: TempDir,
    service: Recorder,
    outbox: Outbox,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Setting {
    fn new(options: OutboxOptions, script: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> Setting {
        let (folder, service) = (TempDir::new().unwrap(), Recorder::start(script));
        let events = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&events);
        let options = options.on_event(move |event| notes.lock().unwrap().push(event.clone()));
        let client = numbered::client(&service.host());
        let outbox = Outbox::open(folder.path().join("outbox.db"), client, options).unwrap();
        Setting { folder, service, outbox, events }
    }

    fn put(&self, device: &str, field: &str, value: i64, time: i64) -> u64 {
        let mut reading = Reading::unstamped();
        reading.set_device(device).unwrap().set(field, value).unwrap();
        reading.set_timestamp(Some(Timestamp::from_micros(time * 1_000_000)));
        self.outbox.enqueue(&reading, Durability::Memory).unwrap().sequence
    }

    /// Waits until something holds.
    #[track_caller]
    fn until(&self, what: &str, holds: impl Fn(&Setting) -> bool) {
        let end = Instant::now() + SOON;
        while !holds(self) {
            assert!(Instant::now() < end, "{what}: {:?}", self.outbox.stats().unwrap());
            self.outbox.flush(Duration::from_millis(5)).unwrap();
        }
    }

    /// Waits until nothing waits.
    #[track_caller]
    fn drained(&self) {
        let flushed = self.outbox.flush(SOON).unwrap();
        let stats = self.outbox.stats().unwrap();
        check::sound(&stats);
        assert_eq!((flushed.kept, stats.queued), (0, 0), "{stats:?}");
    }

    fn link(&self) -> LinkState {
        self.outbox.stats().unwrap().link
    }

    fn seen(&self) -> Vec<Seen> {
        self.service.seen()
    }
}

fn ok() -> Vec<u8> {
    answer("200 OK", "", "{}")
}

fn value(seen: &Seen, field: &str) -> Option<i64> {
    seen.form().into_iter().find(|(name, _)| name == field).map(|(_, value)| value.parse().unwrap())
}

/// Holds every answer back until the guard is dropped.
#[derive(Clone, Default)]
struct Gate(Arc<Mutex<()>>);

impl Gate {
    fn close(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap()
    }
}

/// A setting whose first call, with the reading `first=0`, is held at a gate while `fill` hands in more.
fn filled_behind_gate(options: OutboxOptions, fill: impl Fn(&Setting)) -> Setting {
    let gate = Gate::default();
    let held = gate.clone();
    let setting = Setting::new(options, move |_| {
        drop(held.close());
        ok()
    });
    let closed = gate.close();
    setting.put("first", "first", 0, 1);
    setting.until("the first call", |setting| !setting.seen().is_empty());
    fill(&setting);
    drop(closed);
    setting.drained();
    setting
}

#[test]
fn fields_of_one_device_and_time_go_in_one_call() {
    let setting = filled_behind_gate(OutboxOptions::new(), |setting| {
        for field in ["a", "b", "c"] {
            setting.put("one", field, 1, 10);
        }
        setting.put("one", "a", 2, 11);
        setting.put("two", "a", 3, 11);
        setting.put("two", "a", 4, 11);
    });
    let mut calls: Vec<_> =
        setting.seen().iter().skip(1).map(|seen| (seen.path().to_owned(), seen.form())).collect();
    calls.sort_by(|one, other| one.0.cmp(&other.0)); // devices take turns; each keeps its order
    let form = |time: i64, fields: &[(&str, i64)]| {
        let fixed = [("_key".to_owned(), numbered::KEY.to_owned()), ("_ts".to_owned(), time.to_string())];
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.to_string()));
        fixed.into_iter().chain(fields).collect::<Vec<_>>()
    };
    let (one, two) = ("/api/v1/timeseries/proof/one/".to_owned(), "/api/v1/timeseries/proof/two/".to_owned());
    assert_eq!(
        calls,
        [
            (one.clone(), form(10, &[("a", 1), ("b", 1), ("c", 1)])),
            (one, form(11, &[("a", 2)])),
            (two.clone(), form(11, &[("a", 3)])),
            (two, form(11, &[("a", 4)])),
        ]
    );
}

#[test]
fn the_order_of_a_device_is_kept_with_one_connection_and_with_eight() {
    for connections in [1, 8] {
        let random = Mutex::new(Random::of_this_run("order"));
        let taken = Arc::new(Mutex::new(BTreeMap::<String, Vec<i64>>::new()));
        let notes = Arc::clone(&taken);
        let setting = Setting::new(OutboxOptions::new().connections(connections), move |seen| {
            if random.lock().unwrap().chance(2) {
                return answer("503 Service Unavailable", "", "");
            }
            notes.lock().unwrap().entry(seen.path().to_owned()).or_default().extend(value(seen, "n"));
            ok()
        });
        for time in 0..40 {
            for device in 0..8 {
                setting.put(&format!("cart-{device}"), "n", time, time);
            }
        }
        setting.drained();
        let taken = taken.lock().unwrap();
        assert_eq!(taken.len(), 8);
        for (device, values) in taken.iter() {
            assert_eq!(*values, (0..40).collect::<Vec<_>>(), "{device} with {connections} connections");
        }
    }
}

#[test]
fn the_newest_goes_first_where_that_is_wanted() {
    let options = OutboxOptions::new().order(Order::NewestFirst);
    let setting = filled_behind_gate(options, |setting| {
        for time in 1..=20 {
            setting.put("one", "n", time, time);
        }
    });
    let values: Vec<_> = setting.seen().iter().filter_map(|seen| value(seen, "n")).collect();
    assert_eq!(values, (1..=20).rev().collect::<Vec<_>>());
}

#[test]
fn packets_go_in_batches() {
    let setting = filled_behind_gate(OutboxOptions::new().legacy_key(numbered::LEGACY_KEY), |setting| {
        for time in 0..1000 {
            setting.put(&format!("cart-{}", time % 7), "n", time, time);
        }
    });
    let mut came = BTreeMap::new();
    let calls = setting.seen();
    for seen in &calls {
        assert_eq!(seen.path(), "/api/legacy/packets/timeseries/");
        let form: BTreeMap<_, _> = seen.form().into_iter().collect();
        assert_eq!(form["legacy_key"], numbered::LEGACY_KEY);
        for packet in serde_json::from_str::<Vec<serde_json::Value>>(&form["packets"]).unwrap() {
            let text = |name: &str| packet[name].as_str().unwrap().to_owned();
            assert_eq!(text("namespace"), numbered::NAMESPACE);
            came.insert((text("timestamp"), text("uid")), text("data"));
        }
    }
    assert!(calls.len() <= 20, "{} calls for 1001 readings", calls.len());
    for time in 0..1000 {
        let data = &came[&(time.to_string(), format!("cart-{}", time % 7))];
        assert_eq!(data.trim_end_matches(';'), format!("n={time}"));
    }
    assert_eq!(came.len(), 1001);
}

#[test]
fn a_retry_sends_the_same_bytes() {
    let calls = AtomicUsize::new(0);
    let setting = Setting::new(OutboxOptions::new(), move |_| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => answer("500 Internal Server Error", "", ""),
        1 => Vec::new(),
        2 => b"HTTP/1.1 200 OK\r\nContent-Len".to_vec(),
        _ => ok(),
    });
    let mut reading = Reading::unstamped();
    reading.set("text", "\u{e5}\u{e4}\u{f6} &=+;\"\n").unwrap().set("number", 0.1).unwrap();
    setting.outbox.enqueue(&reading, Durability::Disk).unwrap();
    setting.drained();
    let seen = setting.seen();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|call| call.body == seen[0].body && call.target == seen[0].target), "{seen:#?}");
    // A kept connection that was closed in the meantime is made anew within the call.
    assert!(setting.outbox.stats().unwrap().retries >= 2);
}

/// Fails once with these headers, and gives how long it took until the next call.
fn pause_after(status: &'static str, headers: &'static str) -> Duration {
    let times = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&times);
    let setting = Setting::new(OutboxOptions::new(), move |_| {
        let mut times = notes.lock().unwrap();
        times.push(Instant::now());
        if times.len() == 1 { answer(status, headers, "") } else { ok() }
    });
    setting.put("one", "n", 1, 1);
    setting.drained();
    let times = times.lock().unwrap();
    assert_eq!(times.len(), 2);
    times[1] - times[0]
}

#[test]
fn retry_after_is_honoured_in_seconds_and_as_a_date() {
    let second = Duration::from_secs(1);
    assert!(pause_after("429 Too Many Requests", "Retry-After: 1\r\n") >= second);
    let date = "Date: Fri, 02 Jan 2026 00:00:00 GMT\r\nRetry-After: Fri, 02 Jan 2026 00:00:01 GMT\r\n";
    assert!(pause_after("503 Service Unavailable", date) >= second);
    // What makes no sense is as good as nothing.
    pause_after("503 Service Unavailable", "Retry-After: soon\r\n");
}

#[test]
fn a_refused_key_pauses_and_another_goes_on() {
    for status in ["401 Unauthorized", "403 Forbidden"] {
        let setting = Setting::new(OutboxOptions::new(), move |seen| {
            let is_new = seen.form().contains(&("_key".to_owned(), "another-key".to_owned()));
            if is_new { ok() } else { answer(status, "", "") }
        });
        for time in 0..20 {
            setting.put("one", "n", time, time);
        }
        setting.until("paused", |setting| setting.link() == LinkState::Paused);
        let calls = setting.seen().len();
        setting.outbox.flush(Duration::from_millis(500)).unwrap();
        assert_eq!(setting.seen().len(), calls, "nothing goes while the key is refused");
        setting.outbox.resume().unwrap();
        setting.until("a probe", |setting| setting.seen().len() > calls);
        setting.until("paused again", |setting| setting.link() == LinkState::Paused);
        let stats = setting.outbox.stats().unwrap();
        assert_eq!((stats.queued, stats.quarantined, stats.dropped.total()), (20, 0, 0), "{stats:?}");
        setting.outbox.set_key("another-key").unwrap();
        setting.drained();
        let events = setting.events.lock().unwrap();
        assert!(
            events.contains(&Event::Link(LinkState::Paused)) && events.contains(&Event::Link(LinkState::Up))
        );
        assert!(!format!("{:?} {events:?}", setting.outbox.stats()).contains(numbered::KEY));
    }
}

/// A service that refuses whatever holds the number 13.
fn superstitious(status: &'static str) -> impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static {
    move |seen| {
        let packets = seen.form().iter().any(|(name, value)| name == "packets" && value.contains("n=13"));
        let bad = packets || value(seen, "n") == Some(13);
        if bad { answer(status, "", "the number 13") } else { ok() }
    }
}

#[test]
fn a_reading_that_is_refused_for_good_is_put_aside_alone() {
    let plain = OutboxOptions::new;
    for (status, options) in [
        ("404 Not Found", plain()),
        ("400 Bad Request", plain()),
        ("413 Content Too Large", plain()),
        ("400 Bad Request", plain().legacy_key(numbered::LEGACY_KEY)),
        ("404 Not Found", plain().connections(4)),
    ] {
        let setting = Setting::new(options, superstitious(status));
        let sequences: Vec<u64> = (0..40).map(|time| setting.put("one", "n", time, time)).collect();
        setting.drained();
        let stats = setting.outbox.stats().unwrap();
        assert_eq!(
            (stats.delivered, stats.quarantined, stats.dropped.total()),
            (39, 1, 0),
            "{status}: {stats:?}"
        );
        setting.outbox.close(SOON).unwrap();
        let refused =
            OutboxFile::open(setting.folder.path().join("outbox.db")).unwrap().quarantined().unwrap();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].sequence, sequences[13]);
        assert_eq!(refused[0].status, status[..3].parse::<u16>().unwrap());
        assert_eq!(refused[0].reading.fields, [("n".to_owned(), "13".to_owned())]);
        let events = setting.events.lock().unwrap();
        let told: Vec<_> = events.iter().filter(|event| matches!(event, Event::Quarantined { .. })).collect();
        assert!(
            matches!(told[..], [Event::Quarantined { sequence, .. }] if *sequence == sequences[13]),
            "{told:?}"
        );
    }
}

#[test]
fn of_merged_readings_only_the_bad_one_is_put_aside() {
    let setting = Setting::new(OutboxOptions::new(), |seen| {
        if seen.body.contains("bad=") { answer("400 Bad Request", "", "") } else { ok() }
    });
    for field in ["a", "b", "bad", "c", "d"] {
        setting.put("one", field, 1, 1);
    }
    setting.drained();
    let stats = setting.outbox.stats().unwrap();
    assert_eq!((stats.delivered, stats.quarantined), (4, 1), "{stats:?}");
}

#[test]
fn what_may_pass_is_tried_again() {
    const PASSING: [&str; 8] = [
        "408 Request Timeout",
        "425 Too Early",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
        "302 Found",
    ];
    for status in PASSING {
        let calls = AtomicUsize::new(0);
        let setting = Setting::new(OutboxOptions::new(), move |_| {
            if calls.fetch_add(1, Ordering::SeqCst) == 0 { answer(status, "", "") } else { ok() }
        });
        setting.put("one", "n", 1, 1);
        setting.drained();
        let stats = setting.outbox.stats().unwrap();
        assert_eq!((stats.delivered, stats.quarantined), (1, 0), "{status}: {stats:?}");
    }
}

#[test]
fn while_the_service_is_down_one_call_probes() {
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let greatest = Arc::clone(&most);
    let (_never, nothing) = mpsc::channel::<()>();
    let nothing = Mutex::new(nothing);
    let setting = Setting::new(OutboxOptions::new().connections(8), move |_| {
        greatest.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // Long enough for a second call to come, if there is one.
        let _ = nothing.lock().unwrap().recv_timeout(Duration::from_millis(100));
        now.fetch_sub(1, Ordering::SeqCst);
        answer("503 Service Unavailable", "", "")
    });
    setting.put("cart-0", "n", 0, 0);
    setting.until("down", |setting| setting.link() == LinkState::Down);
    for time in 0..64 {
        setting.put(&format!("cart-{}", time % 8), "n", time, time);
    }
    setting.until("probes", |setting| setting.seen().len() >= 4);
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    let setting = Setting::new(OutboxOptions::new(), |_| ok().repeat(2));
    for time in 0..30 {
        setting.put("one", "n", time, time);
        setting.drained();
    }
    let values: Vec<_> = setting.seen().iter().filter_map(|seen| value(seen, "n")).collect();
    assert_eq!(values, (0..30).collect::<Vec<_>>());
}

#[test]
fn the_rate_is_bounded() {
    let setting = Setting::new(OutboxOptions::new().max_rate(40.0), |_| ok());
    let begin = Instant::now();
    for time in 0..80 {
        setting.put("one", "n", time, time);
    }
    setting.drained();
    assert!(begin.elapsed() >= Duration::from_millis(900), "{:?}", begin.elapsed());
}

#[test]
fn each_delivery_is_told_once() {
    let setting = Setting::new(OutboxOptions::new().connections(3), |_| ok());
    let mut sequences: Vec<u64> =
        (0..60).map(|time| setting.put(&format!("cart-{}", time % 5), "n", time, time)).collect();
    setting.drained();
    setting.outbox.close(SOON).unwrap();
    let events = setting.events.lock().unwrap();
    let mut told: Vec<u64> = events
        .iter()
        .flat_map(
            |event| if let Event::Delivered { sequences } = event { sequences.clone() } else { Vec::new() },
        )
        .collect();
    told.sort_unstable();
    sequences.sort_unstable();
    assert_eq!(told, sequences);
}
