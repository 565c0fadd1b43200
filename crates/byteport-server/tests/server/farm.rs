// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A namespace with a gateway and its devices, types and firmwares, for the tests of these.

use std::fs;

use serde_json::Value;

use crate::client::Client;
use crate::fixture::{SEED, Server};

/// What the first firmware's file holds.
pub const IMAGE: &[u8] = b"\x00firmware\xff 1.0, long enough to be cut";
/// Its digest.
pub const DIGEST: &str = "3fea31ec17071f42e70cf3434b5b92f0";

pub const FARM: &str = r#"
[[namespaces]]
name = "farm"
write_key = "w-key-5ecret"
http_write_method = "both"
[[namespaces.device_types]]
name = "gateway"
accepts_children = true
timeout_limit = 60
[[namespaces.device_types.firmware]]
version = "1.0"
file = "images/gw-1.0.bin"
comment = "the first <b>"
[[namespaces.device_types.firmware]]
version = "2.0"
image = "by-hand.bin"
enabled = false
[[namespaces.device_types.field_definitions]]
name = "load"
data_type = "number"
unit_symbol = "%"
[[namespaces.device_types]]
name = "probe"
[[namespaces.devices]]
uid = "gw-1"
device_type = "gateway"
access_key = "d-key-5ecret"
lat = 55.5
lon = -13.25
[[namespaces.devices]]
uid = "probe-1"
device_type = "probe"
parent = "gw-1"
alias = "'; DROP TABLE device;--<script>"
[[namespaces.devices]]
uid = "probe-2"
parent = "gw-1"
timeout_limit = 3600
offline_alarm = true
active = false
"#;

/// A server with the usual seed and the farm.
pub fn start() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("images")).expect("a folder");
    fs::write(folder.path().join("images/gw-1.0.bin"), IMAGE).expect("a file");
    Server::within(folder, &seed(), &[])
}

/// The usual seed and the farm.
pub fn seed() -> String {
    SEED.replacen(r#"["my_garage", "test"]"#, r#"["farm", "my_garage", "test"]"#, 1) + FARM
}

/// The texts of one member of each object in a list.
pub fn each(list: &Value, member: &str) -> Vec<String> {
    let text = |item: &Value| item[member].as_str().unwrap_or("(none)").to_owned();
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().map(text).collect()
}

/// What a call answers that works.
pub fn json(client: &Client, path: &str) -> Value {
    let reply = client.get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.json()
}

/// Every one of these calls is answered with this status.
pub fn refused(client: &Client, status: u16, paths: &[&str]) {
    for path in paths {
        let reply = client.get(path);
        assert_eq!(reply.status, status, "{path}: {}", reply.body);
    }
}
