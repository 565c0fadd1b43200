// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Completions and manual pages, tried with the programs that read them.

use std::fs;
use std::process::Command;

use crate::support::{BYTEPORT, run, run_with};

fn byteport(args: &[&str]) -> String {
    run(Command::new(BYTEPORT).args(args)).ok()
}

#[test]
fn completions_are_scripts() {
    for shell in ["bash", "zsh", "fish"] {
        let script = byteport(&["completions", shell]);
        for word in ["unix-stats", "media-prefix", "service"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    run(Command::new(BYTEPORT).args(["completions", "tcsh"])).fails(2, &["invalid value 'tcsh'"]);
}

#[test]
fn bash_completes_words() {
    let script = byteport(&["completions", "bash"]);
    let asks = "\nCOMP_WORDS=(byteport message li); COMP_CWORD=2; COMP_LINE='byteport message li'
        _byteport byteport li message; echo \"${COMPREPLY[@]}\"";
    let done = run_with(Command::new("bash").args(["--noprofile", "--norc"]), &(script + asks));
    assert_eq!(done.ok().trim(), "list");
}

#[test]
fn manual_pages_are_sound() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(byteport(&["man", folder.path().to_str().unwrap()]), "");
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort_unstable();
    for page in ["byteport.1", "byteport-store.1", "byteport-message-list.1", "byteport-firmware-fetch.1"] {
        assert!(names.iter().any(|name| name == page), "{page} is not in {names:?}");
    }
    let page = fs::read_to_string(folder.path().join("byteport-read.1")).unwrap();
    assert!(page.contains(".SH NOTES\n.nf\nExamples:\n  byteport read my_garage"), "{page}");
    for name in names {
        let mut command = Command::new("groff");
        command.args(["-man", "-Tutf8", "-ww", "-z", "-b"]).arg(folder.path().join(&name));
        let done = run(&mut command);
        assert_eq!((done.status, done.err.as_str()), (0, ""), "{name:?}");
    }
    run(Command::new(BYTEPORT).args(["man", "/no/such"])).fails(5, &["/no/such"]);
}
