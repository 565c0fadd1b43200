// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Which brokers to take packets from, as the command line says it.
//!
//! Invariant: the password is on no command line and in no text that is made here; an address that holds one is refused
//! without being repeated.

use std::path::PathBuf;
use std::time::Duration;

use byteport_core::broker::{BrokerOptions, Protocol};
use clap::Args;

use super::batch;
use crate::fatal::Fatal;

/// The variable that holds the password.
const PASSWORD: &str = "BYTEPORT_INGEST_PASSWORD";
/// The virtual host of an address that names none.
pub const ROOT: &str = "/";
/// The largest message that is taken, in bytes: that of RabbitMQ unless it is set up otherwise.
const LARGEST: usize = 128 * 1024 * 1024;
/// Deliveries that a STOMP broker hands over before it is told of the first: a batch that is being stored, and the next.
const PREFETCH: usize = 2 * batch::MOST;
/// How long a message to a device waits for room among those that the broker has not confirmed.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The options for brokers.
#[derive(Args, Debug, Clone)]
pub struct Ingest {
    /// A broker to take packets from, and to send messages to devices by: stomp://HOST:PORT/VHOST, or stomps, mqtt or mqtts
    /// in place of stomp; give the option once for each. Without a port it is the protocol's; without a virtual host it is /.
    /// Packets are stored many at once, and the broker is told that they are taken when they are on disk. What cannot be stored
    /// is kept as a dead letter. A broker that is away is tried again and again, while HTTP is served.
    ///
    /// Whoever may publish there may store: packets carry no key, and http_write_method and write_by_key, which are about
    /// HTTP, are not looked at. From a virtual host that has the name of a namespace come packets of that namespace alone.
    #[arg(long, value_name = "ADDRESS")]
    pub ingest: Vec<String>,

    /// The login at these brokers. The password is in the variable BYTEPORT_INGEST_PASSWORD, or in a file.
    #[arg(long, value_name = "NAME", requires = "ingest")]
    pub ingest_login: Option<String>,

    /// A file with the password of the login; the end of its last line does not count.
    #[arg(long, value_name = "FILE", requires = "ingest")]
    pub ingest_password_file: Option<PathBuf>,

    /// A PEM file with certificate authorities that are trusted besides the system's.
    #[arg(long, value_name = "FILE", requires = "ingest")]
    pub ingest_ca_file: Option<PathBuf>,

    /// The identifier by which an MQTT broker knows this server again and keeps packets for it. Each server needs one of
    /// its own, and always the same.
    #[arg(long, value_name = "ID", default_value = "byteport-server")]
    pub ingest_client_id: String,

    /// The destination to take packets from, if it is not the service's own, simple_string_dev_message: such as
    /// /amq/queue/NAME, a queue of RabbitMQ that was set up beforehand, or $share/GROUP/simple_string_dev_message, by which
    /// servers share the packets of a Mosquitto.
    #[arg(long, value_name = "DESTINATION", requires = "ingest")]
    pub ingest_from: Option<String>,
}

/// A broker as it is connected to.
pub struct Given {
    /// The settings of the client.
    pub options: BrokerOptions,
    /// The host as it was given, which tells brokers apart.
    pub host: String,
    /// The virtual host.
    pub vhost: String,
    /// Where packets come from.
    pub source: String,
    /// How it is called in the log and in dead letters.
    pub name: String,
    /// How to talk to it.
    pub protocol: Protocol,
}

impl Ingest {
    /// The brokers, in the order of the command line.
    pub fn brokers(&self) -> Result<Vec<Given>, Fatal> {
        if self.ingest.is_empty() {
            return Ok(Vec::new());
        }
        let login = self.ingest_login.as_deref();
        let login = login.ok_or_else(|| Fatal::new("--ingest needs a login: give --ingest-login"))?;
        let password = self.password()?;
        self.ingest.iter().map(|address| self.broker(address, login, &password)).collect()
    }

    fn broker(&self, address: &str, login: &str, password: &str) -> Result<Given, Fatal> {
        let (url, vhost) = taken_apart(address)?;
        let wrong = |error| Fatal::new(format_args!("--ingest: {error}"));
        let options = BrokerOptions::from_url(url).map_err(wrong)?;
        let protocol = if url.starts_with("mqtt") { Protocol::Mqtt } else { Protocol::Stomp };
        let source = self.ingest_from.as_deref().unwrap_or(protocol.store_destination()).to_owned();
        let mut options = options.login(login, password).vhost(&vhost).client_id(&self.ingest_client_id);
        options = options.listen_to(&source).max_message(LARGEST).prefetch(PREFETCH).timeout(TIMEOUT);
        if let Some(path) = &self.ingest_ca_file {
            options = options.ca_file(path);
        }
        let host = url.split_once("://").map_or(url, |(_, host)| host).to_owned();
        let name = if vhost == ROOT { url.to_owned() } else { format!("{url}/{vhost}") };
        Ok(Given { options, host, vhost, source, name, protocol })
    }

    fn password(&self) -> Result<String, Fatal> {
        if let Some(path) = &self.ingest_password_file {
            let text = std::fs::read_to_string(path);
            let text =
                text.map_err(|error| Fatal::new(format_args!("cannot read {}: {error}", path.display())))?;
            return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
        }
        std::env::var(PASSWORD).map_err(|_| {
            let reason = "--ingest needs a password: set the variable BYTEPORT_INGEST_PASSWORD, or give --ingest-password-file";
            Fatal::new(reason)
        })
    }
}

/// An address without its path, and the virtual host that this names.
fn taken_apart(address: &str) -> Result<(&str, String), Fatal> {
    if address.contains('@') {
        return Err(Fatal::new("an address of --ingest holds no login and no password: give --ingest-login"));
    }
    let start = address.find("://").map_or(0, |at| at + 3);
    let (url, path) = match address.get(start..).and_then(|rest| rest.find('/')) {
        Some(at) => address.split_at(start + at),
        None => (address, ""),
    };
    let path = path.strip_prefix('/').unwrap_or(path);
    let vhost = percent_encoding::percent_decode_str(path).decode_utf8();
    let vhost = vhost.map_err(|_| Fatal::new("the virtual host in an address of --ingest is not UTF-8"))?;
    Ok((url, if vhost.is_empty() { ROOT.to_owned() } else { vhost.into_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_host_and_virtual_host() {
        let parts = |address| taken_apart(address).map_err(|error| error.to_string());
        let cases = [
            ("stomp://h", "stomp://h", "/"),
            ("stomp://h/", "stomp://h", "/"),
            ("mqtts://[::1]:7/my_garage", "mqtts://[::1]:7", "my_garage"),
            ("mqtt://h/a%2Fb", "mqtt://h", "a/b"),
            ("stomp://h/%2F", "stomp://h", "/"),
        ];
        for (address, url, vhost) in cases {
            assert_eq!(parts(address), Ok((url, vhost.to_owned())), "{address}");
        }
        for bad in ["stomp://joe:5ecret@h", "stomp://h/%ff"] {
            assert!(!parts(bad).expect_err("refused").contains("5ecret"), "{bad}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let options = |ingest: &[&str], login: Option<&str>| Ingest {
            ingest: ingest.iter().map(|text| (*text).to_owned()).collect(),
            ingest_login: login.map(str::to_owned),
            ingest_password_file: Some("/no/such/file".into()),
            ingest_ca_file: None,
            ingest_client_id: "id".into(),
            ingest_from: None,
        };
        assert!(options(&[], None).brokers().expect("none").is_empty());
        let reason = |options: Ingest| options.brokers().err().expect("refused").to_string();
        assert!(reason(options(&["stomp://h"], None)).contains("--ingest-login"));
        assert!(reason(options(&["stomp://h"], Some("joe"))).contains("/no/such/file"));
    }
}
