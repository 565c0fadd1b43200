// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Long spans, operations, single values, objects, statistics.

use std::fs;
use std::process::{Command, Stdio};

use crate::support::{Done, Server, run, run_with, screen, terminal};

const FROM: &[&str] = &["--from", "2020-01-01", "--to", "2020-02-01"];

/// A server with one value a minute: 0, 1, 2 and so on.
fn with_minutes(count: i64) -> Server {
    let server = Server::start();
    for minute in 0..count {
        let (time, value) = ((1_577_836_800 + minute * 60).to_string(), format!("a={minute}"));
        server.ok(&["store", &value, "--timestamp", &time]);
    }
    server
}

fn values(text: &str) -> Vec<&str> {
    text.lines().skip(1).filter_map(|line| line.split_once(',')).map(|(_, value)| value).collect()
}

#[test]
fn operations_and_scale() {
    let server = with_minutes(4);
    let read = |args: &[&str]| {
        let args = [&["read", "cart.a", "--format", "csv"], FROM, args].concat();
        values(&server.ok(&args)).join(" ")
    };
    assert_eq!(read(&[]), "0 1 2 3");
    assert_eq!(read(&["--operation", "cum_sum"]), "0 1 3 6");
    assert_eq!(read(&["--operation", "diff"]).split(' ').count(), 2);
    assert_eq!(read(&["--scale", "-2"]), "-0 -2 -4 -6");
    server.run(&["read", "cart.a", "--operation", "square"]).fails(2, &["diff, smooth_diff or cum_sum"]);
    server.run(&["read", "cart.a", "--scale", "much"]).fails(2, &["invalid value 'much'"]);
    server.run(&["read", "cart.a", "--scale", "inf"]).fails(2, &["finite"]);
}

#[test]
fn pages_follow_each_other_in_every_format() {
    let server = with_minutes(3);
    server.ok(&["store", "a=late", "--timestamp", "1580000000"]);
    let read = |format| server.ok(&[&["read", "cart.a", "--format", format], FROM].concat());
    assert_eq!(values(&read("csv")), ["0", "1", "2", "late"]);
    let json: serde_json::Value = serde_json::from_str(&read("json")).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 4);
    assert_eq!(json[3]["value"], "late");
    assert_eq!(read("table").lines().count(), 5);
}

#[test]
fn a_reference_leads_to_its_value() {
    let server = with_minutes(2);
    let text = server.ok(&[&["read", "cart.a", "--format", "service"], FROM].concat());
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let point = &json["data"]["ts_data"][0];
    let reference = point["r"].as_str().map_or_else(|| point["r"].to_string(), str::to_owned);
    let value = server.ok(&["value", "cart.a", &reference, "--format", "csv"]);
    assert!(
        value.starts_with("timestamp,value,ref") && value.contains(&format!(",0,{reference}")),
        "{value}"
    );
    assert!(server.ok(&["value", "cart.a"]).lines().nth(1).unwrap().contains("  1  "));
    server.run(&["value", "cart.a", "999999999"]).fails(1, &["HTTP 404"]);
    server.run(&["value", "cart.a", "../1"]).fails(2, &["a value's reference is the r of a point"]);
}

/// Stores `content` as an object; base64 text of its own making, for the command stores texts.
fn store_object(server: &Server, content: &str) {
    assert_eq!(run_with(server.command().args(["store", "--file", "photo=-"]), content).ok(), "");
}

fn download(server: &Server, args: &[&str]) -> Command {
    let mut command = server.command();
    command.args([&["download", "cart.photo"], args].concat());
    command
}

#[test]
fn an_object_becomes_a_file() {
    let server = Server::start();
    store_object(&server, "AAEC/w==");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("photo.bin");
    let name = file.to_str().unwrap();
    assert_eq!(run(&mut download(&server, &["-o", name])).ok(), "");
    assert_eq!(fs::read(&file).unwrap(), [0, 1, 2, 255]);
    assert_eq!(run(&mut download(&server, &["--output", name, "--raw"])).ok(), "");
    assert_eq!(fs::read(&file).unwrap(), b"AAEC/w==");
    for args in [&[][..], &["-o", "-"]] {
        let output = download(&server, args).output().unwrap();
        assert_eq!(
            (output.status.code(), output.stdout.as_slice()),
            (Some(0), &[0, 1, 2, 255][..]),
            "{args:?}"
        );
        assert!(output.stderr.is_empty());
    }
    run(&mut download(&server, &["77", "-o", name])).fails(1, &["HTTP 404"]);
    let gone = folder.path().join("no/such/file");
    run(&mut download(&server, &["-o", gone.to_str().unwrap()])).fails(5, &["cannot be written"]);
    run(&mut download(&server, &["-o", "/dev/full"])).fails(5, &["/dev/full"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = download(&server, &[]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("byteport: what was received cannot be written")
    );
}

#[test]
fn an_object_goes_to_a_terminal_only_if_one_insists() {
    let server = Server::start();
    store_object(&server, "aGVsbG8=");
    let shown = |args: &[&str]| {
        let (terminal, side) = terminal();
        let mut command = download(&server, args);
        let child = command.stdout(side()).stderr(Stdio::piped()).spawn().unwrap();
        drop(command);
        (screen(terminal), Done::from(child.wait_with_output().unwrap()))
    };
    let (screen, done) = shown(&[]);
    assert_eq!(screen, "");
    done.fails(2, &["not for a terminal", "-o FILE"]);
    let (screen, done) = shown(&["-o", "-"]);
    assert_eq!((screen.as_str(), done.status), ("hello", 0));
}

#[test]
fn progress_is_for_a_terminal_that_shows_errors() {
    let server = Server::start();
    store_object(&server, "aGVsbG8=");
    let folder = tempfile::tempdir().unwrap();
    let (terminal, side) = terminal();
    let mut command = download(&server, &["-o"]);
    let mut child = command.arg(folder.path().join("hello")).stderr(side()).spawn().unwrap();
    drop(command);
    let screen = screen(terminal);
    assert_eq!(child.wait().unwrap().code(), Some(0), "{screen}");
    assert!(screen.contains("/hello  [####") && screen.contains("100 %  5 B"), "{screen:?}");
    assert!(screen.ends_with("\r\u{1b}[K"), "{screen:?}");
}

#[test]
fn who_has_seen_enough_of_an_object_is_no_failure() {
    let server = Server::start();
    store_object(&server, &"AAAA".repeat(200_000));
    let mut child = download(&server, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn what_is_no_object_is_told() {
    let server = Server::start();
    store_object(&server, "no base64!");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("photo.bin");
    let done = run(&mut download(&server, &["-o", file.to_str().unwrap()]));
    assert_eq!((done.status, done.out.as_str()), (1, ""), "{}", done.err);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn statistics_by_day() {
    let server = with_minutes(3);
    server.ok(&["store", "a=9", "--timestamp", "1577923200"]);
    server.ok(&["store", "a=9", "--timestamp", "1"]);
    let csv = server.ok(&["stats", "cart.a", "--format", "csv"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "date,count,percent");
    assert!(lines[1].starts_with("2020-01-01,3,100") && lines[2].starts_with("2020-01-02,1,33"), "{csv}");
    let table = server.run(&["stats", "cart.a"]);
    assert_eq!(table.status, 0);
    assert_eq!(table.err, "byteport: 1 values have a time that is long past\n");
    let json: serde_json::Value =
        serde_json::from_str(&server.ok(&["stats", "cart.a", "--calendar", "--format", "json"])).unwrap();
    assert!(json.get("calendar").is_some(), "{json}");
    server.run(&["stats", "cart.a", "--calendar"]).fails(2, &["--format json"]);
}

#[test]
fn distances_to_the_typical() {
    let server = with_minutes(150);
    let typical = |args: &[&str]| {
        server.ok(&[&["typical", "cart.a", "--format", "csv", "--grouping", "hourly"], FROM, args].concat())
    };
    let plain = typical(&[]);
    assert!(plain.starts_with("group_name,dist\r\n") && plain.lines().count() == 4, "{plain}");
    let described = typical(&["--describe", "--order", "distance", "--exclude", "std,count", "--diff"]);
    assert!(described.starts_with("group_name,dist,count,mean,std,min"), "{described}");
    assert!(described.lines().last().unwrap().starts_with("typical,,,1"), "{described}");
    server
        .run(&["typical", "cart.a", "--grouping", "yearly"])
        .fails(2, &["hourly, daily, weekly or monthly"]);
    server.run(&["typical", "cart.a", "--exclude", "mode"]).fails(2, &["one of count"]);
    server.run(&["typical", "cart.a", "--order", "size"]).fails(2, &["date or distance"]);
}
