// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A client for the tests: plain calls, calls with a session, raw bytes.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

use crate::fixture::KEY;

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.filter_map(|line| line.split(';').next()?.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
    }
}

/// An answer that is not text.
pub struct File {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

#[derive(Clone)]
pub struct Client {
    agent: Agent,
    pub address: String,
    pub cookies: Vec<(String, String)>,
    pub referer: Option<String>,
}

impl Client {
    pub fn new(address: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)));
        let referer = Some(format!("http://{address}/api/v1/login/"));
        Self { agent: config.build().into(), address: address.to_owned(), cookies: vec![], referer }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.try_get(path).expect("an answer")
    }

    pub fn try_get(&self, path: &str) -> Result<Reply, ureq::Error> {
        self.call(path).map(reply)
    }

    pub fn get_bytes(&self, path: &str) -> File {
        let (head, mut body) = self.call(path).expect("an answer").into_parts();
        let bytes = body.with_config().limit(1 << 30).read_to_vec().expect("a body");
        File { status: head.status.as_u16(), headers: head.headers, bytes }
    }

    fn call(&self, path: &str) -> Result<Response<ureq::Body>, ureq::Error> {
        let mut request = self.agent.get(format!("http://{}{path}", self.address));
        if !self.cookies.is_empty() {
            request = request.header("Cookie", self.cookie_line());
        }
        if let Some(referer) = &self.referer {
            request = request.header("Referer", referer);
        }
        request.call()
    }

    pub fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Reply {
        self.post_raw(path, encode(pairs).as_bytes())
    }

    /// Posts a form with the token of the session's cookie.
    pub fn post_own(&self, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let token = [("csrfmiddlewaretoken", self.cookie("csrftoken"))];
        self.post(path, &[pairs, &token].concat())
    }

    pub fn post_raw(&self, path: &str, body: &[u8]) -> Reply {
        self.try_post(path, body).expect("an answer")
    }

    pub fn try_post(&self, path: &str, body: &[u8]) -> Result<Reply, ureq::Error> {
        let request = self.agent.post(format!("http://{}{path}", self.address));
        let mut request = request.header("Content-Type", "application/x-www-form-urlencoded");
        if !self.cookies.is_empty() {
            request = request.header("Cookie", self.cookie_line());
        }
        if let Some(referer) = &self.referer {
            request = request.header("Referer", referer);
        }
        request.send(body).map(reply)
    }

    /// Stores with the right key and says which status came back.
    pub fn store(&self, path: &str, pairs: &[(&str, &str)]) -> u16 {
        let mut all = vec![("_key", KEY)];
        all.extend_from_slice(pairs);
        self.post(&format!("/api/v1/timeseries/{path}/"), &all).status
    }

    /// The two calls that log in; keeps the cookies.
    pub fn login(&mut self, user: &str, password: &str) -> Reply {
        let token = self.get("/api/v1/login/").cookie("csrftoken").expect("a token");
        self.cookies = vec![("csrftoken".into(), token.clone())];
        let pairs = [("username", user), ("password", password), ("csrfmiddlewaretoken", &token)];
        let reply = self.post("/api/v1/login/", &pairs);
        for name in ["csrftoken", "sessionid"] {
            if let Some(value) = reply.cookie(name) {
                self.cookies.retain(|(key, _)| key != name);
                self.cookies.push((name.into(), value));
            }
        }
        reply
    }

    /// The points of a series, as times in microseconds and values.
    pub fn points(&self, path: &str) -> Vec<(i64, Value)> {
        let reply = self.get(&format!("/api/v1/timeseries/{path}/?from=0001-01-01T00:00:00"));
        assert_eq!(reply.status, 200, "{}", reply.body);
        let json = reply.json();
        let points = json["data"]["ts_data"].as_array().expect("points").clone();
        let micros = |point: &Value| point["m"]["hdts"].as_str().expect("hdts").parse().expect("micros");
        points.iter().map(|point| (micros(point), point["v"].clone())).collect()
    }

    /// The value of a cookie that was kept.
    pub fn cookie(&self, name: &str) -> &str {
        let found = self.cookies.iter().find(|(key, _)| key == name);
        &found.expect("the cookie").1
    }

    fn cookie_line(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}

fn reply(response: Response<ureq::Body>) -> Reply {
    let (head, mut body) = response.into_parts();
    let body = body.with_config().limit(1 << 30).read_to_string().expect("a body");
    Reply { status: head.status.as_u16(), headers: head.headers, body }
}

/// Form encoding, strict: everything but letters and digits is escaped.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let one = |byte: u8| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        text.bytes().map(one).collect()
    };
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

/// Sends bytes as they are and reads until the server ends the connection, or `until` is there; a
/// server that does neither fails the test.
pub fn raw(address: &str, bytes: &[u8], until: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out");
    // The server may end the connection before it has read everything.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                    panic!("the server does not end the connection")
                }
                _ => break,
            },
            Ok(count) => answer.extend_from_slice(&part[..count]),
        }
        if !until.is_empty() && String::from_utf8_lossy(&answer).contains(until) {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}
