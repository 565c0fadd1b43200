// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Where a database is and how to get in.
//!
//! Invariants: the password is in no text that is made here. Beyond this machine the connection is
//! encrypted and the server's certificate checked, unless `sslmode=disable` says otherwise.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::{Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::link::Use;
use super::session::Session;
use crate::store::error::Result;

/// How an address begins.
pub const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long PostgreSQL may leave sent bytes unconfirmed before the connection counts as lost.
const SILENCE: Duration = Duration::from_secs(30);

/// Said once for each connection: what was committed is on disk, even where the database's own
/// setting is otherwise; and a server that stands still in a transaction does not hold others up for ever.
const PREPARE: &str = "SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off';
    SET idle_in_transaction_session_timeout = '60s'";
const READ_ONLY: &str = "SET default_transaction_read_only = on";

/// A database's address.
pub struct Address {
    config: Config,
    tls: Option<ClientConfig>,
    shown: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.shown)
    }
}

/// What the address says of encryption.
#[derive(Default)]
struct Tls {
    mode: Option<String>,
    authorities: Option<String>,
}

impl Address {
    /// Reads an address; a password that it lacks comes from the variable `PGPASSWORD`.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let (plain, tls) = taken_apart(text)?;
        // The cause may repeat a part of the address.
        let mut config: Config =
            plain.parse().map_err(|_| "it is not postgres://USER:PASSWORD@HOST:PORT/DATABASE")?;
        if config.get_password().is_none() {
            if let Ok(password) = std::env::var("PGPASSWORD") {
                config.password(password);
            }
        }
        config.application_name("byteport-server").connect_timeout(CONNECT).tcp_user_timeout(SILENCE);
        config.keepalives_idle(SILENCE);
        let is_encrypted = match tls.mode.as_deref() {
            None => !is_local(&config),
            Some("disable") => false,
            Some("require" | "verify-full") => true,
            Some(_) => return Err("sslmode is disable, require or verify-full".into()),
        };
        config.ssl_mode(if is_encrypted { SslMode::Require } else { SslMode::Disable });
        let encryption = is_encrypted.then(|| encryption(tls.authorities.as_deref())).transpose()?;
        Ok(Self { shown: shown(&config), tls: encryption, config })
    }

    /// Makes a connection.
    pub fn connect(&self, purpose: Use) -> Result<Session> {
        let client = match &self.tls {
            Some(tls) => self.config.connect(MakeRustlsConnect::new(tls.clone())),
            None => self.config.connect(NoTls),
        };
        let mut session = Session::new(client?);
        session.run(PREPARE)?;
        if purpose == Use::Read {
            session.run(READ_ONLY)?;
        }
        Ok(session)
    }
}

/// The address without what concerns encryption, and that.
fn taken_apart(text: &str) -> std::result::Result<(String, Tls), String> {
    let mut tls = Tls::default();
    let Some((start, query)) = text.split_once('?') else { return Ok((text.to_owned(), tls)) };
    let mut rest = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => tls.mode = Some(mode.to_owned()),
            Some(("sslrootcert", path)) => {
                let path = percent_encoding::percent_decode_str(path).decode_utf8();
                tls.authorities = Some(path.map_err(|_| "sslrootcert is not UTF-8")?.into_owned());
            }
            _ => rest.push(pair),
        }
    }
    Ok((format!("{start}?{}", rest.join("&")), tls))
}

fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

fn shown(config: &Config) -> String {
    let ports = config.get_ports();
    let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(5432);
    let host = |(index, host): (usize, &Host)| match host {
        Host::Tcp(name) => format!("{name}:{}", port(index)),
        #[cfg(unix)]
        Host::Unix(path) => format!("{}:{}", path.display(), port(index)),
    };
    let hosts: Vec<_> = config.get_hosts().iter().enumerate().map(host).collect();
    format!(
        "PostgreSQL at {}/{}",
        hosts.join(","),
        config.get_dbname().or(config.get_user()).unwrap_or_default()
    )
}

/// Encryption that trusts the system's authorities and those in a PEM file.
fn encryption(authorities: Option<&str>) -> std::result::Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = authorities {
        let unusable = |error: &dyn fmt::Display| format!("sslrootcert {path}: {error}");
        let file = CertificateDer::pem_file_iter(Path::new(path)).map_err(|error| unusable(&error))?;
        for certificate in file {
            let certificate = certificate.map_err(|error| unusable(&error))?;
            roots.add(certificate).map_err(|error| unusable(&error))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> std::result::Result<(String, bool), String> {
        Address::parse(text).map(|address| (address.to_string(), address.tls.is_some()))
    }

    #[test]
    fn addresses() {
        let told = |place: &str, is_encrypted| Ok((format!("PostgreSQL at {place}"), is_encrypted));
        assert_eq!(parsed("postgres://u:p-5ecret@localhost/d"), told("localhost:5432/d", false));
        assert_eq!(parsed("postgresql://u@127.0.0.1:1234/d?sslmode=require"), told("127.0.0.1:1234/d", true));
        assert_eq!(parsed("postgres://u@db.example.org/d"), told("db.example.org:5432/d", true));
        assert_eq!(
            parsed("postgres://u@db.example.org/d?sslmode=disable"),
            told("db.example.org:5432/d", false)
        );
        assert_eq!(parsed("postgres://u@%2Ftmp%2Fx:99/d"), told("/tmp/x:99/d", false));
    }

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        for bad in [
            "postgres://u:p-5ecret@h:port/d",
            "postgres://u:p-5ecret@h/d?sslmode=p-5ecret",
            "postgres://u:p-5ecret@h/d?p-5ecret=1",
            "postgres://u:p-5ecret@h/d?sslrootcert=/no/such/file",
        ] {
            let error = Address::parse(bad).expect_err("refused");
            assert!(!error.contains("5ecret"), "{error}");
        }
        let address = Address::parse("postgres://u:p-5ecret@localhost/d").expect("an address");
        assert!(!format!("{address:?} {address}").contains("5ecret"));
    }
}
