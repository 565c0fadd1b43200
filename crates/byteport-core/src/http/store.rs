// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing by API key (HTTP API v1, section 3).

use super::{Call, Client, Form, Method, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{LogLevel, Reading, packet};

/// The longest URL of a GET store, in bytes.
pub const MAX_GET_URL: usize = 2048;

/// The path under which a device stores is this, the namespace, `/`, the device's UID, `/`.
pub const STORE_PATH: &str = "/api/v1/timeseries/";

const PACKETS_PATH: &str = "/api/legacy/packets/timeseries/";

impl Client {
    /// Stores a reading; one without fields is a heartbeat. `Ok` means that the service has it.
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] without namespace, key or device; [`ErrorCode::InvalidTimestamp`] outside the years 1
    /// to 9999; [`ErrorCode::TooLong`] for a GET over 2,048 bytes of
    /// URL; every code of the connection and of the status. Up to [`Phase::Tls`](crate::Phase::Tls) nothing was stored;
    /// later, storing the same reading again is safe where it has a timestamp, for the same value at the same time is one.
    pub fn store(&self, reading: &Reading) -> Result<()> {
        self.perform(self.store_call(reading)?).map(|_| ())
    }

    /// The call that stores a reading.
    ///
    /// # Errors
    /// As [`Client::store`], of what can be told before anything is sent.
    pub fn store_call(&self, reading: &Reading) -> Result<Call> {
        let (path, form) = self.store_form(reading)?;
        // The same value at the same time is one, and so are two heartbeats.
        let idempotent = reading.timestamp().is_some() || reading.fields().is_empty();
        self.form_call(path, form.into_string(), idempotent)
    }

    /// The call that stores a form, encoded and with its key, by the client's method.
    pub(crate) fn form_call(&self, path: String, form: String, idempotent: bool) -> Result<Call> {
        let request = match self.options().store_method {
            Method::Post => Request::post(path, form),
            Method::Get => Request { query: form, ..Request::get(path) },
        };
        self.store_request(request, idempotent)
    }

    /// The path under which a device stores.
    pub(crate) fn device_path(&self, namespace: &str, device: &str) -> String {
        format!("{}{namespace}/{device}/", self.options().store_path)
    }

    /// The longest form that can be stored at a path, where the client's method has a bound.
    pub(crate) fn longest_form(&self, path: &str) -> Option<usize> {
        let taken = self.origin().len() + path.len() + 1;
        (self.options().store_method == Method::Get).then(|| MAX_GET_URL.saturating_sub(taken))
    }

    pub(super) fn store_request(&self, request: Request, idempotent: bool) -> Result<Call> {
        if request.method == Method::Get {
            let length = self.origin().len() + request.path.len() + 1 + request.query.len();
            if length > MAX_GET_URL {
                return Err(url_too_long(length as u64));
            }
        }
        Ok(Call::new(Request { idempotent, stores: true, ..request }))
    }

    /// Where a reading is stored to, and the form: the key, the time if there is one, and the fields.
    pub(super) fn store_form(&self, reading: &Reading) -> Result<(String, Form)> {
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
        let path = self.device_path(namespace, device);
        let mut form = Form::new();
        form.add("_key", key);
        if let Some(timestamp) = reading.timestamp() {
            timestamp.check_date()?;
            form.add("_ts", &timestamp.to_string());
        }
        for (field, value) in reading.fields() {
            form.add(field, &value.to_wire()?);
        }
        Ok((path, form))
    }

    /// The call that stores readings of any devices at once: `packets` is a JSON list of packets, `legacy_key` the key for
    /// such lists (HTTP API v1, section 3).
    ///
    /// # Errors
    /// [`ErrorCode::InvalidPacket`] and [`ErrorCode::InvalidName`] where the list or a packet in it is malformed.
    pub fn packets_call(&self, packets: &str, legacy_key: &str) -> Result<Call> {
        self.packets_call_at(PACKETS_PATH, packets, legacy_key)
    }

    /// [`Client::packets_call`] at a path of the caller's.
    ///
    /// # Errors
    /// As [`Client::packets_call`].
    pub fn packets_call_at(&self, path: &str, packets: &str, legacy_key: &str) -> Result<Call> {
        packet::parse_list(packets)?;
        let form = packets_form(packets, legacy_key);
        Ok(Call::new(Request { stores: true, ..Request::post(path, form.into_bytes()) }))
    }

    /// [`Client::packets_call`] of a list that is sound, and whose packets all have a time.
    pub(crate) fn list_call(&self, packets: &str, legacy_key: &str) -> Call {
        let form = packets_form(packets, legacy_key);
        let request = Request::post(PACKETS_PATH, form.into_bytes());
        Call::new(Request { stores: true, idempotent: true, ..request })
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

fn packets_form(packets: &str, legacy_key: &str) -> Form {
    let mut form = Form::new();
    form.add("packets", packets).add("legacy_key", legacy_key);
    form
}

pub(super) fn url_too_long(length: u64) -> Error {
    let message =
        format!("the URL would be {length} bytes long, and a GET takes {MAX_GET_URL}: store by POST");
    Error::new(ErrorCode::TooLong, message)
}

fn not_configured(message: &str) -> Error {
    Error::new(ErrorCode::NotConfigured, message)
}
