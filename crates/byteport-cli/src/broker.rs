// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the settings say of the broker.

use byteport_core::Proxy;
use byteport_core::broker::BrokerOptions;

use crate::ask;
use crate::exit::Failure;
use crate::settings::{self, Name, Settings};

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
        options = options.timeout(settings::seconds("timeout", text)?);
    }
    let user = ask::broker_user(settings)?;
    let password = ask::broker_password(settings, &user)?;
    Ok(options.login(&user, &password))
}
