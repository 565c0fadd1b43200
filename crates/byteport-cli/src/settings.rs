// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The settings: of each the first that is there, in the options, the environment, the settings file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use byteport_core::{Options, Proxy};
use clap::ArgMatches;

use crate::config;
use crate::exit::Failure;
use crate::options::Common;

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    Host,
    Namespace,
    Device,
    Key,
    LegacyKey,
    User,
    Password,
    Broker,
    BrokerUser,
    BrokerPassword,
    BrokerVhost,
    CaFile,
    Proxy,
    Timeout,
}

impl Name {
    pub const ALL: [Name; 14] = [
        Self::Host,
        Self::Namespace,
        Self::Device,
        Self::Key,
        Self::LegacyKey,
        Self::User,
        Self::Password,
        Self::Broker,
        Self::BrokerUser,
        Self::BrokerPassword,
        Self::BrokerVhost,
        Self::CaFile,
        Self::Proxy,
        Self::Timeout,
    ];

    /// The key in the settings file.
    pub fn text(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Namespace => "namespace",
            Self::Device => "device",
            Self::Key => "key",
            Self::LegacyKey => "legacy_key",
            Self::User => "user",
            Self::Password => "password",
            Self::Broker => "broker",
            Self::BrokerUser => "broker_user",
            Self::BrokerPassword => "broker_password",
            Self::BrokerVhost => "broker_vhost",
            Self::CaFile => "ca_file",
            Self::Proxy => "proxy",
            Self::Timeout => "timeout",
        }
    }

    /// The variable in the environment.
    pub fn variable(self) -> String {
        format!("BYTEPORT_{}", self.text().to_ascii_uppercase())
    }

    pub fn is_secret(self) -> bool {
        matches!(self, Self::Key | Self::LegacyKey | Self::Password | Self::BrokerPassword)
    }
}

/// What the options, the environment and the file say together.
pub struct Settings {
    values: BTreeMap<Name, String>,
    file: Option<PathBuf>,
}

impl Settings {
    pub fn gather(common: &Common, given: &ArgMatches) -> Result<Settings, Failure> {
        let asked_for = common.config.is_some();
        let file = common.config.clone().or_else(config::usual_path);
        let mut values = match &file {
            Some(file) => config::load(file, asked_for)?,
            None => BTreeMap::new(),
        };
        values.extend(from_environment()?);
        values.extend(from_options(given)?);
        Ok(Settings { values, file })
    }

    pub fn get(&self, name: Name) -> Option<&str> {
        self.values.get(&name).map(String::as_str)
    }

    /// A setting that the command cannot do without.
    pub fn need(&self, name: Name, what: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| self.missing(name, what))
    }

    /// An error that says how to give what is missing.
    pub fn missing(&self, name: Name, what: &str) -> Failure {
        let (variable, key) = (name.variable(), name.text());
        let option =
            if name.is_secret() { String::new() } else { format!("give --{}, ", key.replace('_', "-")) };
        let file = self.file.as_ref().map_or("the settings file".into(), |file| file.display().to_string());
        let mode = if name.is_secret() { " (chmod 600)" } else { "" };
        Failure::missing(format!(
            "no {what}: {option}set {variable}, or write {key} = \"...\" into {file}{mode}"
        ))
    }

    /// The core's options for the connection; who stores adds more.
    pub fn connection(&self) -> Result<Options, Failure> {
        let mut options = Options::new();
        if let Some(host) = self.get(Name::Host) {
            options = options.host(host);
        }
        if let Some(file) = self.get(Name::CaFile) {
            options = options.ca_file(file);
        }
        options = match self.get(Name::Proxy) {
            None => options,
            Some("none") => options.no_proxy(),
            Some(url) => options.proxy(Proxy::parse(url)?),
        };
        if let Some(text) = self.get(Name::Timeout) {
            options = options.timeout(seconds("timeout", text)?);
        }
        Ok(options)
    }

    /// The address of the broker, if there is to be one.
    pub fn broker(&self) -> Option<&str> {
        self.get(Name::Broker).filter(|url| *url != "none")
    }
}

/// What the options of the command say: those with a setting's name.
fn from_options(given: &ArgMatches) -> Result<BTreeMap<Name, String>, Failure> {
    let mut command = given;
    while let Some((_, deeper)) = command.subcommand() {
        command = deeper; // it has the options of every command, too
    }
    let option = |name: Name| command.try_get_one::<String>(name.text()).ok().flatten();
    let insists = command.try_get_one::<bool>("allow_key_on_command_line").ok().flatten();
    if option(Name::Key).is_some() && insists != Some(&true) {
        let why = "--key is not taken, for every user of this machine could see the key: set BYTEPORT_KEY, or \
                   write the key into the settings file; to insist, add --allow-key-on-command-line";
        return Err(Failure::input(why));
    }
    Ok(Name::ALL.into_iter().filter_map(|name| Some((name, option(name)?.clone()))).collect())
}

/// A variable that is set to nothing counts as not set.
fn from_environment() -> Result<BTreeMap<Name, String>, Failure> {
    let mut values = BTreeMap::new();
    for name in Name::ALL {
        let variable = name.variable();
        let Some(value) = std::env::var_os(&variable).filter(|value| !value.is_empty()) else { continue };
        let text = value.into_string();
        values.insert(name, text.map_err(|_| Failure::input(format!("{variable} is not UTF-8")))?);
    }
    Ok(values)
}

/// A number of seconds above 0, of `what`.
pub fn seconds(what: &str, text: &str) -> Result<Duration, Failure> {
    let parsed = text.parse().ok().filter(|seconds: &f64| *seconds > 0.0 && seconds.is_finite());
    // More than a duration holds is the longest one; the core has a limit of its own.
    let length = parsed.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    length
        .map(|length| length.max(Duration::from_nanos(1)))
        .ok_or_else(|| Failure::input(format!("{what} {text:?} is not a number of seconds above 0")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_documented() {
        let document = include_str!("../../../docs/command.md");
        for name in Name::ALL {
            let row = format!("| `{}` | `{}` |", name.text(), name.variable());
            assert!(document.contains(&row), "docs/command.md lacks: {row}");
        }
    }

    #[test]
    fn time_outs() {
        assert_eq!(seconds("timeout", "2.5").unwrap(), Duration::from_millis(2500));
        assert_eq!(seconds("timeout", "1e99").unwrap(), Duration::MAX);
        assert_eq!(seconds("timeout", "1e-99").unwrap(), Duration::from_nanos(1));
        for bad in ["", "0", "-0", "-1", "-1e-99", "nan", "inf", "-inf", "5s", "1,5"] {
            assert!(seconds("timeout", bad).is_err(), "{bad}");
        }
    }
}
