// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Trust: which certificates are accepted. rustls with the ring provider, TLS 1.2 and 1.3.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use super::Session;
use crate::error::{Error, ErrorCode, Phase, Result};

/// TLS settings, built when the first TLS connection is made: reading the system's authorities takes time and memory.
pub(crate) struct Tls {
    ca_file: Option<PathBuf>,
    client_cert: Option<PathBuf>,
    config: OnceLock<Arc<ClientConfig>>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tls = f.debug_struct("Tls");
        tls.field("ca_file", &self.ca_file).field("client_cert", &self.client_cert).finish_non_exhaustive()
    }
}

fn tls_error(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Tls, message).in_phase(Phase::Tls)
}

impl Tls {
    /// Trusts the system's authorities and those in `ca_file`; shows the certificate in `client_cert`, which holds its
    /// private key too. Both are PEM files.
    pub(crate) fn new(ca_file: Option<PathBuf>, client_cert: Option<PathBuf>) -> Tls {
        Tls { ca_file, client_cert, config: OnceLock::new() }
    }

    /// The beginning of a TLS session with `host`, whose certificate must carry that name or address.
    pub(crate) fn session(&self, host: &str) -> Result<Session> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| {
            tls_error(format!("{host:?} is not a name that a certificate can carry")).because(error)
        })?;
        let connection = ClientConnection::new(self.config()?, name)
            .map_err(|error| tls_error("TLS could not start").because(error))?;
        Ok(Session::new(connection))
    }

    fn config(&self) -> Result<Arc<ClientConfig>> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        // Two threads may both build it; the first to finish is kept.
        let built = Arc::new(self.build()?);
        Ok(Arc::clone(self.config.get_or_init(|| built)))
    }

    fn build(&self) -> Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(system.certs);
        if let Some(path) = &self.ca_file {
            let own = certificates("CA file", path)?;
            let (added, ignored) = roots.add_parsable_certificates(own);
            if added == 0 || ignored > 0 {
                let file = path.display();
                return Err(tls_error(format!(
                    "CA file {file}: {added} certificates can be used, {ignored} cannot"
                )));
            }
        }
        if roots.is_empty() {
            let cause =
                system.errors.first().map_or_else(String::new, |error| format!(" ({})", shown(error)));
            let advice = "install the package ca-certificates, or name a CA file";
            return Err(tls_error(format!("this system has no certificate authorities{cause}: {advice}")));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| tls_error("TLS could not start").because(error))?;
        let builder = builder.with_root_certificates(roots);
        let Some(path) = &self.client_cert else { return Ok(builder.with_no_client_auth()) };
        let failed = |error| {
            tls_error(format!("client certificate {}: cannot be used", path.display())).because(error)
        };
        let chain = certificates("client certificate", path)?;
        let key = PrivateKeyDer::from_pem_file(path).map_err(|error| {
            let what =
                format!("client certificate {}: it holds no private key that can be read", path.display());
            pem_error(what, error)
        })?;
        builder.with_client_auth_cert(chain, key).map_err(failed)
    }
}

/// The certificates in a PEM file.
fn certificates(what: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    all.map_err(|error| pem_error(format!("{what} {}: cannot be read", path.display()), error))
}

/// An error about a PEM file. Some of their texts repeat the file's bytes, and so a private key: those are not told.
fn pem_error(what: String, error: pem::Error) -> Error {
    if repeats_nothing(&error) {
        return tls_error(what).because(error);
    }
    tls_error(format!(
        "{what}: this is no PEM file, or a damaged one, such as one whose line breaks are lost"
    ))
}

fn repeats_nothing(error: &pem::Error) -> bool {
    matches!(error, pem::Error::Io(_) | pem::Error::NoItemsFound | pem::Error::SectionTooLarge)
}

/// Why the system's authorities cannot be read; which file they are in is for everybody to choose.
fn shown(error: &rustls_native_certs::Error) -> String {
    match &error.kind {
        rustls_native_certs::ErrorKind::Pem(error) if !repeats_nothing(error) => {
            "no PEM file, or a damaged one".into()
        }
        _ => error.to_string(),
    }
}
