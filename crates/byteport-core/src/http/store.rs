// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing by API key (HTTP API v1, section 3).

use super::exchange::Method;
use super::{Client, Form, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::model::name::{self, NameKind};
use crate::model::{LogLevel, Reading};

/// The longest URL of a GET store, in bytes.
pub const MAX_GET_URL: usize = 2048;

/// The path under which a device stores is this, the namespace, `/`, the device's UID, `/`.
pub const STORE_PATH: &str = "/api/v1/timeseries/";

impl Client {
    /// Whether the client has what storing needs: a namespace and a key.
    pub fn can_store(&self) -> bool {
        self.options().namespace.is_some() && self.options().key.is_some()
    }

    /// Stores a reading; one without fields is a heartbeat. `Ok` means that the service has it.
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] without namespace, key or device; [`ErrorCode::TooLong`] for a GET over 2,048 bytes of
    /// URL; every code of the connection and of the status. Up to [`Phase::Tls`](crate::Phase::Tls) nothing was stored;
    /// later, storing the same reading again is safe where it has a timestamp, for the same value at the same time is one.
    pub fn store(&self, reading: &Reading) -> Result<()> {
        let mut form = self.store_form(reading)?;
        for (field, value) in reading.fields() {
            form.add(field, &value.to_wire()?);
        }
        let idempotent = reading.timestamp().is_some() || reading.fields().is_empty();
        self.send_form(self.options().store_method, reading.device(), &form, idempotent)
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

    /// The key and the time, with which every store begins.
    fn store_form(&self, reading: &Reading) -> Result<Form> {
        let Some(key) = self.options().key.as_deref().filter(|_| self.can_store()) else {
            return Err(not_configured(
                "storing needs a namespace and an API key: give both when making the client",
            ));
        };
        let mut form = Form::new();
        form.add("_key", key);
        if let Some(timestamp) = reading.timestamp() {
            form.add("_ts", &timestamp.to_string());
        }
        Ok(form)
    }

    fn send_form(&self, method: Method, device: Option<&str>, form: &Form, idempotent: bool) -> Result<()> {
        let (namespace, device) =
            (self.options().namespace.as_deref(), device.or(self.options().device.as_deref()));
        let (Some(namespace), Some(device)) = (namespace, device) else {
            return Err(not_configured(
                "storing needs a device UID: name one in the call or when making the client",
            ));
        };
        name::check(NameKind::Device, device)?;
        let path = format!("{STORE_PATH}{namespace}/{device}/");
        let request = match method {
            Method::Post => Request { idempotent, ..Request::post(&path, form.as_str().as_bytes()) },
            Method::Get => Request { idempotent, query: form.as_str(), ..Request::get(&path) },
        };
        let length = self.origin().len() + path.len() + 1 + request.query.len();
        if method == Method::Get && length > MAX_GET_URL {
            let message =
                format!("the URL would be {length} bytes long, and a GET takes {MAX_GET_URL}: store by POST");
            return Err(Error::new(ErrorCode::TooLong, message));
        }
        self.call(&request).map(|_| ())
    }
}

fn not_configured(message: &str) -> Error {
    Error::new(ErrorCode::NotConfigured, message)
}
