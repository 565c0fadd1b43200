// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The files of firmwares: kept from the seed, sent whole and in parts, and nothing beside them.

use std::fs;

use crate::client::{Client, raw};
use crate::farm::{self, DIGEST, IMAGE, each};
use crate::fixture::{Server, run};
use byteport_server::values;

fn path() -> String {
    format!("/media/firmware/farm/{DIGEST}/gw-1.0.bin")
}

/// Sends a request head of one's own with the client's session; gives head and body.
fn ask(server: &Server, client: &Client, path: &str, lines: &str) -> (String, String) {
    call(server, client, &format!("GET {path}"), lines)
}

fn call(server: &Server, client: &Client, what: &str, lines: &str) -> (String, String) {
    let session = client.cookie("sessionid");
    let head = format!(
        "{what} HTTP/1.1\r\nHost: {}\r\nCookie: sessionid={session}\r\nConnection: close\r\n{lines}\r\n",
        server.address
    );
    let answer = raw(&server.address, head.as_bytes(), "");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_ascii_lowercase(), body.to_owned())
}

#[cfg(unix)]
#[test]
fn a_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = farm::start();
    let kept = server.data().join(path().trim_start_matches('/'));
    let data = fs::metadata(kept).expect("the file");
    assert_eq!(data.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_is_sent_whole_and_in_parts() {
    let server = farm::start();
    let client = server.logged_in();
    let whole = client.get_bytes(&path());
    assert_eq!((whole.status, whole.bytes.as_slice()), (200, IMAGE));
    let header = |name: &str| whole.headers.get(name).expect(name).to_str().unwrap();
    assert_eq!(header("content-length"), IMAGE.len().to_string());
    assert_eq!((header("accept-ranges"), header("content-type")), ("bytes", "application/octet-stream"));
    assert_eq!(header("content-disposition"), "attachment; filename=\"gw-1.0.bin\"");
    let tag = header("etag");
    let length = IMAGE.len();
    let part = |lines: &str| ask(&server, &client, &path(), lines);
    let (head, body) = call(&server, &client, &format!("HEAD {}", path()), "");
    assert!(head.contains(&format!("content-length: {length}\r\n")) && body.is_empty(), "{head}{body}");
    let (head, body) = part("Range: bytes=11-13\r\n");
    assert!(
        head.starts_with("http/1.1 206") && head.contains(&format!("content-range: bytes 11-13/{length}"))
    );
    assert!(head.contains("content-length: 3"), "{head}");
    assert_eq!(body, "1.0");
    assert_eq!(part("Range: bytes=-3\r\n").1, "cut");
    assert_eq!(part(&format!("Range: bytes=30-\r\nIf-Range: {tag}\r\n")).1.as_bytes(), &IMAGE[30..]);
    let (head, body) = part(&format!("Range: bytes={length}-\r\n"));
    assert!(head.starts_with("http/1.1 416") && body.is_empty(), "{head}");
    assert!(head.contains(&format!("content-range: bytes */{length}")), "{head}");
    for whole in
        ["If-Range: \"other\"\r\nRange: bytes=3-\r\n", "Range: bytes=1-2,4-5\r\n", "Range: lines=1-\r\n"]
    {
        assert!(part(whole).0.starts_with("http/1.1 200"), "{whole}");
    }
}

#[test]
fn a_large_file_is_sent_in_blocks() {
    let server = farm::start();
    let client = server.logged_in();
    let large: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    fs::write(server.data().join("media/by-hand.bin"), &large).expect("a file");
    assert!(client.get_bytes("/media/by-hand.bin").bytes == large);
    let (head, _) = ask(&server, &client, "/media/by-hand.bin", "Range: bytes=2999998-\r\n");
    assert!(head.contains("content-length: 2\r\n"), "{head}");
    fs::write(server.data().join("media/by-hand.bin"), "").expect("a file");
    assert_eq!(client.get_bytes("/media/by-hand.bin").bytes, b"");
    assert!(ask(&server, &client, "/media/by-hand.bin", "Range: bytes=0-\r\n").0.starts_with("http/1.1 416"));
}

#[test]
fn nothing_else_is_sent() {
    let server = farm::start();
    let client = server.logged_in();
    let media = server.data().join("media");
    fs::write(media.join("unnamed.bin"), "x").expect("a file");
    let status = |client: &Client, path: &str| client.get(path).status;
    assert_eq!(status(&client, "/media/by-hand.bin"), 404);
    assert_eq!(status(&client, "/media/unnamed.bin"), 404);
    assert_eq!(status(&client, "/media/"), 404);
    assert_eq!(status(&server.client(), &path()), 403);
    let mut guest = server.client();
    guest.login("guest", "guest-5ecret");
    assert_eq!((status(&guest, &path()), status(&guest, "/media/gone")), (404, 404));
    for path in ["/media/../byteport.sqlite3", "/media/..%2fbyteport.sqlite3", "/media//etc/passwd"] {
        assert!(ask(&server, &client, path, "").0.starts_with("http/1.1 404"), "{path}");
    }
    // Even a path that a firmware names does not lead out of the folder.
    let outside = ["../byteport.sqlite3", "/etc/passwd", "link", "folder", "a\0b"];
    std::os::unix::fs::symlink(server.data().join("byteport.sqlite3"), media.join("link")).expect("a link");
    fs::create_dir(media.join("folder")).expect("a folder");
    for image in outside {
        server
            .database()
            .execute("UPDATE firmware SET image = ?1 WHERE version = '2.0'", values![image])
            .expect("a path");
        let path = image.replace("..", "%2e%2e").replace('/', "%2f").replace('\0', "%00");
        assert!(
            ask(&server, &client, &format!("/media/{path}"), "").0.starts_with("http/1.1 404"),
            "{image}"
        );
    }
}

#[test]
fn a_changed_file_gets_a_new_place_and_time() {
    let mut server = farm::start();
    let list = |client: &Client| {
        let types = farm::json(client, "/api/v1/namespace/farm/device_type/");
        farm::json(client, &format!("/api/v1/namespace/farm/device_type/{}/firmware/", each(&types, "id")[0]))
    };
    let before = list(&server.logged_in());
    assert!(server.terminate().success());
    server.restart();
    assert_eq!(list(&server.logged_in()), before);
    assert!(server.terminate().success());
    fs::write(server.folder.path().join("images/gw-1.0.bin"), "another").expect("a file");
    server.restart();
    let client = server.logged_in();
    let after = list(&client);
    assert_eq!((&after[0]["filesize"], &after[1]), (&serde_json::json!("7"), &before[1]));
    assert_ne!(after[0]["uploaded"], before[0]["uploaded"]);
    let image = after[0]["image"].as_str().expect("a path");
    assert_eq!(client.get(&format!("/media/{image}")).body, "another");
    assert_eq!(client.get(&path()).status, 404);
}

#[test]
fn a_seed_with_a_wrong_file_or_parent_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("fw"), "firmware").expect("a file");
    let data = folder.path().join("data");
    let seed = folder.path().join("seed.toml");
    let cases = [
        ("file = \"fw\"", "file = \"gone\"", "device_types[0].firmware[0]: file"),
        ("file = \"fw\"", "file = \".\"", "plain file"),
        ("file = \"fw\"", "file = \"fw\"\nimage = \"fw\"", "firmware[0]: needs either"),
        ("file = \"fw\"", "file = \"fw\"\nmd5_digest = \"00\"", "another filesize or md5_digest"),
        ("file = \"fw\"", "file = \"fw\"\nfilesize = 9", "another filesize or md5_digest"),
        ("parent = \"a\"", "parent = \"gone\"", "devices[1].parent: the namespace has no such device"),
        ("parent = \"a\"", "parent = \"b\"", "devices[1].parent: a device is not above itself"),
        ("uid = \"a\"", "uid = \"a\"\nparent = \"b\"", "a device is not above itself"),
        ("uid = \"a\"", "uid = \"a\"\nlat = 90.5", "devices[0].lat"),
        ("uid = \"a\"", "uid = \"a\"\nlon = nan", "devices[0].lon"),
    ];
    let good = "[[namespaces]]\nname = \"ns\"\n[[namespaces.device_types]]\nname = \"t\"\n\
                [[namespaces.device_types.firmware]]\nversion = \"1\"\nfile = \"fw\"\n\
                [[namespaces.devices]]\nuid = \"a\"\n[[namespaces.devices]]\nuid = \"b\"\nparent = \"a\"\n";
    for (from, to, reason) in cases {
        fs::write(&seed, good.replace(from, to)).expect("writes");
        let output = run(&["--data", data.to_str().unwrap(), "--seed", seed.to_str().unwrap()]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{to}\n{error}");
        assert!(error.contains(reason), "{to}\n{error}");
    }
}
