// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Device types, field definitions and firmwares as they are listed.

use serde_json::json;

use crate::farm::{self, DIGEST, IMAGE, each, refused};

const TYPES: &str = "/api/v1/namespace/farm/device_type/";

#[test]
fn types_have_the_shape_at_each_depth() {
    let server = farm::start();
    let client = server.logged_in();
    let list = farm::json(&client, TYPES);
    assert_eq!(each(&list, "name"), ["gateway", "probe"]);
    let id = list[0]["id"].as_str().expect("an id");
    let gateway = json!({
        "id": id, "name": "gateway", "namespace": "farm", "description": "None", "timeout_limit": "60",
        "accepts_children": "True", "command_channel": "None", "command_support": "False",
        "internet_connection": "True", "photo": "None",
    });
    assert_eq!(list[0], gateway);
    for key in ["key", "_key"] {
        assert_eq!(farm::json(&client, &format!("{TYPES}?{key}={id}&depth=1")), json!([gateway]));
    }
    assert_eq!(farm::json(&client, &format!("{TYPES}?key=999999")), json!([]));
    let bare = json!([{"id": id, "name": "gateway"}]);
    assert_eq!(farm::json(&client, &format!("{TYPES}?depth=0&key={id}")), bare);
    let deep = farm::json(&client, &format!("{TYPES}?depth=2"));
    let part = |name: &str| farm::json(&client, &format!("{TYPES}{id}/{name}/"));
    assert_eq!(deep[0]["field_definitions"], part("field_definition"));
    assert_eq!(deep[0]["firmwares"], part("firmware"));
    assert_eq!((&deep[1]["field_definitions"], &deep[1]["firmwares"]), (&json!([]), &json!([])));
    assert_eq!(farm::json(&client, "/api/v1/namespace/test/device_type/"), json!([]));
}

#[test]
fn firmwares_and_definitions_have_the_shape() {
    let server = farm::start();
    let client = server.logged_in();
    let id = &each(&farm::json(&client, TYPES), "id")[0];
    let list = farm::json(&client, &format!("{TYPES}{id}/firmware/"));
    let first = json!({
        "id": list[0]["id"], "version": "1.0", "filesize": IMAGE.len().to_string(), "md5_digest": DIGEST,
        "image": format!("firmware/farm/{DIGEST}/gw-1.0.bin"), "comment": "the first <b>", "uploader": "None",
        "uploaded": list[0]["uploaded"], "enabled": "True", "device_type": id,
    });
    assert_eq!(list[0], first);
    assert!(list[0]["uploaded"].as_str().is_some_and(|time| time.len() == 26), "{list}");
    assert_eq!((&list[1]["enabled"], &list[1]["filesize"]), (&json!("False"), &json!("None")));
    let key = list[1]["id"].as_str().expect("an id");
    assert_eq!(farm::json(&client, &format!("{TYPES}{id}/firmware/?_key={key}")), json!([list[1]]));
    let definitions = farm::json(&client, &format!("{TYPES}{id}/field_definition/"));
    let load = json!({
        "id": definitions[0]["id"], "name": "load", "data_type": "number", "object_type": "None",
        "encoding_type": "None", "unit": "None", "unit_symbol": "%", "role": "None",
        "list_separator": "None", "automation": "None", "default_processor": "None", "device_type": id,
        "description": "None",
    });
    assert_eq!(definitions, json!([load]));
    assert_eq!(farm::json(&client, &format!("{TYPES}{id}/field_definition/?key=999999")), json!([]));
    let wrapped = client.get(&format!("{TYPES}{id}/firmware/?key=999999&callback=cb"));
    assert_eq!(wrapped.body, "cb([]);");
}

#[test]
fn what_is_no_type_is_refused() {
    let server = farm::start();
    let client = server.logged_in();
    let id = &each(&farm::json(&client, TYPES), "id")[0];
    for part in ["firmware", "field_definition"] {
        refused(&client, 404, &[&format!("{TYPES}999999/{part}/"), &format!("{TYPES}0/{part}/")]);
        // A type of another namespace is none of this one.
        refused(&client, 404, &[&format!("/api/v1/namespace/test/device_type/{id}/{part}/")]);
        for bad in ["x", "-1", "1'--", "%2e%2e", "..%2F..", "99999999999999999999", "1%00", "+1"] {
            refused(&client, 400, &[&format!("{TYPES}{bad}/{part}/")]);
        }
        for bad in ["key=x", "key=", "key=1&_key=1", "key=99999999999999999999", "depth=1", "callback=a("] {
            refused(&client, 400, &[&format!("{TYPES}{id}/{part}/?{bad}")]);
        }
        refused(&client, 403, &[&format!("/api/v1/namespace/secluded/device_type/x/{part}/")]);
    }
    for bad in ["depth=3", "depth=-1", "depth=x", "key=x", "key=1%20OR%201=1", "uid=1"] {
        refused(&client, 400, &[&format!("{TYPES}?{bad}")]);
    }
}
