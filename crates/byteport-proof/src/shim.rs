// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The recorder of file operations (`shim/recorder.c`), built when it is needed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that runs with the recorder below one folder.
#[derive(Debug)]
pub struct Shim {
    /// The records.
    pub trace: PathBuf,
    /// What is written here becomes a marker in the records.
    pub marker: PathBuf,
    /// While this file exists, changes fail with the error number in it.
    pub refuse: PathBuf,
    library: PathBuf,
}

impl Shim {
    /// Builds the recorder into a folder, with the compiler that `CC` names or `cc`.
    pub fn build(into: &Path) -> Shim {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("shim/recorder.c");
        let into = into.canonicalize().unwrap();
        let library = into.join("recorder.so");
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let mut command = Command::new(compiler);
        command.args(["-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o"]).arg(&library);
        let built = command.arg(source).args(["-ldl", "-lpthread"]).status().unwrap();
        assert!(built.success(), "the recorder does not compile");
        let [trace, marker, refuse] = ["trace", "marker", "refuse"].map(|name| into.join(name));
        Shim { trace, marker, refuse, library }
    }

    /// Lets a command run with the recorder below this folder.
    pub fn attach(&self, command: &mut Command, folder: &Path) {
        command.env("LD_PRELOAD", &self.library).env("PROOF_FOLDER", folder.canonicalize().unwrap());
        command.env("PROOF_TRACE", &self.trace).env("PROOF_MARKER", &self.marker);
        command.env("PROOF_REFUSE", &self.refuse);
    }
}
