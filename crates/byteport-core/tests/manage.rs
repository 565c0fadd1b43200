// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The calls that read and manage: what is asked, and what the answers mean, however the service writes them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use byteport_core::manage::{self, Ask, FromAnswer, Setting};
use byteport_core::model::Timestamp;
use byteport_core::{Error, ErrorCode, Phase, Range};
use support::{Driver, Recorder, json};

/// Asks a server that answers this text; gives the answer, and the line that was asked.
fn ask<T: FromAnswer>(body: &str, ask: Ask<T>) -> (Result<T, Error>, String) {
    let body = body.to_owned();
    let server = Recorder::start(move |_| json(&body));
    let answer = server.client().ask(ask);
    let seen = server.seen().pop().unwrap();
    let form = if seen.body.is_empty() { String::new() } else { format!(" {}", seen.body) };
    (answer, format!("{} {}{form}", seen.method, seen.target))
}

fn good<T: FromAnswer>(body: &str, question: Ask<T>) -> (T, String) {
    let (answer, line) = ask(body, question);
    (answer.unwrap(), line)
}

fn at(text: &str) -> Option<Timestamp> {
    Some(Timestamp::parse_iso8601(text).unwrap())
}

#[test]
fn the_service_echoes_and_tells_of_the_session_in_any_shape() {
    let (pairs, line) = good(r#"{"test": "a b", "n": 1}"#, manage::echo(&[("test", "a b"), ("n", "1")]));
    assert_eq!(line, "GET /api/v1/echo/?test=a+b&n=1");
    assert_eq!((pairs["test"].as_str(), pairs["n"].as_i64()), (Some("a b"), Some(1)));
    for body in [r#"{"user": "u"}"#, "true", r#"["u"]"#] {
        let (told, line) = good(body, manage::session());
        assert_eq!(
            (told.to_string().replace(':', ": "), line.as_str()),
            (body.into(), "GET /api/v1/session/")
        );
    }
}

#[test]
fn namespaces_and_activity() {
    let body = r#"[{"name": "garage", "description": "None", "data_survival_time": 180, "http_write_method": "both",
                    "read_by_key": "False", "read_key": "None", "write_by_key": "True", "write_key": "secret", "new": ["kept"]}]"#;
    let (namespaces, line) = good(body, manage::namespaces(Some("garage")));
    assert_eq!(line, "GET /api/v1/namespace/?key=garage");
    let garage = &namespaces[0];
    assert_eq!((garage.name.as_str(), &garage.description), ("garage", &None));
    assert_eq!(garage.data_survival_time.as_deref(), Some("180"));
    assert_eq!((garage.write_by_key, garage.read_by_key), (Some(true), Some(false)));
    assert_eq!(garage.more["new"], serde_json::json!(["kept"]));
    assert!(!format!("{garage:?}").contains("secret"));
    let body = r#"{"registered_devices": [], "unregistered_devices":
                   [{"namespace": "garage", "uid": "7", "last_contact": "2015-05-01T00:00:00.5"}]}"#;
    let (activity, line) = good(body, manage::activity("garage").unwrap());
    assert_eq!(line, "GET /api/v1/namespace/garage/activity/");
    assert_eq!(activity.unregistered_devices[0].last_contact, at("2015-05-01T00:00:00.5"));
    let body =
        r#"{"registered_devices": [{"uid": "a", "access_key": "secret"}], "unregistered_devices": null}"#;
    let (activity, _) = good(body, manage::activity("garage").unwrap());
    assert_eq!((activity.registered_devices.len(), activity.unregistered_devices.len()), (1, 0));
    assert!(!format!("{activity:?}").contains("secret"));
}

#[test]
fn devices_at_every_depth() {
    let (devices, line) =
        good(r#"[{"uid": "a"}, {"uid": 7}]"#, manage::devices("ns", None, Some(0)).unwrap());
    assert_eq!(line, "GET /api/v1/namespace/ns/device/?depth=0");
    assert_eq!(devices.iter().map(|device| device.uid.as_str()).collect::<Vec<_>>(), ["a", "7"]);
    let body = r#"[{"uid": "a", "namespace": "ns", "device_type": "3", "active": "True", "lat": "57.5", "lon": -1, "alias": "None",
                    "last_contact": "None", "timeout_limit": "600", "access_key": "secret"}]"#;
    let (device, line) = good(body, manage::device("ns", "a").unwrap());
    assert_eq!(line, "GET /api/v1/namespace/ns/device/?depth=1&uid=a");
    assert_eq!(device.device_type.as_ref().and_then(manage::DeviceTypeRef::id), Some(3));
    assert_eq!((device.lat, device.lon, device.timeout_limit), (Some(57.5), Some(-1.0), Some(600)));
    assert_eq!((device.alias.clone(), device.last_contact, device.active), (None, None, Some(true)));
    assert!(!format!("{device:?}").contains("secret"));
    let body = r#"[{"uid": "a", "device_type": {"id": "3", "name": "cart"}, "children": [{"uid": "b"}]}]"#;
    let (devices, _) = good(body, manage::devices("ns", Some("a*"), Some(3)).unwrap());
    let Some(manage::DeviceTypeRef::Type(cart)) = &devices[0].device_type else { panic!("no type") };
    assert_eq!(cart.name.as_deref(), Some("cart"));
    assert_eq!(devices[0].more["children"][0]["uid"], "b");
    for others in ["[]", r#"[{"uid": "b"}, {"uid": "A"}]"#] {
        let missing = ask(others, manage::device("ns", "a").unwrap()).0.unwrap_err();
        assert_eq!(missing.code(), ErrorCode::NotFound);
    }
    let (device, _) =
        good(r#"[{"uid": "b"}, {"uid": "a", "alias": "it"}]"#, manage::device("ns", "a").unwrap());
    assert_eq!(device.alias.as_deref(), Some("it"), "a service that answers all of them");
}

#[test]
fn searching_gives_names_or_devices() {
    let (found, line) =
        good(r#"{"meta": {"term": "a*"}, "data": ["ns.a", "ns.ab"]}"#, manage::search_guids("a*", 5));
    assert_eq!(line, "GET /api/v1/search_devices/?term=a*&full=False&limit=5");
    assert_eq!(found, ["ns.a", "ns.ab"]);
    let (found, _) = good(r#"{"data": [{"uid": "a"}]}"#, manage::search_devices("a", 5));
    assert_eq!(found[0].uid, "a");
    assert!(good(r#"{"data": null}"#, manage::search_guids("a", 5)).0.is_empty());
}

#[test]
fn types_and_what_belongs_to_them() {
    let (types, line) = good(
        r#"[{"id": "2", "accepts_children": "False"}]"#,
        manage::device_types("ns", Some(2), Some(1)).unwrap(),
    );
    assert_eq!(line, "GET /api/v1/namespace/ns/device_type/?_key=2&depth=1");
    assert_eq!((types[0].id, types[0].accepts_children), (2, Some(false)));
    let body = r#"[{"id": 4, "version": "1.2", "filesize": "1048576", "md5_digest": "00ff", "image": "fw/a.bin", "enabled": "True",
                    "uploaded": "2020-01-02T03:04:05"}, {"id": 5}]"#;
    let (firmwares, line) = good(body, manage::firmwares("ns", 2, None).unwrap());
    assert_eq!(line, "GET /api/v1/namespace/ns/device_type/2/firmware/");
    assert_eq!((firmwares[0].filesize, firmwares[0].enabled), (Some(1 << 20), true));
    assert_eq!(firmwares[0].uploaded, at("2020-01-02T03:04:05"));
    assert!(!firmwares[1].enabled, "what does not say so is not enabled");
    let body = r#"[{"id": "9", "name": "speed", "data_type": "number", "unit_symbol": "m/s"}]"#;
    let (definitions, _) = good(body, manage::field_definitions("ns", 2, None).unwrap());
    assert_eq!(definitions[0].unit_symbol.as_deref(), Some("m/s"));
}

#[test]
fn registration_tells_its_keys_and_its_refusals() {
    let wanted = manage::Registration {
        uids: "d1-2",
        device_type_id: 3,
        force: true,
        batch: true,
        reg_code_length: Some(8),
        ..Default::default()
    };
    let body = r#"{"registration_result": {"requested_uids": ["d1", "d2"], "errors": [],
                   "devices": [{"uid": "d1", "access_key": "secret", "reg_code": "None"}, {"uid": "d2"}]},
                   "datetime": "2020-01-02T03:04:05", "namespace": "ns", "user": "u",
                   "input_parameters": {"csrfmiddlewaretoken": "secret"}}"#;
    let (registered, line) = good(body, manage::register("ns", &wanted).unwrap());
    let form =
        "device_uid=d1-2&device_type_id=3&force=True&active=False&batch_register=True&reg_code_length=8";
    assert_eq!(line, format!("POST /api/v1/namespace/register_device/ns/ {form}"));
    assert_eq!(registered.devices[0].access_key.as_deref(), Some("secret"));
    assert_eq!((&registered.devices[0].reg_code, registered.datetime), (&None, at("2020-01-02T03:04:05")));
    assert_eq!(registered.more["requested_uids"][1], "d2");
    assert_eq!(registered.more["user"], "u");
    assert!(!format!("{registered:?}").contains("secret"));
    let refusal = r#"{"error": "uid d1 is\n there already", "datetime": "x"}"#;
    let refused = ask(refusal, manage::register("ns", &wanted).unwrap()).0.unwrap_err();
    assert_eq!((refused.code(), refused.status()), (ErrorCode::NotAllowed, Some(200)));
    assert!(refused.to_string().contains("uid d1 is  there already"), "{refused}");
    for echo in [
        r#"{"error": "bad form: csrfmiddlewaretoken=T0ken"}"#,
        r#"{"error": "no: T0ken", "input_parameters": {"csrfmiddlewaretoken": "T0ken"}}"#,
    ] {
        let refused = ask(echo, manage::register("ns", &wanted).unwrap()).0.unwrap_err();
        assert!(
            refused.code() == ErrorCode::NotAllowed && !refused.to_string().contains("T0ken"),
            "{refused}"
        );
    }
    let server = Recorder::start(|_| json(r#"{"error": {"d1": "no"}}"#));
    let text = server.client().ask_json(manage::register("ns", &wanted).unwrap()).unwrap_err();
    assert_eq!(text.code(), ErrorCode::NotAllowed, "the text alone would look like a success");
    let many = manage::Registration { serial: Some("1"), ..wanted };
    assert_eq!(manage::register("ns", &many).err().unwrap().code(), ErrorCode::InvalidArgument);
}

#[test]
fn configuring_answers_the_device_alone_or_in_a_list() {
    let settings = [Setting::Alias("Cart & co".into()), Setting::Lat(57.5), Setting::Active(false)];
    for body in [
        r#"{"uid": "a", "alias": "Cart & co"}"#,
        r#"[{"uid": "a", "alias": "Cart & co"}]"#,
        r#" [{"uid": "a", "alias": "Cart & co"}, {"uid": "b"}]"#,
    ] {
        let (device, line) = good(body, manage::configure("ns", "a", &settings).unwrap());
        let form = "alias=Cart+%26+co&lat=57.5&active=False";
        assert_eq!(line, format!("POST /api/v1/namespace/configure_device/ns/a/ {form}"));
        assert_eq!(device.alias.as_deref(), Some("Cart & co"));
    }
    let none = ask("[]", manage::configure("ns", "a", &settings).unwrap()).0.unwrap_err();
    assert_eq!(none.code(), ErrorCode::NotFound);
    for (body, place) in [(r#"{"uid": "a", "lat": "x"}"#, "lat has"), (r#"[{"lat": 1}]"#, "[0] has")] {
        let error = ask(body, manage::configure("ns", "a", &settings).unwrap()).0.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidAnswer);
        assert!(error.to_string().contains(place), "{error}");
    }
    let (answer, line) = good("{}", manage::set_fields("ns", "a", &[("Group name.Property", "on")]).unwrap());
    assert_eq!(line, "POST /api/v1/device_control/set_fields/ns/a/ Group+name.Property=on");
    assert!(answer.is_object());
}

#[test]
fn messages_come_as_objects_and_as_lists() {
    let message = r#"{"id": "7", "status": "sent", "error_level": "0", "user": "u", "send_time": "2020-01-02T03:04:05",
                      "device": "a", "message": "[{\"data\": \"on\", \"namespace\": \"ns\", \"uid\": \"a\", \"timestamp\": \"1.5\"}]"}"#;
    let (sent, line) = good(message, manage::send_message("ns", "a", "on").unwrap());
    assert_eq!(line, "POST /api/v1/message/ns/a/ message=on&format=json");
    assert_eq!((sent.id.as_deref(), sent.send_time), (Some("7"), at("2020-01-02T03:04:05")));
    let packets = sent.packets().unwrap();
    assert_eq!((packets[0].uid.as_deref(), packets[0].data.as_str()), (Some("a"), "on"));
    assert_eq!(packets[0].timestamp, Some(Timestamp::from_micros(1_500_000)));
    let (listed, line) =
        good(&format!("[{message}]"), manage::messages("ns", "a", Some(0), Some(9)).unwrap());
    assert_eq!((listed.len(), line.as_str()), (1, "GET /api/v1/message/ns/a/?from=0&to=9"));
    good(&format!("[{message}]"), manage::send_message("ns", "a", "on").unwrap());
    let bare = r#"[{"message": [{"data": "None", "uid": "a"}]}]"#;
    let (listed, _) = good(bare, manage::messages("ns", "a", None, None).unwrap());
    assert_eq!(listed[0].packets().unwrap()[0].data, "None", "a text as any other");
}

#[test]
fn values_statistics_and_the_typical_day() {
    let place = manage::ValueRef { namespace: "ns", device: "a", field: "f", reference: "1430438400000000" };
    let body = r#"{"namespace_name": "ns", "uid": "a", "field_name": "f", "value": 12.5, "timestamp": "2015-05-01T00:00:00",
                   "ref": "1430438400000000", "meta": {}}"#;
    let (value, line) = good(body, manage::value(&place).unwrap());
    assert_eq!(line, "GET /api/v1/value/ns/a/f/1430438400000000/");
    assert_eq!((value.value.as_str(), value.timestamp), ("12.5", at("2015-05-01T00:00:00")));
    let odd = manage::ValueRef { reference: "2015-05-01T00:00:00+0200,a=", ..place };
    let (_, line) = good(r#"{"value": "1"}"#, manage::value(&odd).unwrap());
    assert_eq!(line, "GET /api/v1/value/ns/a/f/2015-05-01T00:00:00%2B0200%2Ca%3D/");
    let (none, _) = good(r#"{"value": "None", "timestamp": "None"}"#, manage::value(&place).unwrap());
    assert_eq!((none.value.as_str(), none.timestamp), ("None", None), "the text that was stored");
    let body = r#"{"meta": {}, "values_in_way_past": "0", "values_in_future": 2, "daily_activity": [["2015-05-01", "10", 100.0]],
                   "calendar": {"2015": 1}}"#;
    let (statistics, line) = good(body, manage::statistics("ns", "a", "f", true).unwrap());
    assert_eq!(line, "GET /api/v1/timeseries/statistics/ns/a/f/?build_calendar=True");
    let day = &statistics.daily_activity[0];
    assert_eq!((day.date.as_str(), day.count, day.percent), ("2015-05-01", Some(10), Some(100.0)));
    let query = manage::TypicalQuery {
        span: Range { from: at("2015-05-01T00:00:00"), to: None }.into(),
        grouping: manage::Grouping::Hourly,
        diff_before_analysis: true,
        exclude_descriptors: &["count", "50%"],
        ..Default::default()
    };
    let body = r#"{"distances": [{"group_name": "2015-05-01", "dist": "1.5"}, {"group_name": "2015-05-02", "dist": "nan"}],
                   "T_med": {"mean": "2.5"}, "meta": {}}"#;
    let (typical, line) = good(body, manage::distance_to_typical("ns", "a", "f", &query).unwrap());
    let path = "/api/v1/timeseries/analysis/distance_to_typical/ns/a/f/";
    let rest = "grouping=hourly&order=date&diff_before_analysis=True&exclude_descriptors=count%2C50%25";
    assert_eq!(line, format!("GET {path}?from=2015-05-01T00%3A00%3A00.000000&{rest}"));
    assert_eq!((typical.distances[0].dist, typical.distances[1].dist), (Some(1.5), None));
}

#[test]
fn numbers_that_are_none_are_nothing() {
    let query = manage::TypicalQuery::default();
    let body =
        r#"{"distances": [{"group_name": "NaN", "dist": NaN}], "T_med": {"std": NaN, "max": -Infinity}}"#;
    let question = || manage::distance_to_typical("n", "d", "f", &query).unwrap();
    let (typical, _) = good(body, question());
    assert_eq!((typical.distances[0].group_name.as_str(), typical.distances[0].dist), ("NaN", None));
    assert!(typical.median["std"].is_null() && typical.median["max"].is_null());
    let body = body.to_owned();
    let text = Recorder::start(move |_| json(&body)).client().ask_json(question()).unwrap();
    assert!(text.contains(r#"{"std": null, "max": null}"#), "{text}");
    let (nothing, _) = good(r#"{"distances": null, "T_med": null}"#, question());
    assert!(nothing.distances.is_empty() && nothing.median.is_empty());
    let series = Recorder::start(|_| json(r#"{"data":{"ts_data":[{"t":"2015-05-01","v":NaN}]}}"#));
    let series = series.client().load_series("n", "d", "f", Range::default()).unwrap();
    assert_eq!(series.into_numbers(), (vec![], vec![], 1));
}

#[test]
fn the_place_that_does_not_fit_is_named_and_nothing_else() {
    let body = r#"[{"uid": "a"}, {"uid": "b", "timeout_limit": "the-secret-word"}]"#;
    let error = ask(body, manage::devices("ns", None, None).unwrap()).0.unwrap_err();
    assert_eq!((error.code(), error.phase()), (ErrorCode::InvalidAnswer, Phase::Decode));
    assert!(error.to_string().contains("[1].timeout_limit has another shape"), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    let long = format!(
        "{{\"T_med\": {{}}, \"distances\": [{{\"group_name\": [], \"{}\": 1}}]}}",
        "x".repeat(10_000)
    );
    let error =
        ask(&long, manage::distance_to_typical("n", "d", "f", &Default::default()).unwrap()).0.unwrap_err();
    assert!(error.to_string().contains("distances[0].group_name"), "{error}");
    assert!(error.to_string().len() < 400, "{error}");
    let trailing = ask("[] []", manage::namespaces(None)).0.unwrap_err();
    assert!(trailing.to_string().contains("no valid JSON at line 1"), "{trailing}");
}

#[test]
fn what_makes_no_sense_is_never_sent() {
    let place = |reference| manage::ValueRef { namespace: "n", device: "d", field: "f", reference };
    let long = "1".repeat(129);
    let errors = [
        manage::activity("../x").err(),
        manage::devices("n", None, Some(4)).err(),
        manage::device_types("n", None, Some(3)).err(),
        manage::device("n", "a/b").err(),
        manage::messages("n", "", None, None).err(),
        manage::send_message("n", "d", "").err(),
        manage::statistics("n", "d", "_key", false).err(),
        manage::register("n", &Default::default()).err(),
        manage::value(&place("")).err(),
        manage::value(&place("..")).err(),
        manage::value(&place("1/2")).err(),
        manage::value(&place("1%2f2")).err(),
        manage::value(&place("1?2")).err(),
        manage::value(&place("\u{e9}")).err(),
        manage::value(&place(&long)).err(),
    ];
    for (index, error) in errors.into_iter().enumerate() {
        let code = error.unwrap_or_else(|| panic!("{index} is sent")).code();
        assert!(matches!(code, ErrorCode::InvalidName | ErrorCode::InvalidArgument), "{index}: {code:?}");
    }
    let query = manage::TypicalQuery { exclude_descriptors: &["median"], ..Default::default() };
    assert!(manage::distance_to_typical("n", "d", "f", &query).is_err());
    assert!(manage::Grouping::parse("yearly").is_err() && manage::Order::parse("").is_err());
}

#[test]
fn an_event_loop_asks_the_same() {
    let server = Recorder::start(|_| json(r#"[{"uid": "a"}]"#));
    let client = server.client();
    let question = manage::devices("ns", None, None).unwrap();
    let answer = Driver::new(&client).perform(&client, client.ask_call(&question)).unwrap();
    assert_eq!(question.read(&answer).unwrap()[0].uid, "a");
}

#[test]
fn a_session_is_saved_and_taken_up_by_another_client() {
    let server = support::vectors_server();
    let first = server.client();
    assert!(first.save_session().is_none());
    first.login("u", "p").unwrap();
    let text = serde_json::to_string(&first.save_session().unwrap()).unwrap();
    assert!(!format!("{:?}", first.save_session()).contains("SESS456"));
    let second = server.client();
    second.resume_session(&serde_json::from_str(&text).unwrap()).unwrap();
    second.ask_json(manage::send_message("ns", "a", "on").unwrap()).unwrap();
    let seen = server.seen().pop().unwrap();
    assert_eq!(seen.headers["cookie"], "csrftoken=CSRF123; sessionid=SESS456");
    assert!(seen.body.ends_with("csrfmiddlewaretoken=CSRF123"), "{}", seen.body);
    for bad in [r#"{"csrftoken":"a; b","sessionid":"c"}"#, r#"{"csrftoken":"a","sessionid":"c\r\nX: y"}"#] {
        let error = second.resume_session(&serde_json::from_str(bad).unwrap()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
    }
}
