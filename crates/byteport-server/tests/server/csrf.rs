// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Posts that another site's page could have made: refused by every call, and nothing is changed.

use crate::api::operations;
use crate::client::{Client, encode, raw};
use crate::fixture::Server;

const TABLES: [&str; 5] = ["device", "field", "message", "control", "session"];

#[test]
fn every_post_with_a_session_needs_token_and_referer() {
    let server = Server::start();
    let client = server.logged_in();
    let other = server.client().get("/api/v1/login/").cookie("csrftoken").expect("a token");
    let own = client.cookie("csrftoken").to_owned();
    let before = TABLES.map(|table| server.count(table));
    let calls = operations();
    let posts: Vec<_> =
        calls.iter().filter(|call| call.form.iter().any(|name| name == "csrfmiddlewaretoken")).collect();
    assert!(posts.len() >= 5);
    for call in posts {
        let status = |token: &str, referer: Option<&str>| {
            let mut client = client.clone();
            client.referer = referer.map(str::to_owned);
            let pairs =
                [("message", "x"), ("device_uid", "x"), ("username", "x"), ("csrfmiddlewaretoken", token)];
            client.post_raw(&call.path(), encode(&pairs).as_bytes()).status
        };
        let page = format!("http://{}/", server.address);
        for token in ["", "x", &other, &own[1..], &format!("{own}0")] {
            assert_eq!(status(token, Some(&page)), 403, "{}", call.route);
        }
        for referer in
            ["http://evil.example/", "null", "http://127.0.0.1/", &format!("http://evil.example/{page}")]
        {
            assert_eq!(status(&own, Some(referer)), 403, "{} {referer}", call.route);
        }
        assert_eq!(status(&own, None), 403, "{}", call.route);
        assert_eq!(with_origin(&client, &call.path(), "null"), "403", "{}", call.route);
        assert_eq!(with_origin(&client, &call.path(), "http://evil.example"), "403", "{}", call.route);
    }
    assert_eq!(TABLES.map(|table| server.count(table)), before);
}

/// The status of a POST with token and `Referer`, made by a page of this origin.
fn with_origin(client: &Client, path: &str, origin: &str) -> String {
    let Client { address, .. } = client;
    let (token, session) = (client.cookie("csrftoken"), client.cookie("sessionid"));
    let form = encode(&[("message", "x"), ("device_uid", "o"), ("csrfmiddlewaretoken", token)]);
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nReferer: http://{address}/\r\nOrigin: {origin}\r\n\
         Cookie: sessionid={session}; csrftoken={token}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = raw(address, request.as_bytes(), "\r\n\r\n");
    answer.get(9..12).unwrap_or_default().to_owned()
}

#[test]
fn a_token_counts_once_and_in_the_form_only() {
    let server = Server::start();
    let client = server.logged_in();
    let token = client.cookie("csrftoken");
    let path = "/api/v1/message/my_garage/reg1/";
    let twice = [("message", "x"), ("csrfmiddlewaretoken", token), ("csrfmiddlewaretoken", token)];
    assert_eq!(client.post(path, &twice).status, 400);
    let in_query = format!("{path}?csrfmiddlewaretoken={token}");
    assert_eq!(client.post(&in_query, &[("message", "x")]).status, 403);
    assert_eq!(server.count("message"), 0);
    assert_eq!(client.post(path, &twice[..2]).status, 200);
}
