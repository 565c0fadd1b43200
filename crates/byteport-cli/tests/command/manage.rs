// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Namespaces, devices, their types, registering, configuring, messages and control fields.

use crate::support::{ACCESS_KEY, KEY, Server, USER, run, run_with};

/// The lines of CSV text without its header, and the place of each column.
fn csv(server: &Server, args: &[&str], columns: &[&str]) -> Vec<Vec<String>> {
    let text = server.ok(&[args, &["--format", "csv"]].concat());
    let mut lines = text.split_terminator("\r\n");
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &&str| {
        header.iter().position(|known| known == name).unwrap_or_else(|| panic!("no {name}: {text}"))
    };
    let places: Vec<usize> = columns.iter().map(place).collect();
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            places.iter().map(|place| cells[*place].to_owned()).collect()
        })
        .collect()
}

#[test]
fn namespaces_and_their_keys() {
    let server = Server::start();
    let table = server.ok(&["namespaces"]);
    assert!(table.starts_with("name ") && table.contains("garage") && !table.contains("cellar"), "{table}");
    for format in ["table", "csv", "json"] {
        let shown = |more: &[&str]| server.ok(&[&["namespaces", "--all", "--format", format], more].concat());
        assert!(!shown(&[]).contains(KEY), "{format}");
        assert!(shown(&["--secrets"]).contains(KEY), "{format}");
    }
    assert_eq!(csv(&server, &["namespaces", "garage"], &["name", "http_write_method"]), [["garage", "both"]]);
    let json: serde_json::Value =
        serde_json::from_str(&server.ok(&["namespaces", "--format", "json"])).unwrap();
    assert_eq!(json[0]["name"], "garage");
}

#[test]
fn devices_are_listed_and_found() {
    let server = Server::start();
    for device in ["cart-1", "cart-2", "shed"] {
        server.ok(&["store", "--device", device, "a=1"]);
    }
    let type_id = type_id(&server);
    for uid in ["cart-1", "cart-2", "shed"] {
        server.ok(&["register", "garage", uid, "--type", &type_id]);
    }
    let uids = |args: &[&str]| {
        let mut uids: Vec<String> = csv(&server, args, &["uid"]).concat();
        uids.sort_unstable();
        uids
    };
    assert_eq!(uids(&["devices"]), ["cart-1", "cart-2", "shed", "wall-1"]);
    assert_eq!(uids(&["devices", "garage", "--depth", "0"]), ["cart-1", "cart-2", "shed", "wall-1"]);
    assert_eq!(uids(&["devices", "garage", "cart-*"]), ["cart-1", "cart-2"]);
    assert_eq!(uids(&["devices", "garage", "shed"]), ["shed"]);
    assert_eq!(uids(&["devices", "--search", "cart"]), ["cart-1", "cart-2"]);
    assert_eq!(uids(&["devices", "--search", "garage.shed."]), ["shed"]);
    assert_eq!(uids(&["devices", "--search", "cart", "--limit", "1"]).len(), 1);
    assert_eq!(uids(&["devices", "garage", "--active"]), ["cart-1", "cart-2", "shed"]);
    let deep = server.ok(&["devices", "garage", "wall-1", "--depth", "2", "--format", "json"]);
    assert!(deep.contains("thermometer") && !deep.contains(ACCESS_KEY), "{deep}");
    assert!(server.ok(&["devices", "garage", "--secrets"]).contains(ACCESS_KEY));
}

#[test]
fn who_is_not_registered_is_active_too() {
    let server = Server::start();
    server.ok(&["store", "--device", "stray", "a=1"]);
    server.ok(&["store", "--device", "wall-1", "a=1"]);
    let mut seen = csv(&server, &["devices", "--active"], &["uid", "registered"]);
    seen.sort_unstable();
    assert_eq!(seen, [["stray", "False"], ["wall-1", "True"]]);
}

fn type_id(server: &Server) -> String {
    csv(server, &["types"], &["id"]).concat().concat()
}

#[test]
fn types_fields_and_firmware() {
    let server = Server::start();
    let id = type_id(&server);
    assert_eq!(csv(&server, &["types", "garage", &id], &["name"]), [["thermometer"]]);
    let fields = csv(&server, &["fields", "garage", &id], &["name", "data_type", "unit_symbol"]);
    assert_eq!(fields, [["temperature", "number", "°C"]]);
    let mut firmware = csv(&server, &["firmware", "list", "garage", &id], &["version", "enabled"]);
    firmware.sort_unstable();
    assert_eq!(firmware, [["1.0", "False"], ["2.0", "True"]]);
}

#[test]
fn registered_devices_store_with_their_keys() {
    let server = Server::start();
    let id = type_id(&server);
    let keys = csv(&server, &["register", "garage", "n1", "--type", &id], &["uid", "access_key"]);
    assert_eq!(keys[0][0], "n1");
    let mut command = server.command();
    command.env("BYTEPORT_KEY", &keys[0][1]).args(["store", "--device", "n1", "a=1"]);
    assert_eq!(run(&mut command).ok(), "");
    server.run(&["register", "garage", "n1", "--type", &id]).fails(1, &["the service did not register"]);
    let again = csv(&server, &["register", "garage", "n1", "--type", &id, "--force"], &["access_key"]);
    assert_ne!(again[0][0], keys[0][1]);
    let some = csv(
        &server,
        &["register", "garage", "n8-11", "--range", "--type", &id, "--reg-code-length", "6"],
        &["uid", "reg_code"],
    );
    assert_eq!(some.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["n8", "n9", "n10", "n11"]);
    assert!(some.iter().all(|row| row[1].len() == 6), "{some:?}");
    let text = server.ok(&["register", "garage", "n20,n21", "--type", &id, "--inactive", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(json["registration_result"]["devices"][1]["access_key"].is_string(), "{text}");
    assert_eq!(csv(&server, &["devices", "garage", "n20"], &["active"]), [["False"]]);
    assert_eq!(csv(&server, &["devices", "garage", "n9"], &["active"]), [["True"]]);
    server.run(&["register", "garage", "x", "--type", "9999"]).fails(1, &["the service did not register"]);
    let serial = ["register", "garage", "a1-2", "--range", "--serial", "S", "--type", &id];
    server.run(&serial).fails(2, &["cannot be used with"]);
}

#[test]
fn a_device_is_configured() {
    let server = Server::start();
    let configure = |pairs: &[&str]| server.run(&[&["configure", "wall-1"], pairs].concat());
    assert_eq!(configure(&["alias=The warm one", "lat=65.5", "timeout_limit=600", "active=False"]).ok(), "");
    let row = csv(&server, &["devices", "garage", "wall-1"], &["alias", "lat", "timeout_limit", "active"]);
    assert_eq!(row, [["The warm one", "65.5", "600", "False"]]);
    configure(&["colour=red"]).fails(2, &["no setting \"colour\"", "alias"]);
    configure(&["lat=91"]).fails(2, &["-90 to 90"]);
    configure(&["alias"]).fails(2, &["\"alias\" is not NAME=VALUE"]);
    configure(&[]).fails(2, &["required"]);
    server.run(&["configure", "nobody", "alias=x"]).fails(1, &["HTTP 404"]);
    server.run(&["configure", "a.b.c", "alias=x"]).fails(2, &["neither NAMESPACE.DEVICE nor DEVICE"]);
    server.run(&["configure", "wall-1", "alias=x", "--namespace", "cellar"]).fails(1, &["HTTP 403"]);
}

#[test]
fn messages_are_sent_and_listed() {
    let server = Server::start();
    assert_eq!(server.ok(&["message", "send", "garage.wall-1", "open the door"]), "");
    let sent = run_with(server.command().args(["message", "send", "wall-1", "-"]), "-close it\n");
    assert_eq!(sent.ok(), "");
    let table = server.ok(&["message", "list", "wall-1"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[1].ends_with("-close it\\n") && lines[2].ends_with("open the door"), "{table}");
    let first = server.ok(&["message", "list", "wall-1", "--from", "1", "--to", "1", "--format", "json"]);
    assert!(first.contains("open the door") && !first.contains("close"), "{first}");
    assert_eq!(server.ok(&["message", "send", "wall-1", "--user", USER, "again"]), "");
    server.run(&["message", "send", "wall-1", ""]).fails(2, &["the message is empty"]);
    server.run(&["message", "send", "nobody", "x"]).fails(1, &["HTTP 404"]);
    server.run(&["message", "list", "cellar.x1"]).fails(1, &["HTTP 403"]);
}

#[test]
fn fields_are_set() {
    let server = Server::start();
    assert_eq!(server.ok(&["set", "wall-1", "Group name.Switch=on", "level=5", "empty=", "a=b=c"]), "");
    server.run(&["set", "wall-1", "=on"]).fails(2, &["no name"]);
    server.run(&["set", "wall-1", "on"]).fails(2, &["\"on\" is not PATH=VALUE"]);
    server.run(&["set", "cellar.x1", "a=1"]).fails(1, &["HTTP 403"]);
}

#[test]
fn ping_needs_no_login() {
    let server = Server::start();
    let mut command = server.command();
    command.env_remove("BYTEPORT_USER").arg("ping");
    let text = run(&mut command).ok();
    assert!(text.starts_with(&format!("{} answered in ", server.url)), "{text}");
    run(server.command().arg("ping").env("BYTEPORT_HOST", crate::support::service("{\"test\":1}")))
        .fails(4, &["no Byteport service"]);
}
