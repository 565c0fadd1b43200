// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing by API key (HTTP API v1, section 3).

use super::exchange::Method;
use super::{Client, Form, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{LogLevel, Reading};

/// The longest URL of a GET store, in bytes.
pub const MAX_GET_URL: usize = 2048;

/// The path under which a device stores is this, the namespace, `/`, the device's UID, `/`.
pub const STORE_PATH: &str = "/api/v1/timeseries/";

impl Client {
    /// Stores a reading; one without fields is a heartbeat. `Ok` means that the service has it.
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] without namespace, key or device; [`ErrorCode::InvalidTimestamp`] outside the years 1
    /// to 9999; [`ErrorCode::TooLong`] for a GET over 2,048 bytes of
    /// URL; every code of the connection and of the status. Up to [`Phase::Tls`](crate::Phase::Tls) nothing was stored;
    /// later, storing the same reading again is safe where it has a timestamp, for the same value at the same time is one.
    pub fn store(&self, reading: &Reading) -> Result<()> {
        let options = self.options();
        let (Some(namespace), Some(key)) = (&options.namespace, &options.key) else {
            return Err(not_configured(
                "storing needs a namespace and an API key: give both when making the client",
            ));
        };
        let Some(device) = reading.device().or(options.device.as_deref()) else {
            return Err(not_configured(
                "storing needs a device UID: name one in the call or when making the client",
            ));
        };
        let form = store_form(key, reading)?;
        let path = format!("{}{namespace}/{device}/", options.store_path);
        let request = match options.store_method {
            Method::Post => Request::post(&path, form.as_str().as_bytes()),
            Method::Get => Request { query: form.as_str(), ..Request::get(&path) },
        };
        let length = self.origin().len() + path.len() + 1 + request.query.len();
        if request.method == Method::Get && length > MAX_GET_URL {
            let message =
                format!("the URL would be {length} bytes long, and a GET takes {MAX_GET_URL}: store by POST");
            return Err(Error::new(ErrorCode::TooLong, message));
        }
        // The same value at the same time is one, and so are two heartbeats.
        let idempotent = reading.timestamp().is_some() || reading.fields().is_empty();
        self.call(&Request { idempotent, stores: true, ..request }).map(|_| ())
    }

    /// Tells the service that a device lives, the client's own where `device` is `None`.
    ///
    /// # Errors
    /// As [`Client::store`].
    pub fn heartbeat(&self, device: Option<&str>) -> Result<()> {
        let mut reading = Reading::unstamped();
        if let Some(device) = device {
            reading.set_device(device)?;
        }
        self.store(&reading)
    }

    /// Stores a message that the service shows in its log, for the client's own device where `device` is `None`.
    ///
    /// # Errors
    /// As [`Client::store`].
    pub fn log(&self, level: LogLevel, message: &str, device: Option<&str>) -> Result<()> {
        let mut reading = Reading::new();
        if let Some(device) = device {
            reading.set_device(device)?;
        }
        reading.set(level.field(), message)?;
        self.store(&reading)
    }
}

/// The key, the time if there is one, and the fields.
fn store_form(key: &str, reading: &Reading) -> Result<Form> {
    let mut form = Form::new();
    form.add("_key", key);
    if let Some(timestamp) = reading.timestamp() {
        timestamp.check_date()?;
        form.add("_ts", &timestamp.to_string());
    }
    for (field, value) in reading.fields() {
        form.add(field, &value.to_wire()?);
    }
    Ok(form)
}

fn not_configured(message: &str) -> Error {
    Error::new(ErrorCode::NotConfigured, message)
}
