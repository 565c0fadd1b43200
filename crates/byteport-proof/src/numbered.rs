// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Readings made from numbers: device, field, time and value of each follow from its number, and the number from its value.
//!
//! Two readings in a row share device and time and differ in the field, so that they may travel in one call. Every twentieth is
//! stamped by the outbox, on a device of its own.

use std::sync::Arc;

use byteport_core::broker::BrokerOptions;
use byteport_core::model::{Reading, Timestamp};
use byteport_core::{Client, Options};

/// The namespace of all.
pub const NAMESPACE: &str = "proof";
/// The key that stores in it.
pub const KEY: &str = "Kq7-write-key-of-the-proof";
/// The key for lists of packets.
pub const LEGACY_KEY: &str = "Lq7-legacy-key-of-the-proof";
/// The fields.
pub const FIELDS: [&str; 2] = ["a", "b"];

const DEVICES: u64 = 5;
const STAMPED_BY_OUTBOX: &str = "unstamped";
/// 2024-01-01.
const START: i64 = 1_704_067_200_000_000;

/// Every device that a number may have.
pub fn devices() -> Vec<String> {
    let numbered = (0..DEVICES).map(|device| format!("cart-{device}"));
    numbered.chain([STAMPED_BY_OUTBOX.to_owned()]).collect()
}

/// Whether the reading of this number has no time of its own.
pub fn is_unstamped(number: u64) -> bool {
    number % 20 == 12
}

/// The device of a number.
pub fn device(number: u64) -> String {
    if is_unstamped(number) { STAMPED_BY_OUTBOX.to_owned() } else { format!("cart-{}", number / 2 % DEVICES) }
}

/// The field of a number.
pub fn field(number: u64) -> &'static str {
    if is_unstamped(number) || number % 2 == 0 { FIELDS[0] } else { FIELDS[1] }
}

/// The time of a number, unless the outbox takes it.
pub fn time(number: u64) -> Timestamp {
    Timestamp::from_micros(START + (number / 2) as i64 * 1003)
}

/// The value of a number.
pub fn value(number: u64) -> i64 {
    number as i64 * 1_000_003 + 17
}

/// The number that has this value.
pub fn number_of(value: f64) -> Option<u64> {
    let whole = value as i64;
    let number = (whole - 17) / 1_000_003;
    (whole as f64 == value && number >= 0 && self::value(number as u64) == whole).then_some(number as u64)
}

/// The reading of a number.
pub fn reading(number: u64) -> Reading {
    let mut reading = Reading::unstamped();
    reading.set_device(&device(number)).unwrap().set(field(number), value(number)).unwrap();
    reading.set_timestamp(Some(time(number)).filter(|_| !is_unstamped(number)));
    reading
}

/// Settings of a client that stores to this host.
pub fn options(host: &str) -> Options {
    Options::new().host(host).namespace(NAMESPACE).key(KEY).device("cart-0").no_proxy()
}

/// Settings of a broker's client: its address with the scheme, login, password and virtual host.
pub fn broker([url, login, password, vhost]: [&str; 4]) -> BrokerOptions {
    let options = BrokerOptions::from_url(url).unwrap().login(login, password).vhost(vhost);
    options.namespace(NAMESPACE).device("cart-0")
}

/// A client that stores to this host.
pub fn client(host: &str) -> Arc<Client> {
    Arc::new(Client::new(options(host)).unwrap())
}

/// A client of a host where nobody listens.
pub fn nobody() -> Arc<Client> {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    client(&free.to_string())
}
