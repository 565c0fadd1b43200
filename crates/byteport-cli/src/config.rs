// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The settings file: TOML, one key a setting.
//!
//! Invariants: a key that is not known is an error; no error repeats a value, which may be a key or a password.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::exit::Failure;
use crate::screen;
use crate::settings::Name;

/// Where the file is unless `--config` names another; nowhere without a home folder.
pub fn usual_path() -> Option<PathBuf> {
    folder("XDG_CONFIG_HOME", ".config").map(|config| config.join("byteport").join("config.toml"))
}

/// A folder of the user's: the one that a variable names, or one in the home folder.
pub fn folder(variable: &str, in_home: &str) -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    named(variable).or_else(|| Some(named("HOME")?.join(in_home)))
}

/// What the file says. A file in the usual place may be missing, one that was asked for must be there.
pub fn load(path: &Path, asked_for: bool) -> Result<BTreeMap<Name, String>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !asked_for => return Ok(BTreeMap::new()),
        Err(error) => return Err(Failure::input(format!("cannot read {}: {error}", path.display()))),
    };
    let mut values = parse(&text).map_err(|why| Failure::input(format!("{}: {why}", path.display())))?;
    if let Some(file) = values.get_mut(&Name::CaFile) {
        // A relative path counts from the settings file, wherever the command is called.
        *file = path.parent().unwrap_or(Path::new("")).join(&*file).to_string_lossy().into_owned();
    }
    let secret = values.keys().find(|name| name.is_secret());
    if let Some(secret) = secret.filter(|_| others_can_read(path)) {
        let (path, secret) = (path.display(), secret.text());
        screen::say(&format!(
            "warning: {path} holds a {secret} and other users can read it: chmod 600 {path}"
        ));
    }
    Ok(values)
}

fn parse(text: &str) -> Result<BTreeMap<Name, String>, String> {
    let table: Table = toml::from_str(text).map_err(|error: toml::de::Error| reason(text, &error))?;
    table.iter().map(|(key, value)| entry(key, value)).collect()
}

fn entry(key: &str, value: &Value) -> Result<(Name, String), String> {
    let Some(name) = Name::ALL.into_iter().find(|name| name.text() == key) else {
        let known: Vec<&str> = Name::ALL.into_iter().map(Name::text).collect();
        return Err(format!("unknown key {key:?}: the keys are {}", known.join(", ")));
    };
    match (name, value) {
        (_, Value::String(text)) => Ok((name, text.clone())),
        (Name::Timeout, Value::Integer(seconds)) => Ok((name, seconds.to_string())),
        (Name::Timeout, Value::Float(seconds)) => Ok((name, seconds.to_string())),
        _ => Err(format!("{key} must be text: write {key} = \"...\"")),
    }
}

/// The line and reason of a TOML error; its own text repeats the line, which may hold a key.
fn reason(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
    format!("line {line}: {}", error.message())
}

#[cfg(unix)]
fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_can_stand_in_the_file() {
        let text: String = Name::ALL.iter().map(|name| format!("{} = \"x\"\n", name.text())).collect();
        assert_eq!(parse(&text).unwrap().len(), Name::ALL.len());
        assert_eq!(parse("timeout = 5").unwrap()[&Name::Timeout], "5");
        assert_eq!(parse("timeout = 2.5").unwrap()[&Name::Timeout], "2.5");
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn errors_say_where_and_never_repeat_a_value() {
        for (text, part) in [
            ("hots = \"tell-nobody\"", "unknown key \"hots\""),
            ("host = \"a\"\n[key]\nvalue = \"tell-nobody\"", "key must be text"),
            ("key = [\"tell-nobody\"]", "key must be text"),
            ("host = \"a\"\nkey = tell-nobody", "line 2: "),
            ("key = \"tell-nobody", "line 1: "),
            ("key = \"tell-nobody\" tell-nobody", "line 1: "),
            ("key = \"tell-nobody\"\nkey = \"tell-nobody\"", "line 2: "),
            ("key = \"\\tell-nobody\\q\"", "line 1: "),
            ("key = 2026-tell-nobody", "line 1: "),
            ("key \"tell-nobody\"", "line 1: "),
            ("key = 'tell-nobody'x'", "line 1: "),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
            assert!(!why.contains("nobody"), "{text}: {why}");
        }
        assert!(!parse("key = 4711").unwrap_err().contains("4711"));
    }
}
