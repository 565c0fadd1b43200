// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! No key, password or cookie in any log line, error text or `Debug`, at the most talkative level there is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

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

/// One that looks different in a URL.
const SPECIAL_KEY: &str = "s3cr t/k&y";
const SECRETS: [&str; 8] = [
    KEY,
    SPECIAL_KEY,
    "s3cr+t%2Fk%26y",
    "pass word&9",
    "pass+word%269",
    "CSRF123",
    "SESS456",
    "proxy-pass-7",
];

fn check(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in: {text}");
    }
}

/// A certificate file whose line breaks were lost is one long line, and that line is a private key.
#[test]
fn a_damaged_certificate_file_is_not_repeated() {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem();
    let (pem, host) = (key.serialize_pem(), format!("https://{}", vectors_server().host()));
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let good = write("good.pem", &certificate);
    let damaged = [
        (certificate.clone() + &pem).replace('\n', ""),
        certificate.clone() + &pem.replace('\n', " "),
        certificate.clone() + &pem.replace('\n', ""),
        certificate.clone() + &pem.replace("-----END", ""),
        certificate.clone() + &pem.replace("-----\n", "-----\n!"),
    ];
    let inner = pem.lines().nth(1).unwrap();
    let numbers: Vec<String> = inner.bytes().take(20).map(|byte| byte.to_string()).collect();
    for text in &damaged {
        let path = write("damaged.pem", text);
        let options = Options::new().host(&host).namespace("n").key(KEY).device("d").no_proxy();
        for options in [options.clone().ca_file(&good).client_cert(&path), options.ca_file(&path)] {
            let Err(error) = Client::new(options).unwrap().heartbeat(None) else { panic!("it was used") };
            let said = format!("{error} {error:?} {:?}", error.causes());
            assert!(!said.contains(&numbers.join(", ")) && !said.contains(&inner[..20]), "{said}");
        }
    }
}

#[test]
fn secrets_stay_secret() {
    log::set_logger(&Catcher).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let good = vectors_server();
    let echo =
        |what: &str| answer("500 Broken", "Content-Type: text/plain\r\n", &what[..what.len().min(500)]);
    let bad = Recorder::start(move |seen| match seen.path() {
        "/api/v1/login/" if seen.method == "GET" => answer("200 OK", "Set-Cookie: csrftoken=CSRF123\r\n", ""),
        _ if seen.method == "GET" => echo(&seen.target),
        _ => echo(&seen.body),
    });
    let proxied = Proxy::parse("socks5://user:proxy-pass-7@127.0.0.1:1").unwrap();
    let hosts = [good.host(), bad.host(), "127.0.0.1:1".to_owned(), "x.invalid".to_owned()];
    let mut failures = 0;
    for host in &hosts {
        for (method, key) in
            [(Method::Post, KEY), (Method::Get, KEY), (Method::Post, SPECIAL_KEY), (Method::Get, SPECIAL_KEY)]
        {
            let options = Options::new().host(host).namespace("n").key(key).device("d").store_method(method);
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
                    client.login("user", "pass word&9").err(),
                    client.get_json("/api/v1/session/", &[]).err(),
                    client.perform(client.post_call("/x", byteport_core::http::Form::new())).err(),
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
