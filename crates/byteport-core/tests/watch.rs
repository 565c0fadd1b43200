// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Watching real files, with the kernel's notification and without.
#![allow(clippy::unwrap_used)] // so a helper fails its test

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

use byteport_core::http::Poll;
use byteport_core::watch::{Changed, Watch};
use byteport_core::{Client, ErrorCode, Options};
use rustix::event::{PollFd, PollFlags};
use tempfile::TempDir;

/// What a test waits at most for something that must come.
const LIMIT: Duration = Duration::from_secs(20);
/// So long that no full look comes during a test but the first.
const NEVER: Duration = Duration::from_secs(3600);
const OFTEN: Duration = Duration::from_millis(50);

fn poll(folder: &TempDir) -> Watch {
    Watch::open_polling(folder.path(), OFTEN).unwrap()
}

/// Both kinds of watch; the first has nothing but events to go by.
fn both(test: impl Fn(&Path, Watch)) {
    let folder = tempfile::tempdir().unwrap();
    let watch = Watch::open(folder.path(), NEVER).unwrap();
    assert!(watch.events().is_some(), "these tests need inotify");
    test(folder.path(), watch);
    let folder = tempfile::tempdir().unwrap();
    test(folder.path(), poll(&folder));
}

/// Looks and waits until `done` says so.
fn until<T>(watch: &mut Watch, mut done: impl FnMut(&mut Watch, Vec<Changed>) -> Option<T>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        let offered = watch.look();
        if let Some(result) = done(watch, offered) {
            return result;
        }
        wait(watch, end);
    }
}

/// Waits for an event or until the next look is due, as a client does that has other things to wait for as well.
fn wait(watch: &Watch, end: Instant) {
    let left = end.saturating_duration_since(Instant::now());
    assert!(!left.is_zero(), "it did not come");
    let time = rustix::event::Timespec::try_from(watch.due().min(left)).unwrap();
    let events = watch.events();
    let mut descriptors: Vec<_> = events.iter().map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
    rustix::event::poll(&mut descriptors, Some(&time)).unwrap();
}

/// The next offer, which is of this one file.
fn next(watch: &mut Watch, name: &str) -> Changed {
    let changed = until(watch, |_, offered| offered.into_iter().next());
    assert_eq!(changed.name, name);
    changed
}

fn digest(text: &str) -> u64 {
    text.bytes().fold(text.len() as u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
}

/// Reads and answers as a client does; says what it sent, or nothing if that was sent before.
fn send(watch: &mut Watch, changed: &Changed) -> Option<String> {
    let text = fs::read_to_string(&changed.path).unwrap();
    let digest = digest(&text);
    let new = !watch.is_sent(changed, digest);
    watch.sent(changed, digest);
    new.then_some(text)
}

/// Waits until this text is sent for this file. A look without events may come between two steps of writing.
fn until_sent(watch: &mut Watch, name: &str, text: &str) {
    until(watch, |watch, offered| {
        let mut found = None;
        for changed in offered {
            let sent = send(watch, &changed);
            if changed.name == name && sent.as_deref() == Some(text) {
                found = Some(());
            }
        }
        found
    });
}

#[test]
fn added_and_changed() {
    both(|folder, mut watch| {
        assert_eq!(watch.directory(), folder);
        assert!(watch.look().is_empty());
        fs::write(folder.join("temperature"), "21.5").unwrap();
        until_sent(&mut watch, "temperature", "21.5");
        fs::write(folder.join("temperature"), "21.6").unwrap();
        until_sent(&mut watch, "temperature", "21.6");
        fs::write(folder.join("speed1"), "3").unwrap();
        until_sent(&mut watch, "speed1", "3");
        assert!(watch.look().is_empty());
    });
}

#[test]
fn what_was_there_before_is_offered_oldest_first() {
    let folder = tempfile::tempdir().unwrap();
    let now = std::time::SystemTime::now();
    for (name, age) in [("c", 30), ("b", 10), ("a", 20), ("d", 20)] {
        let file = File::create(folder.path().join(name)).unwrap();
        file.set_modified(now - Duration::from_secs(age)).unwrap();
    }
    let mut watch = Watch::open(folder.path(), NEVER).unwrap();
    let names = |offered: Vec<Changed>| offered.into_iter().map(|changed| changed.name).collect::<Vec<_>>();
    assert_eq!(names(watch.look()), ["c", "a", "d", "b"]);
    assert_eq!(watch.due(), Duration::ZERO, "no offer was answered");
    assert_eq!(names(watch.look()), ["c", "a", "d", "b"]);
}

#[test]
fn rewritten_with_the_same_content() {
    both(|folder, mut watch| {
        let path = folder.join("temperature");
        fs::write(&path, "21.5").unwrap();
        until_sent(&mut watch, "temperature", "21.5");
        File::options().write(true).open(&path).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
        let changed = next(&mut watch, "temperature");
        assert_eq!(send(&mut watch, &changed), None, "it was sent");
        assert!(watch.look().is_empty());
    });
}

#[test]
fn written_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Watch::open(folder.path(), NEVER).unwrap();
    assert!(watch.look().is_empty());
    let mut file = File::create(folder.path().join("text")).unwrap();
    for piece in ["one ", "two ", "three"] {
        file.write_all(piece.as_bytes()).unwrap();
        wait(&watch, Instant::now() + LIMIT);
        assert!(watch.look().is_empty(), "each piece puts it off");
    }
    drop(file);
    let changed = next(&mut watch, "text");
    assert_eq!(send(&mut watch, &changed).as_deref(), Some("one two three"));
    assert!(watch.look().is_empty());
}

#[test]
fn left_open_it_is_offered_when_quiet() {
    both(|folder, mut watch| {
        let mut file = File::create(folder.join("text")).unwrap();
        file.write_all(b"open").unwrap();
        until_sent(&mut watch, "text", "open");
    });
}

#[test]
fn renamed_into_place() {
    both(|folder, mut watch| {
        for text in ["1", "2"] {
            fs::write(folder.join(".new"), text).unwrap();
            fs::rename(folder.join(".new"), folder.join("speed1")).unwrap();
            until_sent(&mut watch, "speed1", text);
        }
        fs::rename(folder.join("speed1"), folder.join("speed2")).unwrap();
        until_sent(&mut watch, "speed2", "2");
    });
}

#[test]
fn deleted_it_is_forgotten_and_comes_back_as_new() {
    both(|folder, mut watch| {
        let path = folder.join("state");
        fs::write(&path, "on").unwrap();
        let changed = next(&mut watch, "state");
        send(&mut watch, &changed);
        fs::remove_file(&path).unwrap();
        until(&mut watch, |watch, _| (!watch.is_sent(&changed, digest("on"))).then_some(()));
        fs::write(&path, "on").unwrap();
        until_sent(&mut watch, "state", "on");
    });
}

#[test]
fn no_regular_file_no_offer() {
    both(|folder, mut watch| {
        fs::create_dir(folder.join("folder")).unwrap();
        fs::write(folder.join("folder/inner"), "1").unwrap();
        symlink("folder", folder.join("link")).unwrap();
        symlink("nothing", folder.join("dangling")).unwrap();
        let mode = rustix::fs::Mode::from(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, folder.join("fifo"), rustix::fs::FileType::Fifo, mode, 0)
            .unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
        for name in ["read.me", ".hidden", "backup~", "-dash", "a b", "\u{e4}"] {
            fs::write(folder.join(name), "1").unwrap();
        }
        fs::write(folder.join("file"), "1").unwrap();
        let changed = next(&mut watch, "file");
        send(&mut watch, &changed);
        // Without a close, links and pipes are looked at when they are quiet; the same holds for this one, after them.
        let _open = File::create(folder.join("third")).unwrap();
        until_sent(&mut watch, "third", "");
        assert!(watch.look().is_empty());
    });
}

#[test]
fn links_are_followed_and_their_swap_is_noticed() {
    let (folder, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (version, text) in [("v1", "1"), ("v2", "2")] {
        fs::create_dir(target.path().join(version)).unwrap();
        fs::write(target.path().join(version).join("speed1"), text).unwrap();
    }
    symlink(target.path().join("v1"), folder.path().join("..data")).unwrap();
    symlink("..data/speed1", folder.path().join("speed1")).unwrap();
    let mut watch = Watch::open(folder.path(), OFTEN).unwrap();
    until_sent(&mut watch, "speed1", "1");
    symlink(target.path().join("v2"), folder.path().join("..new")).unwrap();
    fs::rename(folder.path().join("..new"), folder.path().join("..data")).unwrap();
    until_sent(&mut watch, "speed1", "2");
}

#[test]
fn skipped_until_it_changes() {
    both(|folder, mut watch| {
        fs::write(folder.join("text"), "bad").unwrap();
        let changed = next(&mut watch, "text");
        watch.skip(&changed, "it is bad");
        assert!(watch.look().is_empty());
        assert!(!watch.is_sent(&changed, digest("bad")));
        fs::write(folder.join("text"), "good").unwrap();
        until_sent(&mut watch, "text", "good");
    });
}

#[test]
fn tried_again() {
    let folder = tempfile::tempdir().unwrap();
    for mut watch in [Watch::open(folder.path(), OFTEN).unwrap(), poll(&folder)] {
        fs::write(folder.path().join("text"), "1").unwrap();
        let changed = next(&mut watch, "text");
        watch.retry(&changed);
        let changed = next(&mut watch, "text");
        watch.unsettled(&changed);
        until_sent(&mut watch, "text", "1");
    }
}

#[test]
fn ten_thousand_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut names = BTreeSet::new();
    for n in 0..10_000 {
        let name = format!("n{n}");
        fs::write(folder.path().join(&name), n.to_string()).unwrap();
        names.insert(name);
    }
    let mut watch = Watch::open(folder.path(), NEVER).unwrap();
    until(&mut watch, |watch, offered| {
        for changed in offered {
            assert!(names.remove(&changed.name), "offered once");
            watch.sent(&changed, 1);
        }
        names.is_empty().then_some(())
    });
    assert!(watch.look().is_empty());
    fs::write(folder.path().join("n5000"), "new").unwrap();
    let changed = next(&mut watch, "n5000");
    assert_eq!(send(&mut watch, &changed).as_deref(), Some("new"));
    assert!(watch.look().is_empty());
}

#[test]
fn more_events_than_the_kernel_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Watch::open(folder.path(), NEVER).unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("gone"), "1").unwrap();
    let gone = next(&mut watch, "gone");
    send(&mut watch, &gone);
    fs::write(path("a"), "1").unwrap();
    fs::write(path("b"), "1").unwrap();
    for _ in 0..10_000 {
        for name in ["a", "b"] {
            File::options().write(true).open(path(name)).unwrap(); // opened and closed: an event, and no work for the disk
        }
    }
    fs::write(path("late"), "1").unwrap();
    fs::remove_file(path("gone")).unwrap();
    let mut names = BTreeSet::from(["a", "b", "late"]);
    until(&mut watch, |watch, offered| {
        for changed in offered {
            send(watch, &changed);
            names.remove(changed.name.as_str());
        }
        names.is_empty().then_some(())
    });
    assert!(!watch.is_sent(&gone, digest("1")), "that it went was among the lost events");
}

#[test]
fn directory_removed_and_made_anew() {
    for polling in [false, true] {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("inner");
        fs::create_dir(&folder).unwrap();
        let open = if polling { Watch::open_polling } else { Watch::open };
        let mut watch = open(&folder, OFTEN).unwrap();
        assert_eq!(watch.events().is_none(), polling);
        fs::write(folder.join("a"), "1").unwrap();
        let changed = next(&mut watch, "a");
        send(&mut watch, &changed);
        fs::remove_dir_all(&folder).unwrap();
        until(&mut watch, |watch, _| (!watch.is_sent(&changed, digest("1"))).then_some(()));
        until(&mut watch, |watch, _| watch.events().is_none().then_some(()));
        assert!(watch.look().is_empty());
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a"), "1").unwrap();
        until_sent(&mut watch, "a", "1");
        assert_eq!(watch.events().is_none(), polling);
        fs::rename(&folder, root.path().join("old")).unwrap();
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("b"), "2").unwrap();
        until_sent(&mut watch, "b", "2");
    }
}

#[test]
fn what_cannot_be_watched() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file, folder.path().join("nothing")] {
        let error = Watch::open(&path, OFTEN).err().unwrap();
        assert_eq!(error.code(), ErrorCode::File);
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
    let error = Watch::open(folder.path(), Duration::ZERO).err().unwrap();
    assert_eq!(error.code(), ErrorCode::InvalidArgument);
    assert!(Watch::open_polling(folder.path(), Duration::MAX).unwrap().look().is_empty());
}

#[test]
fn the_wait_ends_for_an_event_and_when_a_look_is_due() {
    both(|folder, mut watch| {
        assert!(watch.look().is_empty());
        fs::write(folder.join("a"), "1").unwrap();
        loop {
            watch.wait().unwrap();
            if !watch.look().is_empty() {
                break;
            }
        }
    });
}

thread_local!(static INTERRUPTED: Cell<bool> = const { Cell::new(false) });

#[test]
fn a_signal_ends_the_wait() {
    byteport_core::on_interrupt(|| INTERRUPTED.get());
    let folder = tempfile::tempdir().unwrap();
    for mut watch in
        [Watch::open(folder.path(), NEVER).unwrap(), Watch::open_polling(folder.path(), NEVER).unwrap()]
    {
        assert!(watch.look().is_empty());
        INTERRUPTED.set(true);
        let error = watch.wait().unwrap_err();
        INTERRUPTED.set(false);
        assert_eq!(error.code(), ErrorCode::File);
        assert!(error.to_string().ends_with("was given up: a signal ended the call"), "{error}");
    }
}

static LINES: Mutex<Vec<(log::Level, String)>> = Mutex::new(Vec::new());

struct Listener;

impl log::Log for Listener {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == "byteport::watch"
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            LINES.lock().unwrap().push((record.level(), record.args().to_string()));
        }
    }

    fn flush(&self) {}
}

fn warnings(path: &Path) -> Vec<String> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Listener).unwrap();
        log::set_max_level(log::LevelFilter::Debug);
    });
    let about = path.to_str().unwrap();
    let lines = LINES.lock().unwrap();
    let warnings = lines.iter().filter(|(level, line)| *level == log::Level::Warn && line.contains(about));
    warnings.map(|(_, line)| line.replace(about, "")).collect()
}

#[test]
fn names_of_files_in_the_making_are_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let (new, path) = (folder.path().join("speed1.tmp"), folder.path().join("speed1"));
    assert!(warnings(folder.path()).is_empty());
    let mut watch = Watch::open(folder.path(), NEVER).unwrap();
    watch.look();
    for round in 0..100 {
        fs::write(&new, round.to_string()).unwrap();
        watch.look();
        fs::rename(&new, &path).unwrap();
        watch.look();
    }
    until_sent(&mut watch, "speed1", "99");
    assert!(warnings(folder.path()).is_empty(), "{:?}", warnings(folder.path()));
    // A full look that finds one tells, and no other after it.
    let mut watch = poll(&folder);
    for round in 100..105 {
        fs::write(&new, "").unwrap();
        fs::write(&path, round.to_string()).unwrap();
        until_sent(&mut watch, "speed1", &round.to_string());
        fs::rename(&new, &path).unwrap();
        until_sent(&mut watch, "speed1", "");
    }
    assert_eq!(warnings(folder.path()), [r#""/speed1.tmp" is ignored: its name is no field name"#]);
}

#[test]
fn what_cannot_be_read_just_now_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    assert!(warnings(folder.path()).is_empty());
    symlink("/proc/self/mem", folder.path().join("mem")).unwrap(); // its first page gives an input/output error
    fs::write(folder.path().join("nul"), "\0").unwrap();
    let options = Options::new().host("127.0.0.1:1").namespace("n").key("k").device("d").no_proxy();
    let client = Client::new(options).unwrap();
    let mut poll = Poll::open(folder.path(), OFTEN).unwrap();
    let (end, mut offers) = (Instant::now() + LIMIT, 0);
    while offers < 5 {
        assert!(Instant::now() < end, "{offers} offers");
        offers += poll.look();
        assert!(poll.fill(client.upload(None, None).unwrap()).unwrap().is_none());
        poll.wait().unwrap();
    }
    let mut found = warnings(folder.path());
    found.sort();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with(r#""/mem" is sent later: file /mem: cannot be read"#), "{found:?}");
    assert!(found[1].starts_with(r#""/nul" is not sent: "#), "{found:?}");
}

#[test]
fn each_thing_is_logged_once() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("inner");
    assert!(warnings(root.path()).is_empty());
    fs::create_dir_all(folder.join("sub.folder")).unwrap();
    for name in ["read.me", ".hidden", "backup~"] {
        fs::write(folder.join(name), "1").unwrap();
    }
    fs::write(folder.join("lost"), "1").unwrap();
    let mut watch = Watch::open_polling(&folder, OFTEN).unwrap();
    for _ in 0..2 {
        let changed = next(&mut watch, "lost");
        watch.skip(&changed, "it is bad");
        fs::write(folder.join("lost"), "22").unwrap();
    }
    next(&mut watch, "lost");
    fs::remove_dir_all(&folder).unwrap();
    until(&mut watch, |_, _| (warnings(&folder).len() == 4).then_some(()));
    for _ in 0..3 {
        watch.look();
    }
    let mut found = warnings(&folder);
    found.sort(); // which of the last two comes first is open
    let expected = [
        r#""" cannot be read now: No such file or directory (os error 2)"#,
        r#""/lost" is gone, unsent as it was"#,
        r#""/lost" is not sent: it is bad"#,
        r#""/read.me" is ignored: its name is no field name"#,
    ];
    assert_eq!(found, expected);
}
