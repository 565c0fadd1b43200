// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Login, CSRF, sessions, and what a user may see.

use byteport_server::values;
use serde_json::json;

use crate::client::Client;
use crate::fixture::{PASSWORD, READ_KEY, SEED, Server, USER};

fn whoami(client: &Client) -> serde_json::Value {
    let reply = client.get("/api/v1/session/");
    assert_eq!(reply.status, 200);
    reply.json()
}

#[test]
fn login_session_and_logout() {
    let server = Server::start();
    let mut client = server.client();
    assert_eq!(whoami(&client), json!({"logged_in": "False", "user": "None"}));
    let first = client.get("/api/v1/login/").cookie("csrftoken");
    let reply = client.login(USER, PASSWORD);
    assert_eq!(reply.status, 200);
    let lines: Vec<_> =
        reply.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let session = lines.iter().find(|line| line.starts_with("sessionid=")).expect("a session");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(session.contains(attribute), "{session}");
    }
    assert!(reply.cookie("csrftoken").is_some() && reply.cookie("csrftoken") != first);
    assert_eq!(whoami(&client), json!({"logged_in": "True", "user": USER}));
    assert_eq!(client.get("/api/v1/namespace/").status, 200);
    assert_eq!(client.get("/api/v1/logout/").status, 200);
    assert_eq!(whoami(&client)["logged_in"], "False");
    assert_eq!(client.get("/api/v1/namespace/").status, 403);
    assert_eq!(server.count("session"), 0);
}

#[test]
fn a_token_that_is_kept_is_not_changed_by_a_second_get() {
    let server = Server::start();
    let mut client = server.client();
    let token = client.get("/api/v1/login/").cookie("csrftoken").expect("a token");
    client.cookies = vec![("csrftoken".into(), token.clone())];
    assert_eq!(client.get("/api/v1/login/").cookie("csrftoken"), Some(token));
    client.cookies = vec![("csrftoken".into(), "planted".into())];
    assert_ne!(client.get("/api/v1/login/").cookie("csrftoken").as_deref(), Some("planted"));
}

#[test]
fn csrf_token_and_referer_are_needed() {
    let server = Server::start();
    let token = server.client().get("/api/v1/login/").cookie("csrftoken").expect("a token");
    let other = server.client().get("/api/v1/login/").cookie("csrftoken").expect("a token");
    let attempt = |cookie: Option<&str>, field: Option<&str>, referer: Option<&str>| {
        let mut client = server.client();
        client.cookies = cookie.map(|token| ("csrftoken".to_owned(), token.to_owned())).into_iter().collect();
        client.referer = referer.map(str::to_owned);
        let mut pairs = vec![("username", USER), ("password", PASSWORD)];
        pairs.extend(field.map(|token| ("csrfmiddlewaretoken", token)));
        let reply = client.post("/api/v1/login/", &pairs);
        assert_eq!(reply.cookie("sessionid").is_some(), reply.status == 200);
        reply.status
    };
    let own = format!("http://{}/x", server.address);
    let (token, own) = (Some(token.as_str()), Some(own.as_str()));
    assert_eq!(attempt(None, token, own), 403);
    assert_eq!(attempt(token, None, own), 403);
    assert_eq!(attempt(token, Some(&other), own), 403);
    assert_eq!(attempt(Some(""), Some(""), own), 403);
    assert_eq!(attempt(token, token, None), 403);
    assert_eq!(attempt(token, token, Some("http://evil.example/")), 403);
    assert_eq!(server.count("session"), 0);
    assert_eq!(attempt(token, token, own), 200);
}

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let server = Server::start();
    let refused = |user: &str, password: &str| {
        let reply = server.client().login(user, password);
        assert_eq!(reply.status, 403);
        assert_eq!(reply.cookie("sessionid"), None);
        reply.body
    };
    let wrong = refused(USER, "wrong");
    assert_eq!(wrong, refused("nobody", PASSWORD));
    assert_eq!(wrong, refused("", ""));
    assert_eq!(wrong, refused(USER, ""));
    assert!(!wrong.contains(USER));
}

#[test]
fn namespaces_have_the_shape_and_only_granted_ones_are_shown() {
    let server = Server::start();
    let client = server.logged_in();
    let list = client.get("/api/v1/namespace/").json();
    let garage = json!({
        "name": "my_garage", "description": "The garage", "data_survival_time": "180",
        "http_write_method": "both", "read_by_key": "False", "read_key": READ_KEY,
        "write_by_key": "True", "write_key": "w-key-5ecret",
    });
    let test = json!({
        "name": "test", "description": "None", "data_survival_time": "None", "http_write_method": "post",
        "read_by_key": "False", "read_key": "None", "write_by_key": "True", "write_key": "w-key-5ecret",
    });
    assert_eq!(list, json!([garage, test]));
    assert_eq!(client.get("/api/v1/namespace/?key=my_garage").json(), json!([garage]));
    for hidden in ["secluded", "nowhere", ""] {
        let reply = client.get(&format!("/api/v1/namespace/?key={hidden}"));
        assert_eq!(reply.status, 403, "{hidden}");
    }
    let mut guest = server.client();
    assert_eq!(guest.login("guest", "guest-5ecret").status, 200);
    assert_eq!(guest.get("/api/v1/namespace/").json(), json!([]));
    assert_eq!(guest.get("/api/v1/namespace/?key=my_garage").status, 403);
}

#[test]
fn a_session_outlives_a_restart_and_ends_when_it_expires() {
    let mut server = Server::start();
    let mut client = server.logged_in();
    assert!(server.terminate().success());
    server.restart();
    let cookies = client.cookies.clone();
    client = server.client();
    client.cookies = cookies;
    assert_eq!(whoami(&client)["logged_in"], "True");
    server.database().execute("UPDATE session SET expires = 1", values![]).expect("expires");
    assert_eq!(whoami(&client)["logged_in"], "False");
    assert_eq!(client.get("/api/v1/namespace/").status, 403);
    server.logged_in();
    assert_eq!(server.count("session"), 1);
}

#[test]
fn no_secret_reaches_the_log() {
    let mut server = Server::with(SEED, &["--log-level", "trace"]);
    let mut client = server.client();
    client.login(USER, "wr0ng-5ecret");
    client.login(USER, PASSWORD);
    client.store("my_garage/dev1", &[("a", "value-5ecret"), ("b", "2")]);
    let key = "w-key-5ecret";
    for path in [
        format!("/api/v1/timeseries/my_garage/dev1/?_key={key}&a=1"),
        format!("/api/v1/timeseries/my_garage/dev1/?_key={key}5ecret&a=1"),
        format!("/api/v1/timeseries/my_garage/dev1/?_key={key}&a=%zz5ecret"),
        format!("/api/v1/timeseries/my_garage/{key}%zz/?_key={key}"),
        format!("/no/such/{key}/?_key={key}"),
        format!("/api/v1/echo/?callback={key}"),
        "/api/v1/timeseries/my_garage/dev1/a/".to_owned(),
        "/api/v1/namespace/?key=5ecret".to_owned(),
    ] {
        client.get(&path);
    }
    client.post("/api/legacy/packets/timeseries/", &[("packets", "[5ecret"), ("legacy_key", "l-key-5ecret")]);
    crate::client::raw(&server.address, format!("5ECRET-METHOD /{key} HTTP/1.1\r\n\r\n").as_bytes(), "\r\n");
    crate::client::raw(&server.address, format!("{key} \x00\r\n\r\n").as_bytes(), "\r\n");
    assert!(server.terminate().success());
    let log = server.log();
    assert!(log.contains(" DEBUG POST /api/v1/login/ 200 ") && log.contains(" TRACE "), "{log}");
    assert!(!log.to_lowercase().contains("5ecret"), "{log}");
    for (_, token) in &client.cookies {
        assert!(!log.contains(token.as_str()));
    }
}
