// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Where settings come from.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use crate::support::{Done, KEY, PASSWORD, Server, USER, bare, run};

/// Writes a settings file that only its owner can read.
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    set_mode(path, 0o600);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn stores_as(command: &mut Command, device: &str) {
    let done = run(command.args(["store", "-v", "a=1"]));
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.err.contains(&format!(" stored a of {device} at ")), "{}", done.err);
}

#[test]
fn options_come_before_the_environment_and_that_before_the_file() {
    let (server, home) = (Server::start(), tempdir().unwrap());
    let file = home.path().join(".config/byteport/config.toml");
    let text = |host: &str| {
        format!(
            "host = \"{host}\"\nnamespace = \"garage\"\ndevice = \"filed\"\nkey = \"{KEY}\"\ntimeout = 20\n"
        )
    };
    write(&file, &text(&server.url));
    stores_as(&mut bare(home.path()), "garage.filed");
    stores_as(bare(home.path()).env("BYTEPORT_DEVICE", ""), "garage.filed");
    stores_as(bare(home.path()).env("BYTEPORT_DEVICE", "env"), "garage.env");
    stores_as(bare(home.path()).env("BYTEPORT_DEVICE", "env").args(["--namespace", "cellar"]), "cellar.env");
    let mut command = bare(home.path());
    command.env("BYTEPORT_DEVICE", "env").env("BYTEPORT_NAMESPACE", "nowhere");
    command.args(["store", "--device", "opt", "--namespace", "garage", "a=1"]);
    assert_eq!(run(&mut command).ok(), "");
    write(&file, &text("http://127.0.0.1:9"));
    stores_as(bare(home.path()).env("BYTEPORT_HOST", &server.url), "garage.filed");
    let wrong = |name: &str| {
        run(bare(home.path()).env("BYTEPORT_HOST", &server.url).env(name, "bad-1").args(["store", "a=1"]))
    };
    wrong("BYTEPORT_KEY").fails(1, &["HTTP 403"]);
    wrong("BYTEPORT_NAMESPACE").fails(1, &["HTTP 404"]);
    wrong("BYTEPORT_TIMEOUT").fails(2, &["bad-1"]);
    wrong("BYTEPORT_PROXY").fails(3, &["bad-1:8080"]);
    let mut direct = bare(home.path());
    direct
        .env("BYTEPORT_HOST", &server.url)
        .env("BYTEPORT_PROXY", "bad-1")
        .args(["store", "a=1", "--proxy", "none"]);
    assert_eq!(run(&mut direct).ok(), "");
}

#[test]
fn the_file_is_in_the_usual_place_or_where_one_says() {
    let (server, home) = (Server::start(), tempdir().unwrap());
    let text = |device: &str| {
        let login = format!("user = \"{USER}\"\npassword = \"{PASSWORD}\"\n");
        format!(
            "host = \"{}\"\nnamespace = \"garage\"\ndevice = \"{device}\"\nkey = \"{KEY}\"\n{login}",
            server.url
        )
    };
    write(&home.path().join(".config/byteport/config.toml"), &text("home"));
    write(&home.path().join("xdg/byteport/config.toml"), &text("xdg"));
    write(&home.path().join("mine.toml"), &text("mine"));
    let mine = home.path().join("mine.toml").display().to_string();
    stores_as(&mut bare(home.path()), "garage.home");
    stores_as(bare(home.path()).env("XDG_CONFIG_HOME", home.path().join("xdg")), "garage.xdg");
    stores_as(bare(home.path()).env("XDG_CONFIG_HOME", "relative/is/ignored"), "garage.home");
    stores_as(bare(home.path()).args(["--config", &mine]), "garage.mine");
    let read = run(bare(home.path()).args(["read", "mine.a", "--format", "csv"])).ok();
    assert_eq!(read.lines().count(), 2, "{read}");
    let missing = run(bare(home.path()).args(["store", "--config", "/no/such.toml"]));
    missing.fails(2, &["/no/such.toml", "No such file"]);
}

#[test]
fn a_file_that_others_can_read_is_used_with_a_warning() {
    let (server, home) = (Server::start(), tempdir().unwrap());
    let file = home.path().join("open.toml");
    write(&file, &format!("key = \"{KEY}\"\n"));
    let store = || {
        let mut command = server.command();
        command.env_remove("BYTEPORT_KEY").args(["store", "a=1", "--config", file.to_str().unwrap()]);
        run(&mut command)
    };
    assert_eq!(store().ok(), "");
    for mode in [0o644, 0o640] {
        set_mode(&file, mode);
        let Done { status, out, err } = store();
        assert_eq!((status, out.as_str()), (0, ""));
        assert!(
            err.starts_with("byteport: warning: ")
                && err.contains("holds a key")
                && err.contains("chmod 600"),
            "{err}"
        );
    }
    fs::write(&file, "device = \"cart\"\n").unwrap();
    store().fails(2, &["no API key"]);
}

#[test]
fn a_file_with_a_mistake_is_refused_with_its_name_and_the_key() {
    let home = tempdir().unwrap();
    let file = home.path().join(".config/byteport/config.toml");
    for (text, part) in
        [("hots = \"x\"", "unknown key \"hots\""), ("key = 5", "key must be text"), ("a\nb", "line 1")]
    {
        write(&file, text);
        run(bare(home.path()).args(["store", "a=1"])).fails(2, &[file.to_str().unwrap(), part]);
    }
}

#[test]
fn what_is_missing_is_named_and_where_to_write_it() {
    let (server, home) = (Server::start(), tempdir().unwrap());
    let file = home.path().join(".config/byteport/config.toml").display().to_string();
    let without = |variable: &str, args: &[&str]| {
        run(server.command().env("HOME", home.path()).env_remove(variable).args(args))
    };
    let store = &["store", "a=1"];
    without("BYTEPORT_NAMESPACE", store)
        .fails(2, &["no namespace", "--namespace", "BYTEPORT_NAMESPACE", &file]);
    without("BYTEPORT_DEVICE", store).fails(2, &["no device UID", "--device", "BYTEPORT_DEVICE", &file]);
    without("BYTEPORT_KEY", store).fails(2, &["no API key: set BYTEPORT_KEY", &file]);
    let read = &["read", "garage.cart.a"];
    without("BYTEPORT_USER", read).fails(2, &["no user name", "--user", &file]);
    without("BYTEPORT_PASSWORD", read).fails(2, &["no password: set BYTEPORT_PASSWORD", &file]);
    without("BYTEPORT_NAMESPACE", &["read", "cart.a"]).fails(2, &["no namespace"]);
}
