// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The API's description (`docs/openapi.json`): it names every call that there is, and what it says
//! about who may make a call is so.

use std::collections::BTreeSet;

use byteport_server::values;
use serde_json::Value;

use crate::client::{Client, Reply};
use crate::fixture::Server;

const ROUTER: &str = include_str!("../../src/app/router.rs");
const DESCRIPTION: &str = include_str!("../../../../docs/openapi.json");

/// The parts of paths, with something that is there.
const PLACES: [(&str, &str); 6] = [
    ("{namespace}", "my_garage"),
    ("{uid}", "reg1"),
    ("{field}", "temp"),
    ("{reference}", "latest"),
    ("{id}", "1"),
    ("{path}", "image.bin"),
];

/// A call as the description has it.
pub struct Operation {
    pub is_post: bool,
    /// With places such as `{uid}`.
    pub route: String,
    /// Names of what goes into the query.
    pub query: Vec<String>,
    /// Names of what goes into the form.
    pub form: Vec<String>,
    pub needs_session: bool,
    /// Whether its answer may be wrapped.
    pub takes_callback: bool,
}

impl Operation {
    /// The path with something in each place.
    pub fn path(&self) -> String {
        PLACES.iter().fold(self.route.clone(), |path, (place, text)| path.replace(place, text))
    }

    /// The path with this in one place of it; nothing where it has no such place.
    pub fn path_with(&self, place: &str, text: &str) -> Option<String> {
        let is_there = self.route.contains(place);
        let path = || Self { route: self.route.replace(place, text), ..self.bare() }.path();
        is_there.then(path)
    }

    /// Its places.
    pub fn places(&self) -> impl Iterator<Item = &'static str> {
        PLACES.iter().map(|(place, _)| *place).filter(|place| self.route.contains(place))
    }

    /// Makes the call with a client's session, and with its token where it needs one.
    pub fn call(&self, client: &Client, path: &str) -> Reply {
        match self.is_post {
            true => client.post_own(path, &self.least_form()),
            false => client.get(path),
        }
    }

    /// A form that is as it should be.
    fn least_form(&self) -> Vec<(&'static str, &'static str)> {
        let least = [("device_uid", "new-1"), ("alias", "x"), ("message", "x")];
        let named = least.into_iter().filter(|(name, _)| self.form.iter().any(|field| field == name));
        let form: Vec<_> = named.collect();
        if form.is_empty() { vec![("field", "1")] } else { form }
    }

    fn bare(&self) -> Self {
        let (query, form) = (vec![], vec![]);
        Self { route: String::new(), query, form, ..*self }
    }
}

fn description() -> Value {
    serde_json::from_str(DESCRIPTION).expect("JSON")
}

/// All calls of the description.
pub fn operations() -> Vec<Operation> {
    let description = description();
    let paths = description["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(route, item)| {
        let methods = item.as_object().expect("methods").iter();
        methods.map(|(method, call)| operation(&description, route, method, call)).collect::<Vec<_>>()
    });
    all.collect()
}

fn operation(description: &Value, route: &str, method: &str, call: &Value) -> Operation {
    let parameters = call["parameters"].as_array().expect("parameters").iter();
    let parameters = parameters.map(|parameter| match parameter["$ref"].as_str() {
        Some(reference) => description.pointer(reference.trim_start_matches('#')).expect("a parameter"),
        None => parameter,
    });
    let query = parameters.filter(|parameter| parameter["in"] == "query");
    let form = "/requestBody/content/application~1x-www-form-urlencoded/schema/properties";
    let form = call.pointer(form).and_then(Value::as_object);
    let security = call["security"].as_array().expect("security");
    Operation {
        is_post: method == "post",
        route: route.to_owned(),
        query: query.map(|parameter| parameter["name"].as_str().expect("a name").to_owned()).collect(),
        form: form.map(|form| form.keys().cloned().collect()).unwrap_or_default(),
        needs_session: security.iter().any(|scheme| scheme.get("session").is_some()),
        takes_callback: call.pointer("/responses/200/content/application~1javascript").is_some(),
    }
}

/// The server's table of calls: method and path, those of the page left out.
fn table() -> BTreeSet<String> {
    let routes = ROUTER.split(".route(").skip(1).map(|text| text.split(".fallback").next().expect("a text"));
    let calls = routes.flat_map(|text| {
        let path = text.split('"').nth(1).expect("a path").replace("{*", "{");
        let methods = [("get(", "get"), ("post(", "post")].into_iter();
        let methods: Vec<_> = methods.filter(|(call, _)| text.contains(call)).collect();
        assert!(!methods.is_empty(), "{path} has a method that this test does not know");
        methods.into_iter().map(move |(_, method)| format!("{method} {path}"))
    });
    calls.filter(|call| !call.ends_with(" /") && !call.contains(" /page/")).collect()
}

#[test]
fn every_call_is_described_and_the_other_way_round() {
    let method = |call: &Operation| if call.is_post { "post" } else { "get" };
    let described: BTreeSet<_> =
        operations().iter().map(|call| format!("{} {}", method(call), call.route)).collect();
    assert_eq!(described, table());
    assert!(described.len() >= 30, "{}", described.len());
}

#[test]
fn names_of_operations_differ() {
    let description = description();
    let items = description["paths"].as_object().expect("paths").values();
    let calls = items.flat_map(|item| item.as_object().expect("methods").values());
    let names: Vec<_> = calls.map(|call| call["operationId"].as_str().expect("a name").to_owned()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn calls_that_need_a_session_refuse_without_one_alike() {
    let server = Server::start();
    let mut expired = server.logged_in();
    server.database().execute("UPDATE session SET expires = 1", values![]).expect("expires");
    let token = expired.cookie("csrftoken").to_owned();
    let mut made_up = server.client();
    made_up.cookies = vec![("csrftoken".into(), token.clone()), ("sessionid".into(), "0".repeat(64))];
    let mut none = server.client();
    none.cookies = vec![("csrftoken".into(), token)];
    expired.referer = none.referer.clone();
    for call in operations().iter().filter(|call| call.needs_session) {
        for client in [&none, &made_up, &expired] {
            let reply = call.call(client, &call.path());
            assert_eq!((reply.status, reply.body.as_str()), (403, "not logged in\n"), "{}", call.route);
        }
    }
}

#[test]
fn a_namespace_of_others_is_as_one_that_does_not_exist() {
    let server = Server::start();
    assert_eq!(server.client().store("secluded/reg1", &[("temp", "1")]), 200);
    let client = server.logged_in();
    let calls = operations();
    let calls = calls.iter().filter(|call| call.needs_session && call.route.contains("{namespace}"));
    for call in calls {
        let refused = ["secluded", "nowhere"].map(|name| {
            let reply = call.call(&client, &call.path_with("{namespace}", name).expect("a path"));
            (reply.status, reply.body)
        });
        assert_eq!(refused[0].0, 403, "{}", call.route);
        assert_eq!(refused[0], refused[1], "{}", call.route);
    }
    let image = client.get("/media/image.bin");
    assert_eq!((image.status, client.get("/media/nothing.bin").body), (404, image.body));
}
