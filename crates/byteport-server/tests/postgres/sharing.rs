// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Several servers take packets from one queue into one database.

use std::thread;

use crate::brokers::{MOSQUITTO, RABBITMQ, Source, assert_series, until};
use crate::engine;
use crate::fixture::{SEED, Server};
use crate::ingest::publish;
use crate::starter::Postgres;

/// A server of this source on this database.
fn server_at(source: &Source<'_>, place: &str) -> Server {
    let arguments = source.arguments();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let server = Server::at(place.to_owned(), tempfile::tempdir().expect("a folder"), SEED, &arguments);
    source.wait_for_server(&server);
    server
}

/// How many changes a server made.
fn changes(server: &Server) -> u64 {
    server.client().get("/healthz").json()["changes"].as_u64().expect("a number")
}

#[test]
fn servers_share_a_queue_and_one_takes_over_when_another_dies() {
    let source = Source::stomp(&RABBITMQ);
    let folder = tempfile::tempdir().expect("a folder");
    let place = engine::place(folder.path());
    let mut servers = [server_at(&source, &place), server_at(&source, &place)];
    let client = source.client();
    let before = servers.each_ref().map(changes);
    thread::scope(|scope| {
        let publisher = scope.spawn(|| publish(&client, &source.destination, "d", 0..4000));
        until("both take some", || {
            let now = servers.each_ref().map(changes);
            now[0] > before[0] && now[1] > before[1]
        });
        servers[0].kill();
        publisher.join().expect("published");
    });
    assert_series(&servers[1], "d", 40_000);
    source.wait_until_empty();
    assert_eq!(servers[1].count("value"), 40_000);
}

#[test]
fn servers_share_the_packets_of_a_mosquitto_by_a_group() {
    let source = Source::mqtt(&MOSQUITTO);
    let topic = source.destination.clone();
    let source = source.at(&format!("$share/servers/{topic}"));
    let folder = tempfile::tempdir().expect("a folder");
    let place = engine::place(folder.path());
    let servers = [server_at(&source, &place), server_at(&source, &place)];
    let before = servers.each_ref().map(changes);
    publish(&source.client(), &topic, "d", 0..500);
    assert_series(&servers[0], "d", 5000);
    let now = servers.each_ref().map(changes);
    assert!(now[0] > before[0] && now[1] > before[1], "{before:?} {now:?}");
}

#[test]
fn packets_wait_for_a_database_that_is_away() {
    let mut postgres = Postgres::start();
    let source = Source::stomp(&RABBITMQ);
    let server = server_at(&source, &postgres.database());
    let client = source.client();
    publish(&client, &source.destination, "d", 0..100);
    until("some are stored", || server.count("value") > 0);
    postgres.kill();
    publish(&client, &source.destination, "d", 100..200);
    server.wait_for_log("takes no changes");
    postgres.restart();
    until("all are stored", || server.count("value") == 2000);
    source.wait_until_empty();
}
