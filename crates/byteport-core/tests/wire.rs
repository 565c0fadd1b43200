// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What goes over the wire, against what the reference client sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use byteport_core::codec::Compression;
use byteport_core::model::{LogLevel, Reading, Timestamp, Value};
use byteport_core::{Client, Method, Range, manage};
use support::{KEY, Recorder, Seen, vectors, vectors_server};

fn reading(fields: &[(&str, Value)]) -> Reading {
    let mut reading = Reading::unstamped();
    for (name, value) in fields {
        reading.set(name, value.clone()).unwrap();
    }
    reading
}

fn stamped(fields: &[(&str, Value)], timestamp: Timestamp) -> Reading {
    let mut reading = reading(fields);
    reading.set_timestamp(Some(timestamp));
    reading
}

fn log(client: &Client, text: &str) {
    client.store(&reading(&[(LogLevel::Info.field(), text.into())])).unwrap();
}

/// Stores the texts of files.
fn upload(client: &Client, device: Option<&str>, files: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    let mut upload = client.upload(device, None).unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
        upload.add_file(name, &folder.path().join(name)).unwrap();
    }
    client.perform(client.upload_call(upload).unwrap()).unwrap();
}

/// Makes the call of one case; false where the core has no such call.
fn play(name: &str, server: &Recorder) -> bool {
    let post = server.client();
    let get = Client::new(server.options().store_method(Method::Get)).unwrap();
    let session = Client::new(byteport_core::Options::new().host(&server.host()).no_proxy()).unwrap();
    let login = || session.login("admin@example.org", "pass word&=").unwrap();
    let number = |number: i64| [("number", Value::from(number))];
    match name {
        "heartbeat_on_construction" | "store_nothing" => post.heartbeat(None).unwrap(),
        "store_numbers" => post
            .store(&reading(&[
                ("info", "All systems nominal".into()),
                ("current_time", 1_410_613_385_i64.into()),
            ]))
            .unwrap(),
        "store_float" => post.store(&reading(&[("temp", 20.25.into()), ("neg", (-0.5).into())])).unwrap(),
        "store_empty_string" => post.store(&reading(&[("empty", "".into())])).unwrap(),
        "store_unicode" => post.store(&reading(&[("unicode_string", "mötley crüe ☃".into())])).unwrap(),
        "store_other_device" => {
            post.store(reading(&[("x", 1.into())]).set_device("otherDev").unwrap()).unwrap()
        }
        "store_file" => upload(&post, None, &[("temperature", "21.5\n")]),
        "store_directory" => {
            upload(
                &post,
                Some("dirDev"),
                &[("hello", "world"), ("number", "42"), ("another_number", "-1.5e3")],
            );
        }
        "b64_bzip2" => {
            let mut upload = post.upload(None, None).unwrap();
            let object = b"\x00\x10\x20".repeat(1000);
            upload.add_object("bz", &mut object.as_slice(), Compression::Bzip2).unwrap();
            post.perform(post.upload_call(upload).unwrap()).unwrap();
        }
        "store_packets" => {
            let packets = r#"[{"uid": "barDev1", "namespace": "myownspace", "timestamp": "1410613385.5", "data": "f1=10;f2=20;"}]"#;
            post.perform(post.packets_call(packets, "LEGACY").unwrap()).unwrap();
        }
        "b64_plain" => {
            post.store(&reading(&[("string_b64", Value::Bytes(b"hello world".to_vec()))])).unwrap()
        }
        "b64_binary" => post.store(&reading(&[("bin_b64", Value::Bytes((0..=255).collect()))])).unwrap(),
        "log_info" => log(&post, "hello from the log"),
        "log_default_level" => log(&post, "plain"),
        "get_store" => {
            get.store(&reading(&[("number", 1337.into()), ("word", "hello there".into())])).unwrap()
        }
        "get_store_timestamp_int" => {
            get.store(&stamped(&number(1), Timestamp::from_secs(1_410_613_385).unwrap())).unwrap();
        }
        "get_store_timestamp_float" => {
            get.store(&stamped(&number(1), Timestamp::from_secs_f64(1.012_345_999_99).unwrap())).unwrap();
        }
        "get_store_timestamp_datetime" => {
            let timestamp = Timestamp::parse_iso8601("2015-05-01T00:00:00.012345").unwrap();
            get.store(&stamped(&number(1338), timestamp)).unwrap();
        }
        "login" => login(),
        "list_namespaces" => {
            login();
            session.ask_json(manage::namespaces(None)).unwrap();
        }
        "load_range" => {
            login();
            let range = Range {
                from: Some(Timestamp::parse_iso8601("2015-04-01T13:14:15.000016").unwrap()),
                to: Some(Timestamp::parse_iso8601("2015-04-02").unwrap()),
            };
            session.load_series("test", "6000", "temp", range).unwrap();
        }
        _ => {
            login();
            return manage(name, &session);
        }
    }
    true
}

/// Makes the call of one case of managing; false where the core has no such call.
fn manage(name: &str, session: &Client) -> bool {
    let one = manage::Registration { uids: "6000", device_type_id: 1, ..Default::default() };
    let answer = match name {
        "get_device" => session.ask_json(manage::devices("test", Some("6000"), Some(1)).unwrap()),
        "get_device_types" => session.ask_json(manage::device_types("test", Some(1), None).unwrap()),
        "get_devices" => session.ask_json(manage::devices("test", None, None).unwrap()),
        "get_field_definitions" => session.ask_json(manage::field_definitions("test", 2, Some(5)).unwrap()),
        "list_devices" => session.ask_json(manage::devices("test", None, Some(0)).unwrap()),
        "query_devices" => session.ask_json(manage::search_guids("test*", 10)),
        "register_one" => session.ask_json(manage::register("test", &one).unwrap()),
        "send_message" => session.ask_json(manage::send_message("test", "6000", "hello åäö").unwrap()),
        _ => return false,
    };
    answer.unwrap();
    true
}

/// Calls of the reference for which the core has none of its own: it asks for a device by `uid`, which is documented.
const NOT_IN_THE_CORE: [&str; 1] = ["get_devices_key"];

fn compare(name: &str, seen: &Seen, expected: &serde_json::Value) {
    let list = |value: &serde_json::Value| -> Vec<(String, String)> {
        serde_json::from_value(value.clone()).unwrap_or_default()
    };
    let mut cookies: Vec<&str> = seen.headers.get("cookie").map_or(vec![], |line| line.split("; ").collect());
    cookies.sort_unstable();
    assert_eq!(seen.method, expected["method"], "{name}");
    assert_eq!(seen.path(), expected["path"], "{name}");
    assert_eq!(seen.query(), list(&expected["query"]), "{name}");
    assert_eq!(seen.form(), list(&expected["form"]), "{name}");
    assert_eq!(serde_json::json!(cookies), expected["cookies"], "{name}");
}

#[test]
fn every_case_of_the_core_is_sent_as_the_reference_sent_it() {
    let mut left = Vec::new();
    for case in vectors("wire.json")["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let server = vectors_server();
        if !play(name, &server) {
            left.push(name.to_owned());
            continue;
        }
        let (seen, expected) = (server.seen(), case["requests"].as_array().unwrap());
        assert_eq!(seen.len(), expected.len(), "{name}: {seen:?}");
        seen.iter().zip(expected).for_each(|(seen, expected)| compare(name, seen, expected));
    }
    assert_eq!(left, NOT_IN_THE_CORE);
}

#[test]
fn the_bytes_are_those_of_a_form() {
    let server = vectors_server();
    let fields = [("a", "x y+z&=%*~.-_\u{e9}".into()), ("b:c", "\n".into())];
    server.client().store(&stamped(&fields, Timestamp::from_micros(1_500_000))).unwrap();
    let get = Client::new(server.options().store_method(Method::Get)).unwrap();
    get.store(&stamped(&fields[..1], Timestamp::from_micros(1_500_000))).unwrap();
    let encoded = "a=x+y%2Bz%26%3D%25*%7E.-_%C3%A9";
    assert_eq!(server.seen()[0].body, format!("_key={KEY}&_ts=1.5&{encoded}&b%3Ac=%0A"));
    let path = "/api/v1/timeseries/myownspace/barDev1/";
    assert_eq!(server.seen()[1].target, format!("{path}?_key={KEY}&_ts=1.5&{encoded}"));
}

#[test]
fn headers_are_what_the_service_wants() {
    let server = vectors_server();
    server.client().heartbeat(None).unwrap();
    let headers = &server.seen()[0].headers;
    assert!(headers["user-agent"].starts_with("curl/7.51.0 libbyteport/"));
    assert_eq!(headers["referer"], format!("http://{}/", server.host()));
    assert_eq!(headers["host"], server.host());
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
}

#[test]
fn calls_share_one_connection_and_a_stamp_outlives_the_wait() {
    let server = vectors_server();
    let client = server.client();
    let mut reading = Reading::new();
    let made = reading.set("a", 1).unwrap().timestamp().unwrap();
    for _ in 0..3 {
        client.store(&reading).unwrap();
    }
    for seen in server.seen() {
        assert_eq!(seen.connection, 0);
        assert_eq!(seen.form()[1], ("_ts".to_owned(), made.to_string()));
    }
}

#[test]
fn a_get_stores_up_to_its_limit_and_not_a_byte_more() {
    let server = vectors_server();
    let client = Client::new(server.options().store_method(Method::Get)).unwrap();
    let around =
        format!("http://{}/api/v1/timeseries/myownspace/barDev1/?_key={KEY}&a=", server.host()).len();
    let fits = "x".repeat(2048 - around);
    client.store(&reading(&[("a", fits.as_str().into())])).unwrap();
    let error = client.store(&reading(&[("a", format!("{fits}x").into())])).unwrap_err();
    assert_eq!(error.code(), byteport_core::ErrorCode::TooLong);
    assert!(error.to_string().contains("2049"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn logout_forgets_the_session() {
    let server = vectors_server();
    let client = server.client();
    client.login("u", "p").unwrap();
    assert_eq!(client.logout().unwrap(), "{}");
    client.get_json("/api/v1/session/", &[]).unwrap();
    let seen = server.seen();
    assert_eq!(seen[2].headers["cookie"], "csrftoken=CSRF123; sessionid=SESS456");
    assert!(!seen[3].headers.contains_key("cookie"));
}
