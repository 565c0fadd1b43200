// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The files of the page, which are in the program: the page itself, its style, its scripts, and the chart library.
//!
//! Invariant: every file under `assets/` that is not a note for readers is in the table, and nothing
//! else is ever served; a name is looked up, never followed into a folder.

use sha2::{Digest as _, Sha256};

/// A file of the page.
pub struct File {
    /// Its path under `assets/`.
    pub name: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

/// A file under `assets/`, by its path there.
macro_rules! file {
    ($name:literal) => {
        File { name: $name, bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $name)) }
    };
}

/// The page itself.
pub static INDEX: File = file!("page.html");

/// What it loads, all under `/page/`.
pub static FILES: &[File] = &[
    file!("api.js"),
    file!("chart.js"),
    file!("control.js"),
    file!("device.js"),
    file!("devices.js"),
    file!("dom.js"),
    file!("field.js"),
    file!("fields.js"),
    file!("follow.js"),
    file!("form.js"),
    file!("format.js"),
    file!("home.js"),
    file!("icon.svg"),
    file!("log.js"),
    file!("login.js"),
    file!("main.js"),
    file!("messages.js"),
    file!("namespace.js"),
    file!("page.css"),
    file!("points.js"),
    file!("poll.js"),
    file!("range.js"),
    file!("route.js"),
    file!("series.js"),
    file!("texts.js"),
    file!("vendor/uplot/LICENSE"),
    file!("vendor/uplot/uPlot.esm.js"),
    file!("vendor/uplot/uPlot.min.css"),
];

impl File {
    /// Its media type.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// Its entity tag, which is that of its content.
    #[must_use]
    pub fn tag(&self) -> String {
        let digest = Sha256::digest(self.bytes);
        let half: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("\"{half}\"")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The paths of all files of a folder.
    fn files_of(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| if path.is_dir() { files_of(&path) } else { vec![path.display().to_string()] })
            .collect()
    }

    #[test]
    fn every_file_is_in_the_table() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/");
        let found = files_of(Path::new(root));
        let mut found: Vec<&str> = found.iter().map(|path| path.strip_prefix(root).unwrap()).collect();
        found.retain(|name| !name.ends_with("README.md"));
        found.sort_unstable();
        let mut known: Vec<&str> = FILES.iter().chain([&INDEX]).map(|file| file.name).collect();
        known.sort_unstable();
        assert_eq!(found, known);
    }

    #[test]
    fn what_others_wrote_is_unchanged() {
        let note = include_str!("../../assets/vendor/uplot/README.md");
        let vendored = FILES.iter().filter(|file| file.name.starts_with("vendor/uplot/"));
        for file in vendored {
            let digest =
                Sha256::digest(file.bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let name = file.name.trim_start_matches("vendor/uplot/");
            assert!(note.contains(&format!("{digest}  {name}\n")), "{}", file.name);
        }
    }
}
