// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! No key, password or cookie in any log line, error text or `Debug`, at the most talkative level there is.

mod support;

use std::sync::Mutex;

use byteport_core::model::Reading;
use byteport_core::{Client, Method, Options, Proxy};
use support::{KEY, Recorder, answer, vectors_server};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Catcher;

impl log::Log for Catcher {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        LINES.lock().unwrap().push(format!("{} {}", record.target(), record.args()));
    }
    fn flush(&self) {}
}

const SECRETS: [&str; 5] = [KEY, "pass-word-9", "CSRF123", "SESS456", "proxy-pass-7"];

fn check(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in: {text}");
    }
}

#[test]
fn secrets_stay_secret() {
    log::set_logger(&Catcher).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let good = vectors_server();
    let bad = Recorder::start(|seen| answer("400 Bad", "Content-Type: text/plain\r\n", &format!("{seen:?}")));
    let proxied = Proxy::parse("socks5://user:proxy-pass-7@127.0.0.1:1").unwrap();
    let hosts = [good.host(), bad.host(), "127.0.0.1:1".to_owned(), "x.invalid".to_owned()];
    let mut failures = 0;
    for host in &hosts {
        for method in [Method::Post, Method::Get] {
            let options = Options::new().host(host).namespace("n").key(KEY).device("d").store_method(method);
            let clients = [
                Client::new(options.clone().no_proxy()).unwrap(),
                Client::new(options.proxy(proxied.clone())).unwrap(),
            ];
            for client in clients {
                check(&format!("{client:?} {:?}", client.options()));
                let mut reading = Reading::new();
                reading.set("a", 1).unwrap();
                let results = [
                    client.store(&reading).err(),
                    client.login("user", "pass-word-9").err(),
                    client.get_json("/api/v1/session/", &[]).err(),
                    client.session_post("/x", &byteport_core::http::Form::new()).err(),
                    client.logout().err(),
                ];
                for error in results.into_iter().flatten() {
                    check(&format!("{error} {error:?} {:?}", error.causes()));
                    failures += 1;
                }
            }
        }
    }
    assert!(failures > 30, "{failures}: the failing paths were walked");
    let lines = LINES.lock().unwrap();
    assert!(lines.iter().any(|line| line.starts_with("byteport::http logged in")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("ureq")), "what ureq says is heard, too");
    lines.iter().for_each(|line| check(line));
}
