// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the settings say of the broker.

use std::time::Duration;

use byteport_core::Proxy;
use byteport_core::broker::BrokerOptions;

use crate::ask;
use crate::exit::Failure;
use crate::settings::{self, Name, Settings};

/// The longest time for making a connection, where the time for one call is not shorter.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The address of the broker, in commands that need one.
pub fn need(settings: &Settings) -> Result<&str, Failure> {
    settings.broker().ok_or_else(|| settings.missing(Name::Broker, "broker"))
}

/// The core's options for the broker at this address. What the settings do not say of the login is asked for.
pub fn options(settings: &Settings, url: &str) -> Result<BrokerOptions, Failure> {
    let mut options = BrokerOptions::from_url(url)?;
    if let Some(namespace) = settings.get(Name::Namespace) {
        options = options.namespace(namespace);
    }
    if let Some(device) = settings.get(Name::Device) {
        options = options.device(device);
    }
    if let Some(vhost) = settings.get(Name::BrokerVhost) {
        options = options.vhost(vhost);
    }
    if let Some(file) = settings.get(Name::CaFile) {
        options = options.ca_file(file);
    }
    // A broker is reached directly unless a proxy is named.
    if let Some(url) = settings.get(Name::Proxy).filter(|url| *url != "none") {
        options = options.proxy(Proxy::parse(url)?);
    }
    if let Some(text) = settings.get(Name::Timeout) {
        let timeout = settings::seconds("timeout", text)?;
        options = options.timeout(timeout).connect_timeout(timeout.min(CONNECT_TIMEOUT));
    }
    let user = ask::broker_user(settings)?;
    let password = ask::broker_password(settings, &user)?;
    Ok(options.login(&user, &password))
}

/// For a client that leaves no trace at the broker, and takes the place of none that is there: by MQTT, without an identifier.
pub fn passing(options: BrokerOptions) -> BrokerOptions {
    options.clean_session(true).client_id("")
}
