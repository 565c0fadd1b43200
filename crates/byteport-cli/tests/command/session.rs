// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Sessions that are kept from one command to the next.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use crate::support::{PASSWORD, Server, USER, keep_session, run, session_file};

/// The command without a user and a password.
fn nobody(server: &Server, args: &[&str]) -> Command {
    let mut command = server.command();
    command.env_remove("BYTEPORT_USER").env_remove("BYTEPORT_PASSWORD").args(args);
    command
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn login_keeps_a_session_until_logout() {
    let server = Server::start();
    let namespaces = || run(&mut nobody(&server, &["namespaces", "--format", "csv"]));
    namespaces().fails(2, &["no user name"]);
    assert_eq!(server.ok(&["login"]), "");
    let file = session_file(server.home(), &server.url);
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    assert!(!fs::read_to_string(&file).unwrap().contains(PASSWORD));
    assert!(namespaces().ok().contains("garage"));
    assert!(run(&mut nobody(&server, &["read", "wall-1.a", "--format", "csv"])).ok().starts_with("time"));
    let kept = fs::read(&file).unwrap();
    assert_eq!(run(&mut nobody(&server, &["logout"])).ok(), "");
    assert!(!file.exists());
    let again = run(&mut nobody(&server, &["logout"]));
    assert_eq!((again.status, again.out.as_str()), (0, ""), "{}", again.err);
    assert!(again.err.contains("there was no session at http://127.0.0.1:"), "{}", again.err);
    // The service has ended it too.
    fs::write(&file, kept).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    namespaces().fails(1, &["the session has ended", "byteport login"]);
    run(&mut nobody(&server, &["register", "garage", "x1", "--type", "1"])).fails(1, &["byteport login"]);
    assert_eq!(server.ok(&["login"]), "");
    assert!(namespaces().ok().contains("garage"));
}

#[test]
fn a_session_that_lasts_does_not_open_every_door() {
    let server = Server::start();
    server.ok(&["login"]);
    run(&mut nobody(&server, &["devices", "cellar"])).fails(1, &["HTTP 403"]);
    run(&mut nobody(&server, &["devices", "nowhere"])).fails(1, &["HTTP 403"]);
}

#[test]
fn the_session_is_of_one_user_and_one_host() {
    let (server, other) = (Server::start(), Server::start());
    server.ok(&["login"]);
    let other_user = run(nobody(&server, &["namespaces"]).env("BYTEPORT_USER", "somebody"));
    other_user.fails(2, &["no password"]);
    assert!(run(nobody(&server, &["namespaces"]).env("BYTEPORT_USER", USER)).ok().contains("garage"));
    run(nobody(&server, &["namespaces"]).env("BYTEPORT_HOST", &other.url)).fails(2, &["no user name"]);
    run(nobody(&server, &["namespaces"]).env("XDG_STATE_HOME", other.home())).fails(2, &["no user name"]);
    // A file that was copied to another host's name would take the session there.
    let file = session_file(server.home(), &server.url);
    let copy = session_file(server.home(), &other.url);
    fs::copy(&file, &copy).unwrap();
    run(nobody(&server, &["namespaces"]).env("BYTEPORT_HOST", &other.url)).fails(5, &["another host's"]);
}

#[test]
fn a_file_that_others_could_have_read_or_written_is_not_used() {
    let server = Server::start();
    server.ok(&["login"]);
    let file = session_file(server.home(), &server.url);
    let namespaces = || run(&mut nobody(&server, &["namespaces"]));
    for bits in [0o640, 0o604, 0o620, 0o666] {
        fs::set_permissions(&file, fs::Permissions::from_mode(bits)).unwrap();
        namespaces().fails(5, &[file.to_str().unwrap(), "other users may read it", "byteport login"]);
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let real = server.home().join("real");
    fs::rename(&file, &real).unwrap();
    symlink(&real, &file).unwrap();
    namespaces().fails(5, &["symbolic link"]);
    // Logging in puts a file in its place and leaves alone what the link leads to.
    let before = fs::read(&real).unwrap();
    assert_eq!(server.ok(&["login"]), "");
    assert!(fs::symlink_metadata(&file).unwrap().is_file());
    assert_eq!(fs::read(&real).unwrap(), before);
    assert!(namespaces().ok().contains("garage"));
    fs::write(&file, "{\"origin\": 5").unwrap();
    namespaces().fails(5, &["damaged"]);
    let logout = run(&mut nobody(&server, &["logout"]));
    logout.fails(5, &["damaged"]);
    assert!(!file.exists());
    fs::create_dir(&file).unwrap();
    namespaces().fails(5, &["it is no file"]);
}

#[test]
fn a_damaged_cookie_is_told() {
    let server = Server::start();
    keep_session(server.home(), &server.url);
    let file = session_file(server.home(), &server.url);
    let text = fs::read_to_string(&file).unwrap();
    run(&mut nobody(&server, &["namespaces"])).fails(1, &["the session has ended"]);
    fs::write(&file, text.replace("Si3-of-the-test", "a; b")).unwrap();
    run(&mut nobody(&server, &["namespaces"])).fails(2, &["damaged", "log in again"]);
}

#[test]
fn what_cannot_be_kept_is_told() {
    let server = Server::start();
    let blocked = server.home().join("blocked");
    fs::write(&blocked, "a file where a folder should be").unwrap();
    let mut command = server.command();
    run(command.env("XDG_STATE_HOME", &blocked).arg("login"))
        .fails(5, &["cannot be kept", "blocked/byteport"]);
    run(server.command().env_remove("HOME").arg("login")).fails(5, &["set HOME or XDG_STATE_HOME"]);
    // Without a place for it, there is no kept session, and that is no failure.
    assert!(run(server.command().env_remove("HOME").arg("namespaces")).ok().contains("garage"));
}

#[test]
fn a_wrong_password_keeps_nothing() {
    let server = Server::start();
    run(server.command().env("BYTEPORT_PASSWORD", "wrong").arg("login")).fails(1, &["password refused"]);
    assert!(!session_file(server.home(), &server.url).exists());
    let gone = server.url.clone();
    server.ok(&["login"]);
    let mut logout = nobody(&server, &["logout"]);
    let file = session_file(server.home(), &gone);
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(session_file(home.path(), &gone).parent().unwrap()).unwrap();
    fs::copy(&file, session_file(home.path(), &gone)).unwrap();
    logout.env("HOME", home.path());
    server.stop();
    run(&mut logout).fails(3, &["was not ended at the service"]);
    assert!(!session_file(home.path(), &gone).exists());
}
