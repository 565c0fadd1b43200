// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing.

use crate::support::{Server, run_with};

const DAY: &[&str] = &["--from", "2015-05-01", "--to", "2015-05-02"];

fn csv(server: &Server, series: &str) -> Vec<String> {
    let text = server.ok(&[&["read", series, "--format", "csv"], DAY].concat());
    text.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn what_is_stored_comes_back_in_every_format() {
    let server = Server::start();
    assert_eq!(server.ok(&["store", "speed=12.5", "state=rolling", "--timestamp", "1430438400.012345"]), "");
    assert_eq!(server.ok(&["store", "speed=-3", "--timestamp", "2015-05-01T02:00:02+02:00", "--get"]), "");
    let read = |format| server.ok(&[&["read", "garage.cart.speed", "--format", format], DAY].concat());
    assert_eq!(
        read("table"),
        "time                         value\n\
         2015-05-01T00:00:00.012345Z   12.5\n\
         2015-05-01T00:00:02.000000Z     -3\n"
    );
    assert_eq!(
        read("csv"),
        "time,value\r\n2015-05-01T00:00:00.012345Z,12.5\r\n2015-05-01T00:00:02.000000Z,-3\r\n"
    );
    assert_eq!(
        read("json"),
        "[\n{\"time\":\"2015-05-01T00:00:00.012345Z\",\"value\":12.5},\n\
         {\"time\":\"2015-05-01T00:00:02.000000Z\",\"value\":-3}\n]\n"
    );
    let chart = read("chart");
    assert!(chart.starts_with("garage.cart.speed  2 values  min -3  max 12.5  last -3\n"), "{chart}");
    assert!(chart.contains("2015-05-01T00:00:00Z ") && chart.ends_with(" 2015-05-01T00:00:02Z\n"), "{chart}");
    assert_eq!(csv(&server, "cart.state"), ["2015-05-01T00:00:00.012345Z,rolling"]);
}

#[test]
fn a_value_is_stored_as_it_stands() {
    let server = Server::start();
    for (second, value) in ["a=b", "", "@/etc/passwd", "NaN", "日本 &%+ü", "a\nb"].iter().enumerate() {
        let time = (1_430_438_400 + second).to_string();
        server.ok(&["store", &format!("note={value}"), "--timestamp", &time]);
    }
    let text = server.ok(&[&["read", "cart.note", "--format", "json"], DAY].concat());
    for value in ["\"a=b\"", "\"\"", "\"@/etc/passwd\"", "\"NaN\"", "\"日本 &%+ü\"", "\"a\\nb\""] {
        assert!(text.contains(&format!("\"value\":{value}}}")), "{value} is not in {text}");
    }
}

#[test]
fn a_value_can_come_from_a_file_or_standard_input() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("value.txt");
    std::fs::write(&file, "21.5\n").unwrap();
    let from_file = format!("air={}", file.display());
    let mut command = server.command();
    command.args(["store", "other=1", "--file", &from_file, "--file", "note=-", "--timestamp", "1430438400"]);
    assert_eq!(run_with(&mut command, &"long ".repeat(100_000)).ok(), "");
    assert_eq!(csv(&server, "cart.air"), ["2015-05-01T00:00:00.000000Z,21.5"]);
    assert_eq!(csv(&server, "cart.other"), ["2015-05-01T00:00:00.000000Z,1"]);
    assert_eq!(csv(&server, "cart.note")[0].len(), "2015-05-01T00:00:00.000000Z,".len() + 500_000);
}

#[test]
fn the_same_time_again_replaces_the_value() {
    let server = Server::start();
    for value in ["a=1", "a=2"] {
        server.ok(&["store", value, "--timestamp", "1430438400"]);
    }
    assert_eq!(csv(&server, "cart.a"), ["2015-05-01T00:00:00.000000Z,2"]);
}

#[test]
fn without_a_time_the_reading_is_stamped_now() {
    let server = Server::start();
    server.ok(&["store", "a=1"]);
    assert_eq!(server.ok(&["read", "cart.a", "--since", "1m"]).lines().count(), 2);
    server.ok(&["store", "a=1", "--timestamp", "1430438400"]);
    assert_eq!(server.ok(&["read", "cart.a"]).lines().count(), 2, "the last day is the default");
}

#[test]
fn without_fields_it_is_a_sign_of_life() {
    let server = Server::start();
    server.run(&["read", "cart.a"]).fails(1, &["HTTP 404"]);
    assert_eq!(server.ok(&["store"]), "");
    assert_eq!(server.ok(&["read", "cart.a", "--format", "csv"]), "time,value\r\n");
    let done = server.run(&["store", "-v"]);
    assert_eq!((done.status, done.out.as_str(), done.err.lines().count()), (0, "", 1), "{}", done.err);
    assert!(done.err.contains("garage.cart showed a sign of life"), "{}", done.err);
}

#[test]
fn verbose_says_in_one_line_what_was_stored() {
    let server = Server::start();
    let done = server.run(&["-v", "store", "a=1", "b=2", "--timestamp", "1430438400"]);
    assert_eq!((done.status, done.out.as_str(), done.err.lines().count()), (0, "", 1), "{}", done.err);
    assert!(
        done.err.ends_with(" stored a, b of garage.cart at 2015-05-01T00:00:00.000000Z\n"),
        "{}",
        done.err
    );
    let done = server.run(&["store", "a=1", "-vv"]);
    assert!(
        done.err.contains("DEBUG byteport::http: POST /api/v1/timeseries/garage/cart/: 200"),
        "{}",
        done.err
    );
}
