// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Single values, and the objects that they stand for.

use std::io::Write as _;

use byteport_core::codec::{Compression, ObjectEncoder, to_base64};
use serde_json::json;

use crate::client::{Client, Reply};
use crate::fixture::Server;

fn value(client: &Client, path: &str) -> Reply {
    client.get(&format!("/api/v1/value/{path}/"))
}

fn download(client: &Client, path: &str, query: &str) -> (u16, Vec<u8>) {
    let reply = client.get_bytes(&format!("/api/v1/download/value/{path}/?{query}"));
    (reply.status, reply.bytes)
}

fn encoded(object: &[u8], compression: Compression) -> String {
    let mut encoder = ObjectEncoder::new(Vec::new(), compression);
    encoder.write_all(object).expect("encodes");
    String::from_utf8(encoder.finish().expect("encodes")).expect("UTF-8")
}

#[test]
fn a_value_is_found_by_its_reference() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("_ts", "1427894055.000016"), ("v", "21.50"), ("w", "hö\u{2028}")]);
    client.store("my_garage/d", &[("_ts", "1427894056"), ("v", "-3")]);
    let expected = r#"{"namespace_name":"my_garage","uid":"d","field_name":"v","value":"21.50","timestamp":"2015-04-01T13:14:15.000016","ref":"1427894055000016","meta":{"trv":"False","vlen":"5","hdts":"1427894055000016"}}"#;
    let reply = value(&client, "my_garage/d/v/1427894055000016");
    assert_eq!((reply.status, reply.body.as_str()), (200, expected));
    assert_eq!(value(&client, "my_garage/d/v/latest").json()["value"], "-3");
    let text = client.get("/api/v1/value/my_garage/d/w/latest/?callback=show&_=1");
    assert!(text.body.starts_with("show({") && text.body.contains(r"hö\u2028"), "{}", text.body);
}

#[test]
fn a_value_that_is_not_there_is_told() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("_ts", "1"), ("v", "1")]);
    client.store("secluded/d", &[("_ts", "1"), ("v", "1")]);
    let cases = [
        ("my_garage/d/v/2", 404),
        ("my_garage/d/v/-9223372036854775808", 404),
        ("my_garage/d/unknown/latest", 404),
        ("my_garage/unknown/v/latest", 404),
        ("secluded/d/v/1000000", 403),
        ("nowhere/d/v/1000000", 403),
        ("my_garage/d/v/9223372036854775808", 400),
        ("my_garage/d/v/1.5", 400),
        ("my_garage/d/v/r", 400),
        ("my_garage/d/v/1%2F..%2F1", 400),
        ("my_garage/d/v/%2E%2E%2F1000000", 400),
        ("my_garage/%2E%2E%2Fd/v/1000000", 400),
        ("my_garage/d/'%20OR%201=1/1000000", 400),
    ];
    for (path, status) in cases {
        assert_eq!(value(&client, path).status, status, "{path}");
        assert_eq!(download(&client, path, "").0, status, "{path}");
        assert_eq!(value(&server.client(), path).status, 403, "{path}");
        assert_eq!(download(&server.client(), path, "").0, 403, "{path}");
    }
    assert_eq!(client.get("/api/v1/value/my_garage/d/v/latest/?decode=1").status, 400);
    assert_eq!(client.get("/api/v1/value/my_garage/d/v/latest/?callback=a(b").status, 400);
}

#[test]
fn a_long_value_is_cut_here_and_whole_as_a_file() {
    let server = Server::start();
    let client = server.logged_in();
    let long = "ö".repeat(600_000);
    assert_eq!(client.store("my_garage/d", &[("_ts", "1"), ("t", &long)]), 200);
    let json = value(&client, "my_garage/d/t/latest").json();
    assert_eq!(json["value"].as_str().map(str::len), Some(1024 * 1024));
    assert_eq!(json["meta"], json!({"trv": "True", "vlen": "1200000", "hdts": "1000000"}));
    assert!(download(&client, "my_garage/d/t/latest", "decode=False") == (200, long.into_bytes()));
}

#[test]
fn an_object_comes_back_as_a_file() {
    let server = Server::start();
    let client = server.logged_in();
    let object: Vec<u8> = (0..300_000_u32).map(|index| (index.wrapping_mul(index) >> 7) as u8).collect();
    for compression in [Compression::None, Compression::Zlib, Compression::Bzip2] {
        let text = encoded(&object, compression);
        assert_eq!(client.store("my_garage/d", &[("_ts", "1430438400.5"), ("o", &text)]), 200);
        let reply = client.get_bytes("/api/v1/download/value/my_garage/d/o/1430438400500000/");
        assert!(reply.status == 200 && reply.bytes == object, "{compression:?}");
        let header = |name: &str| reply.headers[name].to_str().expect("text").to_owned();
        assert_eq!(header("content-type"), "application/octet-stream");
        assert_eq!(header("content-length"), "300000");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let name = "attachment; filename=my_garage.d.o.2015-05-01T00:00:00.500000.bin";
        assert_eq!(header("content-disposition"), name);
        let raw = download(&client, "my_garage/d/o/latest", "decompress=0").1;
        assert!(to_base64(&raw) == text, "{compression:?}");
        let stored = download(&client, "my_garage/d/o/latest", "decode=false&decompress=true").1;
        assert!(stored == text.as_bytes(), "{compression:?}");
    }
    for bad in ["decode=yes", "decode=", "decode=1&decode=1", "decompress=2", "encode=1"] {
        assert_eq!(download(&client, "my_garage/d/o/latest", bad).0, 400, "{bad}");
    }
}

#[test]
fn what_is_no_object_is_told_and_not_repeated() {
    let server = Server::start();
    let client = server.logged_in();
    let zlib = encoded(&[7; 5000], Compression::Zlib);
    let cases =
        [("secret text", "no base64"), (&zlib[..zlib.len() / 8 * 4], "damaged"), ("21.5", "no base64")];
    for (text, reason) in cases {
        client.store("my_garage/d", &[("_ts", "1"), ("o", text)]);
        let reply = client.get("/api/v1/download/value/my_garage/d/o/latest/");
        assert!(reply.status == 400 && reply.body.contains(reason), "{text}: {}", reply.body);
        assert!(reply.body.contains("decode=False") && !reply.body.contains("secret"), "{}", reply.body);
        assert!(download(&client, "my_garage/d/o/latest", "decode=0") == (200, text.as_bytes().to_vec()));
    }
    client.store("my_garage/d", &[("_ts", "1"), ("o", "")]);
    assert_eq!(download(&client, "my_garage/d/o/latest", ""), (200, vec![]));
}

#[test]
fn an_object_that_is_far_larger_than_its_text_is_refused() {
    let server = Server::start();
    let client = server.logged_in();
    let mut encoder = ObjectEncoder::new(Vec::new(), Compression::Zlib);
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..257 {
        encoder.write_all(&zeros).expect("encodes");
    }
    let text = String::from_utf8(encoder.finish().expect("encodes")).expect("UTF-8");
    assert!(text.len() < 1024 * 1024);
    client.store("my_garage/d", &[("_ts", "1"), ("o", &text), ("v", "1")]);
    let reply = client.get("/api/v1/download/value/my_garage/d/o/latest/");
    assert!(reply.status == 400 && reply.body.contains("decompress=False"), "{}", reply.body);
    assert_eq!(download(&client, "my_garage/d/o/latest", "decompress=False").0, 200);
    assert_eq!(value(&client, "my_garage/d/v/latest").status, 200);
}
